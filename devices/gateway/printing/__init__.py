"""Paper: what stands on a slip, how it is laid out, as bytes for a printer and as a picture for a person."""
