"""One-window acceptance (一窗受理): cases, their clocks, documents and supervision; used by hall and city."""
