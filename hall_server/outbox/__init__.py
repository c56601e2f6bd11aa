"""The outbox: what a place sends to somebody else's server, kept in its own database until it is answered."""
