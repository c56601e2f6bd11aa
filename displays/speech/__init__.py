"""How the hall speaks, as managers set it: rules, wording, the announcer's recordings, and the pages of all that."""
