"""Enquiry 触摸查询: what anybody may look up at a table or a standing machine, complaints, and policies on show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cases import Room
    from hall_server.server import Server


def install(server: Server, room: Room) -> None:
    """Install the enquiry table in a hall, after progress; others find it as ``server.rooms["enquiry"]``."""
    from cases.enquiry import messages as m  # a tool that only reads cases loads no pages
    from cases.enquiry import web
    from cases.enquiry.room import EnquiryRoom
    from cases.enquiry.service import EnquiryService
    from cases.enquiry.state import Enquiry

    enquiry = Enquiry()
    service = EnquiryService(enquiry, server.directory)
    server.types.add(*m.EVENTS)
    server.fold(enquiry)
    server.handle(m.PutUpPolicy, service.put_up)
    server.handle(m.TakeDownPolicy, service.take_down)
    server.handle(m.SetPicture, service.set_picture)
    server.handle(m.MakeComplaint, service.make)
    server.handle(m.TakeComplaint, service.take)
    server.handle(m.AnswerComplaint, service.answer)
    made = server.rooms["enquiry"] = EnquiryRoom(server, room, enquiry)
    server.locales.add(Path(__file__).parent / "locales")
    server.route(*web.routes(made))
