"""The neighbours, simulated: one process that is all of them, and does wrong what it is told to."""
