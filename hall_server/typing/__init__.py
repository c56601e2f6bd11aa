"""Pinyin input of the keyboard on the screen: what a visitor may mean by the letters typed so far."""

from __future__ import annotations

from hall_server.typing.web import install

__all__ = ["install"]
