"""The address at which a printer's process fetches the file of a job it has taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import PUBLIC, Limit, Route, Verb

if TYPE_CHECKING:
    from devices.page_printing import PagePrinting

FILES = Limit(group="print files", per_s=5, burst=60)
WORD = "X-Print-Word"


class FileHandler(ApiHandler):
    """`GET /api/v1/print-files/{job}`."""

    pages: PagePrinting

    async def get(self, job: str) -> None:
        """The file, for whoever took the job; no cache keeps it."""
        content = self.pages.file(job, self.request.headers.get(WORD, ""))
        self.set_header("Content-Type", "application/pdf")
        self.set_header("Cache-Control", "private, no-store")
        self.finish(content)


def routes(pages: PagePrinting) -> list[Route]:
    """The room's address; the word of the job stands for a sign-in."""
    get = Verb(access=PUBLIC, summary="The file of a printer's job", media="application/pdf", limit=FILES)
    return [Route("/api/v1/print-files/{job:[0-9A-Za-z]{1,40}}", FileHandler, {"GET": get}, options={"pages": pages})]
