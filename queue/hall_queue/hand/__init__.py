"""The manager's hand (domain rule 21): pin, move, reassign, open and close, each with a reason and a way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_queue.hand import messages as h
from hall_queue.hand import web
from hall_queue.hand.handlers import Hand
from hall_queue.hand.log import HandLog
from hall_queue.hand.pictures import HandPictures
from hall_queue.hand.undo import Undoing
from hall_queue.hand.views import TOPIC, WAITING, LogView, WaitingView

if TYPE_CHECKING:
    from hall_queue.room import Room
    from hall_server.server import Server


def install(server: Server, room: Room, log: HandLog) -> None:
    """Install the hand; ``log`` is folded already, before the queue, so that it sees what was before each deed."""
    undoing = Undoing(room.hall, room.notices)
    hand = Hand(room.hall, room.notices, log, undoing, server.decide)
    server.types.add(h.HandNoted)
    server.handle(h.ReassignWindow, hand.reassign)
    server.handle(h.SwitchLine, hand.switch_line)
    server.handle(h.SwitchWindow, hand.switch_window)
    server.handle(h.UndoDeed, hand.undo)
    pictures = HandPictures(room.pictures, log, undoing)
    server.view(TOPIC, LogView(pictures, log))
    server.view(WAITING, WaitingView(pictures))
    server.route(*web.routes(pictures))


__all__ = ["HandLog", "install"]
