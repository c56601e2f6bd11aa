"""Until when what must be done about a case, in working days: pure functions over facts and a calendar."""
