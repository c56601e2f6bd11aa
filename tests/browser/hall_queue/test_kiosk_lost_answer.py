"""An answer that is lost on its way leaves no number behind that nobody holds (domain rule 22)."""

from __future__ import annotations

from typing import Any

import pytest

from hall_queue.model import TicketState
from tests.browser.waiting import holds, until

pytestmark = pytest.mark.browser

TILE, TAKE, NUMBER = ".k-tile", "#take", ".k-ticket__number"
TICKETS = "**/api/v1/tickets"
KEPT = """(name) => new Promise((resolve) => {
  const opening = indexedDB.open("onedoor-kiosk");
  opening.onsuccess = () => {
    const asked = opening.result.transaction("state").objectStore("state").get(name);
    asked.onsuccess = () => { opening.result.close(); resolve(asked.result ?? null); };
  };
})"""
HAS_NUMBERS = f"async () => ((await ({KEPT})('numbers'))?.blocks ?? []).length"
IN_DOUBT = f"async () => ((await ({KEPT})('doubts'))?.list ?? []).length"


async def opened(visit: Any) -> None:
    """Open the kiosk and wait until it keeps numbers."""
    await visit.open("/kiosk")
    await visit.page.wait_for_selector(TILE)
    await holds(visit.page, HAS_NUMBERS)


async def asked_in_vain(visit: Any) -> None:
    """Ask for a number; the link is cut after the server has committed it and before the answer is here."""

    async def lose(route: Any) -> None:
        await route.fetch()
        await visit.page.context.set_offline(True)
        await route.abort()

    await visit.page.route(TICKETS, lose, times=1)
    await visit.page.click(TILE)
    await visit.page.click(TAKE)
    await until(lambda: len(visit.tickets) == 1)


async def back(visit: Any) -> None:
    await visit.page.context.set_offline(False)


def states(visit: Any) -> list[tuple[bool, TicketState]]:
    return [(one.offline, one.state) for one in visit.tickets]


@pytest.mark.gen_test(timeout=120)
async def test_the_first_number_is_given_up_where_an_offline_one_was_printed(visiting: Any) -> None:
    async with visiting() as visit:
        await opened(visit)
        await asked_in_vain(visit)
        await visit.page.wait_for_selector("body[data-view=offline]")
        await visit.page.click(TILE)
        await visit.page.click(TAKE)
        given = await visit.page.inner_text(NUMBER)
        assert states(visit) == [(False, TicketState.WAITING)]  # what would be called for nobody
        await back(visit)
        await until(lambda: len(visit.tickets) == 2 and visit.tickets[0].state is TicketState.CANCELLED)
        assert states(visit) == [(False, TicketState.CANCELLED), (True, TicketState.WAITING)]
        assert visit.tickets[1].number == given
        await holds(visit.page, f"async () => (await ({IN_DOUBT})()) === 0")


@pytest.mark.gen_test(timeout=120)
async def test_without_the_protection_the_first_number_stays(visiting: Any) -> None:
    """The negative control."""
    async with visiting() as visit:

        async def unprotected(route: Any) -> None:
            answer = await route.fetch()
            text = await answer.text()
            assert "async giveUp(day) {" in text
            await route.fulfill(
                response=answer, body=text.replace("async giveUp(day) {", "async giveUp(day) { return;")
            )

        await visit.page.route("**/kiosk-doubt.js", unprotected)
        await opened(visit)
        await asked_in_vain(visit)
        await visit.page.wait_for_selector("body[data-view=offline]")
        await visit.page.click(TILE)
        await visit.page.click(TAKE)
        await visit.page.wait_for_selector(NUMBER)
        await back(visit)
        await until(lambda: len(visit.tickets) == 2)  # giving up comes before the handing in
        assert states(visit) == [(False, TicketState.WAITING), (True, TicketState.WAITING)]


@pytest.mark.gen_test(timeout=120)
async def test_who_has_gone_without_a_number_is_not_called(visiting: Any) -> None:
    async with visiting() as visit:
        await opened(visit)
        await asked_in_vain(visit)
        await visit.page.wait_for_selector("body[data-view=offline]")
        await back(visit)
        await until(lambda: states(visit) == [(False, TicketState.CANCELLED)])


@pytest.mark.gen_test(timeout=120)
async def test_a_reload_meanwhile_forgets_nothing(visiting: Any) -> None:
    async with visiting() as visit:
        await opened(visit)
        await asked_in_vain(visit)
        await holds(visit.page, IN_DOUBT)
        await visit.page.goto("about:blank")
        await back(visit)
        await visit.open("/kiosk")
        await until(lambda: states(visit) == [(False, TicketState.CANCELLED)])


@pytest.mark.gen_test(timeout=120)
async def test_who_asks_again_when_the_link_is_back_gets_the_first_number(visiting: Any) -> None:
    async with visiting() as visit:
        await opened(visit)

        async def lose(route: Any) -> None:
            await route.fetch()
            await route.abort()

        await visit.page.route(TICKETS, lose, times=2)  # a request is sent twice before it counts as lost
        await visit.page.click(TILE)
        await visit.page.click(TAKE)
        await visit.page.wait_for_selector("body[data-view=error]")
        await visit.page.click("#view .btn--primary")
        await visit.page.click(TAKE)
        shown = await visit.page.inner_text(NUMBER)
        await visit.page.click("#done")
        await visit.page.wait_for_selector("body[data-view=home]")
        await holds(visit.page, f"async () => (await ({IN_DOUBT})()) === 0")
        assert [(one.number, one.state) for one in visit.tickets] == [(shown, TicketState.WAITING)]


@pytest.mark.gen_test(timeout=120)
async def test_what_was_given_up_is_not_shown_to_whoever_asks_again(visiting: Any) -> None:
    async with visiting() as visit:
        await opened(visit)
        await asked_in_vain(visit)
        await visit.page.wait_for_selector("body[data-view=offline]")
        await back(visit)
        await until(lambda: states(visit) == [(False, TicketState.CANCELLED)])
        await visit.page.wait_for_selector("body[data-view=home]")
        await visit.page.click(TILE)
        await visit.page.click(TAKE)
        shown = await visit.page.inner_text(NUMBER)
        assert visit.tickets[1].number == shown
        assert states(visit)[1:] == [(False, TicketState.WAITING)]


@pytest.mark.gen_test(timeout=120)
async def test_what_a_person_said_is_not_kept_on_the_disk(visiting: Any) -> None:
    async with visiting() as visit:
        await opened(visit)
        kept = await visit.page.evaluate(
            """async () => {
              const { OfflineStore } = await import("/pages/hall_queue/kiosk-offline-store.js");
              const { Doubts } = await import("/pages/hall_queue/kiosk-doubt.js");
              const store = new OfflineStore();
              await store.open();
              const doubts = new Doubts(store, Promise.resolve(true));
              const person = { id_number: "11010519491231002X" };
              await doubts.add({ key: "k".repeat(32), day: "2026-01-01", body: { line: "tax", person } });
              await doubts.add({ key: "l".repeat(32), day: "2026-01-01", body: { line: "tax" } });
              return JSON.stringify(await store.doubts());
            }"""
        )
        assert "l" * 32 in kept
        assert "k" * 32 not in kept
        assert "11010519491231002X" not in kept
