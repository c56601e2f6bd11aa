"""What the hall is compared with: programs of our own that do the same with less."""
