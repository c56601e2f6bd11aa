"""Every page that visitors open: where it is, how large its screen is, and the way through its views.

A room that adds a page for visitors adds it here; a test fails on a page that anybody may open and neither list has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from playwright.sync_api import Page, expect

KIOSK, TABLE, WALL, PHONE, PAD = (1080, 1920), (1920, 1080), (1920, 1080), (360, 780), (1280, 800)
ID_NUMBER = "11010519491231002X"  # the example of GB 11643-1999

PLACES_ONLY = ("large",)
"""Modes of a page that is swept at another size too: its colours are the same there."""

Views = Callable[[Page], Iterator[str]]
"""Walks through a page's views and gives the name of each when it is shown."""


def as_it_opens(_: Page) -> Iterator[str]:
    """A page of one view."""
    yield "open"


@dataclass(frozen=True, kw_only=True)
class VisitorPage:
    """One page.

    Attributes:
        path: its address; ``{waiting}``, ``{called}``, ``{done}`` stand for tokens of tickets, ``{booked}`` for an
            appointment's, ``{list}`` for one of a list to bring.
        ready: is seen once it is drawn.
        views: the way through it.
        modes: which modes it offers besides the normal one.
        languages: in which it is looked at.
    """

    path: str
    size: tuple[int, int]
    ready: str
    views: Views = as_it_opens
    modes: tuple[str, ...] = ("large", "contrast")
    languages: tuple[str, ...] = ("zh-CN", "en")
    routes: tuple[str, ...] = field(default=())


def kiosk(page: Page) -> Iterator[str]:
    """From the start to a number."""
    yield "home"
    for way, inner in ((1, ".k-tile"), (2, ".k-tile"), (3, "#booked-phone")):
        page.locator(".k-way").nth(way).click()
        expect(page.locator(inner).first).to_be_visible()
        yield inner if way == 3 else f"way {way}"
        page.locator("#home").click()
    page.locator(".k-way").first.click()
    page.locator("[data-key=h]").click()
    expect(page.locator(".k-search .k-tile").first).to_be_visible()
    yield "search and keyboard"
    page.locator("[data-key=done]").click()
    page.locator("#home").click()
    page.locator(".k-tile").first.click()
    expect(page.locator("#take")).to_be_visible()
    yield "matter"
    page.locator("#id-number").click()
    page.keyboard.type(ID_NUMBER[:-1] + "1")
    page.keyboard.press("Enter")
    yield "wrong number"
    page.keyboard.press("Escape")
    page.locator("#take").click()
    expect(page.locator(".k-ticket__number")).to_be_visible()
    yield "ticket"


def booking(page: Page) -> Iterator[str]:
    """From the matter to the time."""
    yield "what for"
    page.locator("#modes-more").click()
    yield "settings"
    page.locator("#modes-close").click()
    page.locator(".b-entry").first.click()
    expect(page.locator(".b-slots, .empty, .b-days").first).to_be_visible()
    yield "when"


def guiding(page: Page) -> Iterator[str]:
    """From what people come for to the list, the sample, the way there and the code for the phone."""
    yield "themes"
    page.locator("#theme-health").click()
    expect(page.locator("#option-join")).to_be_visible()
    yield "question"
    page.locator("#option-join").click()
    page.locator("[id^=matter-]").first.click()
    while page.locator("[id^=option-], .g-facts").first.get_attribute("id"):
        question = page.locator("#title").inner_text()
        page.locator("[id^=option-]").first.click()
        expect(page.locator("#title")).not_to_have_text(question)
    yield "sheet"
    for way, inner in (("way", ".way__steps"), ("sample", ".g-form__fields")):
        page.locator(f"#{way}").click()
        expect(page.locator(inner)).to_be_visible()
        yield way
        page.locator("#back").click()
        expect(page.locator("#way")).to_be_visible()
    if page.evaluate("() => Boolean(document.documentElement.dataset.machine)"):
        page.locator("#phone").click()
        expect(page.locator(".g-code img")).to_be_visible()
        yield "code"


def on_a_phone(page: Page) -> Iterator[str]:
    """From the start to an application that is still empty; each seen from its end: there the foot covers nothing."""

    def shown(name: str, ready: str) -> str:
        expect(page.locator(ready).first).to_be_visible()
        page.evaluate("() => scrollTo(0, document.body.scrollHeight)")
        return name

    yield shown("home", "#theme-birth")
    page.locator("#all-themes").click()
    yield shown("themes", "#theme-car")
    page.locator("#back").click()
    page.locator("#quick-online").click()
    yield shown("online", "[id^=matter-]")
    page.locator("[id^=matter-]").first.click()
    yield shown("matter", "#bring")
    page.locator("#apply").click()
    yield shown("application", "#part-who")
    page.locator("#part-photos").click()
    yield shown("photos", ".m-shoot")
    page.locator("#back").click()
    page.locator("#part-who").click()
    expect(page.locator("#id_number")).to_be_visible()
    page.locator("#next").click()
    yield shown("who", "[aria-invalid=true]")
    page.goto(page.url.partition("#")[0] + "#/mine")
    yield shown("mine", "[data-kind=draft]")
    page.goto(page.url.partition("#")[0] + "#/outside")
    yield shown("on the way", "[data-refusal], [id^=line-]")


def enquiring(page: Page) -> Iterator[str]:
    """Each tile of the table, and a form with something wrong in it."""
    yield "home"
    names = ("matters", "departments", "windows", "notices", "policies", "fees", "figures", "progress", "appointment")
    for name in (*names, "complaint"):
        if not page.locator(f"#tile-{name}").count():
            page.locator("#tile-more").click()
        page.locator(f"#tile-{name}").click()
        expect(page.locator("#home")).to_be_visible()
        expect(page.locator(".v-body > *").first).to_be_visible()
        yield name
        if name == "progress":
            page.locator("#next").click()
            expect(page.locator("[aria-invalid=true]")).to_be_visible()
            yield "progress refused"
        if name == "complaint":
            for step in ("#to-hall", "#about-staff"):
                page.locator(step).click()
            expect(page.locator("#words")).to_be_visible()
            yield "words"
        page.locator("#home").click()
        expect(page.locator("#tile-matters")).to_be_visible()


def terminal(page: Page) -> Iterator[str]:
    """What can be done, for what, and who one is."""
    yield "home"
    for way in ("complain", "progress", "file"):
        page.locator(f"#{way}").click()
        expect(page.locator(f"#{way}")).to_have_count(0)
        page.wait_for_load_state("networkidle")
        yield way
        page.locator("#back").click()
        expect(page.locator(f"#{way}")).to_be_visible()


PAGES: dict[str, VisitorPage] = {
    "self-service": VisitorPage(
        path="/selfservice",
        size=KIOSK,
        ready="#file",
        views=terminal,
        modes=("large", "contrast", "reach"),
        routes=("/selfservice",),
    ),
    "kiosk": VisitorPage(
        path="/kiosk",
        size=KIOSK,
        ready=".k-tile",
        views=kiosk,
        modes=("large", "contrast", "reach"),
        routes=("/kiosk",),
    ),
    "guidance": VisitorPage(
        path="/guide?machine=kiosk",
        size=KIOSK,
        ready=".v-choice",
        views=guiding,
        modes=("large", "contrast", "reach"),
        routes=("/guide",),
    ),
    "guidance on a table": VisitorPage(
        path="/guide?machine=table", size=TABLE, ready=".v-choice", views=guiding, modes=PLACES_ONLY
    ),
    "guidance on a phone": VisitorPage(path="/guide", size=PHONE, ready=".v-choice", views=guiding, modes=PLACES_ONLY),
    "enquiry": VisitorPage(
        path="/enquiry?machine=kiosk",
        size=KIOSK,
        ready="#tile-matters",
        views=enquiring,
        modes=("large", "contrast", "reach"),
        routes=("/enquiry",),
    ),
    "enquiry on a table": VisitorPage(
        path="/enquiry", size=TABLE, ready="#tile-matters", views=enquiring, modes=PLACES_ONLY
    ),
    "list to bring": VisitorPage(path="/l/{list}", size=PHONE, ready="h1", routes=("/l/{token}",)),
    "phone": VisitorPage(path="/m", size=PHONE, ready="#hours", views=on_a_phone, routes=("/m", "/m/")),
    "ticket waiting": VisitorPage(
        path="/t/{waiting}", size=PHONE, ready="body[data-state=waiting] .p-place", routes=("/t/{token}",)
    ),
    "ticket called": VisitorPage(path="/t/{called}", size=PHONE, ready=".p-call"),
    "ticket done": VisitorPage(path="/t/{done}", size=PHONE, ready=".p-thanks"),
    "offline slip": VisitorPage(
        path="/t/offline/AAAAAAAAAAAAAAAAAAAAAA", size=PHONE, ready=".empty", routes=("/t/offline/{key}",)
    ),
    "booking": VisitorPage(path="/book", size=PHONE, ready=".b-entry", views=booking, routes=("/book",)),
    "appointment": VisitorPage(path="/b/{booked}", size=PHONE, ready=".b-code", routes=("/b/{token}",)),
    "progress": VisitorPage(path="/progress", size=PHONE, ready=".pr-ask", routes=("/progress", "/c/{number}")),
    "checking a document": VisitorPage(
        path="/verify", size=PHONE, ready="#verify-check", routes=("/verify", "/verify/{number}")
    ),
    "pad calling": VisitorPage(path="/pad/w05", size=PAD, ready=".serving--calling", routes=("/pad/{window}",)),
    "pad idle": VisitorPage(path="/pad/w02", size=PAD, ready=".idle"),
    "confirmation": VisitorPage(path="/confirm/w05", size=WALL, ready=".cf-plain", routes=("/confirm/{window}",)),
    "ratings": VisitorPage(path="/ratings", size=KIOSK, ready=".hero__arc", routes=("/ratings",)),
    "ratings on a phone": VisitorPage(path="/ratings", size=PHONE, ready=".hero__arc", modes=PLACES_ONLY),
    "formulas of ratings": VisitorPage(
        path="/ratings/formulas", size=PHONE, ready=".form", routes=("/ratings/formulas",)
    ),
    "efficiency": VisitorPage(path="/efficiency", size=WALL, ready=".eff-tile", modes=(), routes=("/efficiency",)),
    "efficiency on a phone": VisitorPage(path="/efficiency", size=PHONE, ready=".eff-tile", modes=()),
    "formulas of efficiency": VisitorPage(
        path="/efficiency/formulas", size=PHONE, ready=".effp__one", modes=(), routes=("/efficiency/formulas",)
    ),
    "board": VisitorPage(path="/board/z2", size=WALL, ready=".call--hero", modes=(), routes=("/board/{zone}",)),
    "window screen": VisitorPage(
        path="/window-screen/w05", size=(1920, 540), ready=".ws__number", modes=(), routes=("/window-screen/{window}",)
    ),
    "start": VisitorPage(path="/", size=PHONE, ready=".h-window", modes=(), routes=("/",)),
}

FOR_STAFF = {
    "/sign-in": "who signs in is staff",
    "/setup": "the administrator's first page",
    "/pair/{kind}": "who sets a device up",
    "/speaker/{zone}": "a loudspeaker without a screen",
    "/screen/{screen}": "shows the boards that are swept above",
    "/screen-preview": "the editor's preview of a screen",
    "/telephone-rating": "staff who telephone",
}
"""Pages that open without signing in and that no visitor uses, each with the reason."""
