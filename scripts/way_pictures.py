"""Takes the pictures of a joint package's way: the department's desk, another hall's issuing window, the progress."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "queue")]

from PIL import Image  # noqa: E402  # after the path is set
from playwright.sync_api import Browser, Page, expect, sync_playwright  # noqa: E402

from scripts.city_server import CityServer  # noqa: E402
from scripts.hall_process import Caller, HallProcess  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
LANGUAGES = {"zh": "zh-CN", "en": "en"}
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
COLOURS = 160
SHOWN_MS = 20_000
WITHIN_S = 60.0
WINDOW = "w01"
NUMBER = "11010519491231002X"  # the example of GB 11643-1999
PERSON = {"name": "张三丰", "id_number": NUMBER, "phone": "13800138000", "address": "牌坊路7号"}
HALLS = {"demo": "一门区政务服务大厅", "demo-b": "一门区滨河分厅"}
KIND = {"size": ["large"], "sign": ["no"]}
ANSWERS = {"who": ["self"], "scope": ["no"], "place": ["shop"], "kind": ["catering"], "online": ["no"]}
ANSWERS |= {"pledge": ["no"], "way": ["normal"]}
WORDS = {"number": 80, "integer": 80, "boolean": True}


class Town:
    """A city and two halls that are linked to it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.city = CityServer(folder / "city").start()
        self.halls = {id_: self._hall(id_) for id_ in HALLS}
        self._people: dict[str, Caller] = {}

    def stop(self) -> None:
        """End all three."""
        for one in self.halls.values():
            one.stop()
        self.city.stop()

    def at_city(self, name: str) -> Caller:
        """Somebody's session at the city; the same each time."""
        if name not in self._people:
            account = {"name": name, "password": self.city.password(name)}
            self._people[name] = Caller(self.city.port).sign_in(account)
        return self._people[name]

    def clerk(self, hall: str) -> Caller:
        """Whoever serves at the window."""
        accounts = self.halls[hall].accounts["staff"]
        return self.halls[hall].caller().sign_in(next(one for one in accounts if one["window"] == WINDOW))

    def step(self, who: str, case: str, step: str, **body: Any) -> None:
        """A step of a case at the city."""
        caller = self.at_city(who)
        seen = caller.get(f"desk/cases/{case}")["step"]
        caller.post(f"desk/cases/{case}/{step}", {"seen": seen, **body})

    def tray(self, department: str) -> list[str]:
        """Cases that a department has to examine."""
        items = self.at_city("leader").get(f"desk/trays/{department}")["items"]
        return [one["id"] for one in items if one["state"] == "accepted"]

    def _hall(self, id_: str) -> HallProcess:
        data = self._folder / id_
        token = data / "keys" / "city.token"
        token.parent.mkdir(parents=True, mode=0o700)
        token.write_text(self.city.register(id_, HALLS[id_]))
        token.chmod(0o600)
        config = ROOT / "config"
        text = (config / "demo_hall.toml").read_text("utf-8").replace('"demo"', f'"{id_}"')
        for name in ("catalogue", "calendar"):
            text = text.replace(f'\n{name} = "', f'\n{name} = "{config}/', 1)
        text = text.replace("[settings]\n", f'[settings]\ncity_url = "ws://127.0.0.1:{self.city.port}"\n', 1)
        described = self._folder / f"{id_}.toml"
        described.write_text(text.replace(HALLS["demo"], HALLS[id_]), "utf-8")
        return HallProcess(data, config=described).start()


def taken_in(town: Town) -> tuple[str, str]:
    """A restaurant's package at hall A; gives its first case and the query code."""
    clerk = town.clerk("demo")
    until(lambda: clerk.post("packages/kinds/restaurant/needs", {"answers": KIND}))
    needs = clerk.post("packages/kinds/restaurant/needs", {"answers": KIND, "part_answers": ANSWERS})
    properties = needs["form"]["properties"].items()
    fields = {name: WORDS.get(one.get("type"), (one.get("enum") or ["一门小馆"])[0]) for name, one in properties}
    given = [{"material": one["id"], "supply": one["supplies"][0]} for one in needs["materials"]]
    opened = clerk.post(
        "packages",
        {
            **{"kind": "restaurant", "window": WINDOW, "answers": KIND, "part_answers": ANSWERS, "applicant": PERSON},
            **{"fields": fields, "given": given},
        },
    )
    return str(opened["cases"]["register"]), str(opened["code"])


def decided(town: Town, case: str, people: tuple[str, str], licence: str) -> None:
    """Granted, made and sent to hall B."""
    examiner, leader = people
    town.step(examiner, case, "examine", opinion="经审查，申请材料齐全、符合法定形式，拟予许可。", proposes="granted")
    town.step(leader, case, "decide", outcome="granted")
    town.step(examiner, case, "make", licence=licence)
    town.step(examiner, case, "send-to-hall", hall="demo-b")


def until(holds: Callable[[], Any]) -> None:
    """Wait for what happens between processes."""
    last = time.monotonic() + WITHIN_S
    while time.monotonic() < last:
        try:
            if holds():
                return
        except Exception as exc:  # noqa: BLE001  # a matter that has not come down yet; the end of time tells
            print(".", type(exc).__name__, end="", flush=True)
        time.sleep(0.3)
    raise SystemExit("it never came")


@contextmanager
def opened(browser: Browser, address: str, language: str, who: Caller | None, size: tuple[int, int]) -> Iterator[Page]:
    """A page in a profile of its own."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale=language)
    cookies = who.cookies if who else {}
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    yield context.new_page()
    context.close()


def keep(page: Page, name: str, short: str) -> None:
    """A picture with few colours."""
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    image.save(PICTURES / f"{name}.{short}.png", optimize=True)


def main() -> int:
    """Walk the way and take the pictures."""
    expect.set_options(timeout=SHOWN_MS)
    with tempfile.TemporaryDirectory(prefix="onedoor-way-") as folder:
        town = Town(Path(folder))
        try:
            with sync_playwright() as playwright:
                chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
                _walk(town, chromium)
                chromium.close()
        finally:
            town.stop()
    return 0


def _walk(town: Town, browser: Browser) -> None:
    first, code = taken_in(town)
    until(lambda: town.tray("xzspj") == [first])
    decided(town, first, ("xzspj-examiner", "xzspj-leader"), "YYZZ-2026-1")
    until(lambda: len(town.tray("xzspj")) == 1 and len(town.tray("xfdd")) == 1)
    [food], [fire] = town.tray("xzspj"), town.tray("xfdd")
    number = town.at_city("leader").get(f"desk/cases/{first}")["number"]
    package = town.at_city("leader").get(f"desk/cases/{first}")["package"]["id"]
    for short, language in LANGUAGES.items():
        desk = town.at_city("xzspj-examiner")
        with opened(browser, town.city.address, language, desk, (1440, 900)) as page:
            page.goto(f"{town.city.address}/desk#{food}")
            expect(page.locator("#form-examine")).to_be_visible()
            keep(page, "desk-case", short)
        lead = town.at_city("xzspj-leader")
        with opened(browser, town.city.address, language, lead, (1440, 900)) as page:
            page.goto(f"{town.city.address}/desk")
            page.locator("#view-packages").click()
            page.locator(f'[id$="{package}"]').first.click()
            expect(page.locator("#part-food")).to_be_visible()
            keep(page, "desk-package", short)
        hall = town.halls["demo"].address
        with opened(browser, hall, language, None, (390, 844)) as page:
            page.goto(f"{hall}/progress#number={number}&code={code}")
            page.locator(".pr-part").first.scroll_into_view_if_needed()
            keep(page, "progress-package", short)
    decided(town, food, ("xzspj-examiner", "xzspj-leader"), "JY-2026-1")
    decided(town, fire, ("examiner", "leader"), "XF-2026-1")
    _issued(town, browser, food)


def _issued(town: Town, browser: Browser, case: str) -> None:
    hall, clerk = town.halls["demo-b"], town.clerk("demo-b")
    until(lambda: sum(bool(one["name"]) for one in clerk.get(f"issuing/{WINDOW}")["ready"]) == 3)
    clerk.post(f"windows/{WINDOW}/open")
    hall.caller().post("tickets", {"line": "pickup", "channel": "kiosk", "person": {"id_number": NUMBER}})
    clerk.post(f"windows/{WINDOW}/call")
    clerk.post(f"windows/{WINDOW}/start")
    for short, language in LANGUAGES.items():
        with opened(browser, hall.address, language, clerk, (1366, 768)) as page:
            page.goto(f"{hall.address}/issue/{WINDOW}")
            expect(page.locator(f"#res-{case}")).to_have_attribute("aria-selected", "true")
            keep(page, "issue", short)


if __name__ == "__main__":
    sys.exit(main())
