"""What hardware speaks: codecs without input or output, and the lines they travel on."""
