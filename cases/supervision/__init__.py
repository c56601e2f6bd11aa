"""Supervision of cases (电子监察): rules as data, the cards they raise, and what a day comes to; pure functions."""
