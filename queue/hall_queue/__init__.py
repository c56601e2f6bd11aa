"""Tickets, the calling rules and the wait estimate; kiosk, phone and console."""
