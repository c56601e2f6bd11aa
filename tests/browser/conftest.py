"""A real hall in its own process and a real chromium; what either complained about is shown when a test fails."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser as AsyncBrowser
from playwright.async_api import async_playwright
from playwright.async_api import expect as async_expect
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from tornado.ioloop import IOLoop

from scripts.hall_process import Caller, HallProcess
from tests.browser.chromium import ARGUMENTS, WITHIN_MS, Browsing, chromium
from tests.fakes.event_loop import end_tasks, fresh_loop
from tests.fakes.founded_hall import FoundedHall
from tests.fakes.true_waits import refuse_empty_waits

UNTOUCHED = (
    "--autoplay-policy=no-user-gesture-required"  # a board is a machine nobody touches; its browser is set up so
)

TELL_POLICY_AND_SOUND = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
});
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  this.addEventListener("playing", () => { document.documentElement.dataset.plays = this.src; }, { once: true });
  return play.call(this);
};
"""
"""Runs before the page's own code: says what the policy stopped, and marks what the browser really began to play.

In an attribute, because a test's own scripts may not be evaluated under the pages' policy."""

QUICK = {
    **{"hall": '"demo"', "demo": "true", "open_ticketing": "true", "tickets_per_minute": 100_000},
    **{"recall_gap_s": 0.5, "pass_after_s": 0.5, "http_host": '"127.0.0.1"', "mqtt_host": '"127.0.0.1"'},
}
"""Settings of the tests' halls: limits and gaps for a machine instead of for people."""

HALLS = pytest.StashKey[list[HallProcess]]()


class Visit:
    """One page in a browser profile of its own, and everything that went wrong in it."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.complaints: list[str] = []
        self.page: Page = context.new_page()
        self._address = address
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("console", lambda said: self._console(said.type, said.text, said.location["url"]))
        self.page.on("response", lambda reply: self._reply(reply.request.method, reply.status, reply.url))
        self.page.on("requestfailed", lambda request: self._failed(request.url, request.failure))

    def open(self, path: str) -> Page:
        """Go to a page of the hall."""
        self.page.goto(self._address + path)
        return self.page

    def _console(self, kind: str, text: str, url: str) -> None:
        if kind in {"error", "warning"} and not url.endswith("/api/v1/session"):
            self.complaints.append(f"console: {text} {url}")

    def _reply(self, method: str, status: int, url: str) -> None:
        nobody_yet = (
            method == "GET" and status == 401 and url.endswith("/api/v1/session")
        )  # how a page asks who is here
        if status >= 400 and not nobody_yet:
            self.complaints.append(f"{status} {method} {url}")

    def _failed(self, url: str, why: str | None) -> None:
        if why != "net::ERR_ABORTED":  # the page itself left, or took an answer back
            self.complaints.append(f"failed: {url} {why}")


Opener = Callable[..., Visit]


@pytest.fixture(scope="session", autouse=True)
def true_waits() -> Iterator[None]:
    """No wait of a test comes back because a promise is a yes."""
    with pytest.MonkeyPatch.context() as patch:
        refuse_empty_waits(patch)
        yield


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, until the file's tests have run."""
    expect.set_options(timeout=WITHIN_MS)
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium(), args=[*ARGUMENTS, UNTOUCHED])


@pytest.fixture(scope="module")
def io_loop() -> Iterator[IOLoop]:
    """One loop for a file's coroutines, so that they may share a browser."""
    with fresh_loop() as loop:
        yield loop


@pytest.fixture(scope="module")
def browsing(io_loop: IOLoop) -> Iterator[Browsing]:
    """Begin with Chromium in a coroutine; it runs until the file's tests have, its pages end with the block."""
    run = io_loop.asyncio_loop.run_until_complete  # type: ignore[attr-defined]  # Tornado's loops are asyncio's
    async_expect.set_options(timeout=WITHIN_MS)
    playwright = run(async_playwright().start())
    browser = run(playwright.chromium.launch(executable_path=chromium(), args=[*ARGUMENTS, UNTOUCHED]))

    @asynccontextmanager
    async def begin() -> AsyncIterator[AsyncBrowser]:
        try:
            yield browser
        finally:
            for context in browser.contexts:
                await context.close()

    yield begin
    run(browser.close())
    run(playwright.stop())


@pytest.fixture(autouse=True)
def no_task_stays(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a coroutine test leaves behind on its file's loop ends with the test."""
    if "io_loop" not in request.fixturenames:
        yield
        return
    loop = request.getfixturevalue("io_loop").asyncio_loop
    shared = asyncio.all_tasks(loop)
    yield
    end_tasks(loop, but=shared)


@pytest.fixture(scope="module")
def quick_hall(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's description with a recall gap and limits for tests instead of for people."""
    config = checkout / "config"
    text = (config / "demo_hall.toml").read_text("utf-8")
    for name in ("catalogue", "calendar"):
        text = text.replace(f'{name} = "', f'{name} = "{config}/', 1)
    settings = "".join(f"{name} = {value}\n" for name, value in QUICK.items())
    text = re.sub(r"^\[settings\]\n[^\[]*", f"[settings]\n{settings}\n", text, count=1, flags=re.MULTILINE)
    file = tmp_path_factory.mktemp("config") / "hall.toml"
    file.write_text(text, "utf-8")
    return file


@pytest.fixture(scope="module")
def new_hall(
    request: pytest.FixtureRequest,
    quick_hall: Path,
    founded_hall: FoundedHall,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[], HallProcess]]:
    """Makes halls, each in a folder of its own and not started; all end with the file."""
    halls: list[HallProcess] = []
    request.config.stash[HALLS] = halls

    def make() -> HallProcess:
        halls.append(HallProcess(founded_hall.copy(tmp_path_factory.mktemp("hall") / "data"), config=quick_hall))
        return halls[-1]

    yield make
    assert [hall.stop() for hall in halls] == [0] * len(halls)


@pytest.fixture(scope="module")
def hall(new_hall: Callable[[], HallProcess]) -> HallProcess:
    """A running hall that the file's tests share."""
    return new_hall().start()


@pytest.fixture
def opener(browser: Browser) -> Iterator[Callable[[HallProcess], Opener]]:
    """Makes `visit(size, language, session)` for a hall, signed in where a session is given.

    Every page has a profile of its own and closes with the test.
    """
    contexts: list[BrowserContext] = []

    def at(hall: HallProcess) -> Opener:
        def visit(size: tuple[int, int] = (1366, 768), language: str = "zh-CN", session: Caller | None = None) -> Visit:
            context = browser.new_context(
                viewport={"width": size[0], "height": size[1]}, locale=language, timezone_id="America/New_York"
            )
            context.set_default_timeout(WITHIN_MS)
            if session is not None:
                keep = [{"name": n, "value": v, "url": hall.address} for n, v in session.cookies.items()]
                context.add_cookies(keep)  # type: ignore[arg-type]  # a SetCookieParam each
            context.add_init_script(TELL_POLICY_AND_SOUND)
            contexts.append(context)
            return Visit(context, hall.address)

        return visit

    yield at
    for context in contexts:
        context.close()


@pytest.fixture
def visit(hall: HallProcess, opener: Callable[[HallProcess], Opener]) -> Opener:
    """`visit(size, language)` for the shared hall."""
    return opener(hall)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[pytest.TestReport]:
    """Put the halls' own words beside a failure."""
    report = yield
    for hall in item.config.stash.get(HALLS, []):
        if report.failed and hall.log:
            report.sections.append((f"log of the hall at port {hall.http_port}", hall.log[-8_000:]))
    return report
