"""The base every subsystem of the hall stands on."""
