"""One file per kind of hardware; each class is a ``Driver`` (devices/gateway/ports.py)."""
