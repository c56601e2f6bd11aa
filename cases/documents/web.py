"""The documents of cases over HTTP, for those who act on the case; the visitor's way is `Documents.for_visitor`."""

from __future__ import annotations

from cases.documents.making import Documents
from hall_server.errors import Invalid
from hall_server.web.handlers import ApiHandler
from hall_server.web.routes import SIGNED_IN, Route, Verb

PDF = "application/pdf"
PATH = "/api/v1/cases/{case}/documents/{document:[A-Za-z0-9_~-]{1,80}}\\.pdf"
_LANGUAGES = frozenset({"", "zh-CN", "en"})


class DocumentHandler(ApiHandler):
    """`GET /api/v1/cases/{case}/documents/{document}.pdf`."""

    documents: Documents

    async def get(self, case: str, document: str) -> None:
        """Send the document, or with ``?sheet=en`` its English sheet.

        Raises:
            Forbidden: ``case.not_yours``. NotFound: ``case.unknown``, ``case.paper_unknown``.
        """
        sheet = self.words("sheet")
        if sheet not in _LANGUAGES:
            raise Invalid("body.invalid", sheet="zh-CN, en")
        wanted = self.documents.courtesy if sheet == "en" else self.documents.read
        content = await wanted(case, document, self.actor)
        self.set_header("Content-Type", PDF)
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Disposition", f'inline; filename="{document}.pdf"')
        self.finish(content)


def routes(documents: Documents) -> list[Route]:
    """The room's addresses."""
    return [
        Route(
            PATH,
            DocumentHandler,
            {
                "GET": Verb(
                    access=SIGNED_IN,
                    summary="A document of a case, sealed and signed",
                    query={"sheet": "en: the English courtesy sheet"},
                    media=PDF,
                )
            },
            options={"documents": documents},
        )
    ]
