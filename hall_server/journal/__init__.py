"""The append-only journal: audit trail, outbox to the city and source of every statistic."""
