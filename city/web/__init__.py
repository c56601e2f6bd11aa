"""The city's web side: what it is composed of, its board, its halls."""
