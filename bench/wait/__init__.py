"""The harness of the wait estimate: recorded and simulated days replayed, scored beside two naive rules."""
