"""Pages, the files they load, texts, health and figures."""

import msgspec
import pytest

from hall_server.identity import Role
from hall_server.web.pages import file_route, page_routes
from hall_server.web.routes import MANAGER


@pytest.fixture
def room(hall, tmp_path, io_loop):
    """A room with a public and a manager's page, a script and a file that is none of anybody's business."""
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "board.html").write_text("<!doctype html><title>看板</title>", encoding="utf-8")
    (folder / "board.js").write_text("export {};", encoding="utf-8")
    (folder / "secret.py").write_text("KEY = 1", encoding="utf-8")
    (tmp_path / "outside.js").write_text("1", encoding="utf-8")

    async def again():
        await hall.stop()
        hall.make()
        hall.server.route(*page_routes("room", folder, {"/board/{zone}": "board.html", r"/p/[\w-]{3}": "board.html"}))
        hall.server.route(*page_routes("room", folder, {"/boss": "board.html"}, access=MANAGER))
        hall.server.route(file_route("room", folder))
        await hall.start()

    io_loop.run_sync(again)
    return hall


@pytest.mark.gen_test
async def test_a_page_is_served_by_its_addresses(room):
    for path in ("/board/z1", "/p/a-b", "/board/z1?lang=en"):
        response = await room.fetch("GET", path)
        assert (response.code, response.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
        assert "看板" in response.body.decode()
    assert (await room.fetch("GET", "/p/abcd")).code == 404


@pytest.mark.gen_test
async def test_a_staff_page_leads_to_the_sign_in_and_back(room):
    response = await room.fetch("GET", "/boss?tab=lines")
    assert (response.code, response.headers["Location"]) == (302, "/sign-in?next=%2Fboss%3Ftab%3Dlines")
    await room.account("lihua", Role.STAFF)
    wrong = await room.fetch("GET", "/boss", cookie=(await room.sign_in("lihua"))["cookie"])
    assert wrong.code == 403
    await room.account("boss", Role.MANAGER)
    good = await room.fetch("GET", "/boss", cookie=(await room.sign_in("boss"))["cookie"])
    assert (good.code, good.headers["Cache-Control"]) == (200, "no-store")
    assert any(value.startswith("_xsrf=") for value in good.headers.get_list("Set-Cookie"))


@pytest.mark.gen_test
async def test_a_file_is_sent_once_and_then_only_confirmed(room):
    first = await room.fetch("GET", "/pages/room/board.js")
    assert (first.code, first.headers["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    again = await room.fetch("GET", "/pages/room/board.js", If_None_Match=first.headers["Etag"])
    assert (again.code, again.body) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "secret.py",
        "../outside.js",
        "%2e%2e/outside.js",
        "..%2Foutside.js",
        "board.html",
        "nothing.js",
        "%00.js",
        "/etc/x.js",
    ],
)
@pytest.mark.gen_test
async def test_no_other_file_can_be_had(room, path):
    assert (await room.fetch("GET", f"/pages/room/{path}")).code == 404


@pytest.mark.gen_test
async def test_the_shared_files_and_texts_are_there(hall):
    assert (await hall.fetch("GET", "/static/tokens.css")).code == 200
    texts = msgspec.json.decode((await hall.fetch("GET", "/api/v1/locales/en")).body)
    assert texts["error.body.broken"] == "The request is not valid JSON"
    assert (await hall.fetch("GET", "/api/v1/locales/xx")).code == 404


@pytest.mark.gen_test
async def test_health_is_said_and_readiness_only_while_commands_are_taken(hall):
    assert (await hall.fetch("GET", "/healthz")).code == 200
    assert (await hall.fetch("GET", "/readyz")).code == 200
    hall.server.ready = False
    assert (await hall.fetch("GET", "/readyz")).code == 503
    assert (await hall.fetch("GET", "/healthz")).code == 200


@pytest.mark.gen_test
async def test_figures_count_requests_by_route_and_not_by_address(hall):
    for bell in ("b1", "b2"):
        await hall.fetch("GET", f"/api/v1/bells/{bell}")
    figures = (await hall.fetch("GET", "/metrics")).body.decode()
    assert 'onedoor_http_requests_total{method="GET",route="/api/v1/bells/{bell}",status="200"} 2.0' in figures
    assert "onedoor_journal_seq 1.0" in figures


@pytest.mark.gen_test
async def test_a_picture_over_http_is_the_one_of_the_live_feed(hall, ring):
    await ring("b1")
    response = await hall.fetch("GET", "/api/v1/bells/b1")
    assert msgspec.json.decode(response.body)["rings"] == 1
    assert (await hall.fetch("GET", "/api/v1/bells/zzz")).code == 404


@pytest.mark.parametrize(("language", "words"), [("zh-CN", "没有这个页面"), ("en", "There is no such page")])
@pytest.mark.gen_test
async def test_an_unknown_page_says_so_on_a_page_and_in_words_to_whoever_reads_none(hall, language, words):
    page = await hall.fetch("GET", "/no-such-page", Accept="text/html", Accept_Language=language)
    assert (page.code, page.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert words in page.body.decode()
    assert "{{" not in page.body.decode()
    plain = await hall.fetch("GET", "/no-such-page", Accept="application/json", Accept_Language=language)
    assert (plain.code, plain.headers["Content-Type"]) == (404, "text/plain; charset=utf-8")
