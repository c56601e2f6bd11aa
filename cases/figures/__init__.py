"""The figures of cases with one denominator (一个口径): pure functions over facts, the same at hall and city."""
