"""The documents of cases: what they say, how they look, their seal and signature, and the making of each one once."""

from cases.documents.installing import install, install_city

__all__ = ["install", "install_city"]
