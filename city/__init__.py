"""The city centre: what its halls journal, its own journal, and what goes down to the halls."""
