"""Simulated hardware: each speaks the bytes of the real thing on a socket or a line, for trying and for tests."""
