"""The city's tables: halls, their events, followers, items that go down, totals; on SQLite and PostgreSQL alike."""
