"""Pages of the rooms and the files they load."""

from __future__ import annotations

import asyncio
import hashlib
import mimetypes
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from urllib.parse import urlencode

from hall_server.errors import DomainError, NotFound, Unauthenticated
from hall_server.web.handlers import BaseHandler
from hall_server.web.routes import PUBLIC, Access, Kind, Route, Verb

HERE = Path(__file__).parent
SUFFIXES = frozenset(
    {".js", ".css", ".svg", ".png", ".webp", ".woff2", ".json", ".wav", ".mp3", ".ico", ".webmanifest"}
)
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".woff2": "font/woff2"}


class PageHandler(BaseHandler):
    """Serves one HTML file; whoever must sign in first is led there and back."""

    file: Path

    async def get(self, **_: str) -> None:
        """Send the page; what its path holds is read by its script."""
        if self.session is not None:
            self.set_hall_cookie("_xsrf", self.xsrf_text(self.session), httponly=False)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-cache" if self.verb.access.is_public else "no-store")
        self.finish(await _read(self.file))

    async def head(self, **names: str) -> None:
        """Send the page's headers."""
        await self.get(**names)

    def write_fault(self, error: DomainError) -> None:
        """Lead to the sign-in, or say on a page what is wrong and what to do; to whoever reads no pages, in words."""
        if isinstance(error, Unauthenticated):
            self.set_header("Location", "/sign-in?" + urlencode({"next": self.request.uri or "/"}))
            self.set_status(302)
            self.finish()
            return
        takes = self.request.headers.get("Accept", "*/*")
        is_page = "html" in takes or "*/*" in takes
        self.set_header("Content-Type", f"text/{'html' if is_page else 'plain'}; charset=utf-8")
        self.finish(self._refused(error) if is_page else self._said(error))

    def _said(self, error: DomainError) -> str:
        return self.web.locales.text(f"error.{error.code}", self.language, **error.fields)

    def _refused(self, error: DomainError) -> str:
        """The page that says it, whole without its script."""
        kind = {403: "forbidden", 404: "unknown"}.get(error.status, "fault")
        said = {name: self.web.locales.text(f"refused.{kind}.{name}", self.language) for name in ("title", "text")}
        if kind == "fault":
            said["text"] = self._said(error)
        start = self.web.locales.text("refused.start", self.language)
        found = {"lang": self.language, "status": str(error.status), "code": error.code, "start": start, **said}
        page = (HERE / "pages" / "refused.html").read_text("utf-8")  # small, and read seldom
        for name, text in found.items():
            page = page.replace(f"{{{{{name}}}}}", escape(text))
        return page


class HomeHandler(PageHandler):
    """The page at "/": a hall's, or the one that its server has put in its place."""

    async def get(self, **names: str) -> None:
        """Send it."""
        self.file = self.server.home or self.file
        await super().get(**names)


class UnknownPageHandler(PageHandler):
    """Answers for pages that no route has."""

    async def prepare(self) -> None:
        """Refuse, whoever asks."""
        raise NotFound("route.unknown")


class FileHandler(BaseHandler):
    """Serves the files of one folder by extension, revalidated by their content's hash."""

    folder: Path

    async def get(self, name: str) -> None:
        """Send a file of the folder.

        Raises:
            NotFound: there is none, it lies elsewhere, or its kind is not served.
        """
        path = (self.folder / name).resolve()
        if path.suffix not in SUFFIXES or not path.is_relative_to(self.folder.resolve()):
            raise NotFound("route.unknown")
        content = await _read(path)
        self.set_header("Content-Type", _media_type(path))
        self.set_header("Cache-Control", "no-cache")
        self.set_header("Etag", f'"{hashlib.sha256(content).hexdigest()[:24]}"')
        if self.check_etag_header():
            self.set_status(304)
            self.finish()
            return
        self.finish(content)

    async def head(self, name: str) -> None:
        """Send the file's headers."""
        await self.get(name)

    def compute_etag(self) -> str | None:
        """Leave the tag that ``get`` has set."""
        return None


def page_routes(room: str, folder: Path, pages: Mapping[str, str], *, access: Access = PUBLIC) -> list[Route]:
    """Routes of a room's pages; the files they load are under ``/pages/{room}/``, see :func:`file_route`.

    Args:
        room: the room's name, such as ``displays``.
        folder: where its pages lie.
        pages: path (as in :class:`Route`) → file name.
        access: who may open them; who is not signed in is led to ``/sign-in?next=…``.
    """
    verbs = {"GET": Verb(access=access, summary=f"Page of {room}", media="text/html")}
    return [
        Route(path, PageHandler, verbs, kind=Kind.PAGE, options={"file": folder / name}) for path, name in pages.items()
    ]


def file_route(room: str, folder: Path) -> Route:
    """``/pages/{room}/…``: the scripts, styles and pictures of a room's pages; call once per room."""
    return _files(f"/pages/{room}/", folder)


def base_routes() -> Iterable[Route]:
    """The base's own pages and what all pages share."""
    yield _files("/static/", HERE / "static")
    yield file_route("web", HERE / "pages")
    home = {"GET": Verb(access=PUBLIC, summary="Page of web", media="text/html")}
    yield Route("/", HomeHandler, home, kind=Kind.PAGE, options={"file": HERE / "pages" / "home.html"})
    yield from page_routes("web", HERE / "pages", {"/sign-in": "sign-in.html", "/setup": "setup.html"}, access=PUBLIC)


def _files(prefix: str, folder: Path) -> Route:
    verbs = {"GET": Verb(access=PUBLIC, summary="Files that pages load", media="*/*")}
    return Route(prefix + r"{name:[\w./-]+}", FileHandler, verbs, kind=Kind.STATIC, options={"folder": folder})


def _media_type(path: Path) -> str:
    return _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


async def _read(path: Path) -> bytes:
    try:
        return await asyncio.to_thread(path.read_bytes)
    except (OSError, ValueError) as exc:
        raise NotFound("route.unknown") from exc
