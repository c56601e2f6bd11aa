"""The hall's web side: handlers, accounts, sessions, the live feed, pages, texts."""
