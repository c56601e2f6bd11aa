"""Attachments: sealed, resumed where the cable broke, thrown away where wrong, missed where they do not come."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest

from city.store.down import Sending
from hall_server.errors import Invalid
from hall_server.federation import exchange, wire
from hall_server.federation.attachments import Attachments
from hall_server.identity import Keys
from tests.fakes.cut_link import CutLink
from tests.fakes.federated import City, Dialer, running_hall, until
from tests.fakes.hall import HandClock

INSERT_EVENT = (
    "INSERT INTO hall_events (hall, epoch, seq, at, business_day, type, version, subject, actor, command_id, payload,"
    " hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
LARGE = random.Random(3).randbytes(3 * 1024 * 1024 + 17)


@pytest.mark.parametrize("size", [0, 1, wire.CHUNK_BYTES - 1, wire.CHUNK_BYTES, wire.CHUNK_BYTES + 1, 1_000_000])
def test_an_attachment_lies_sealed_and_comes_back_whole(tmp_path: Path, size: int) -> None:
    files = Attachments(tmp_path, bytes(32))
    content = LARGE[:size]
    hash_ = files.put(content)
    assert hash_ == hashlib.sha256(content).hexdigest()
    assert files.put(content) == hash_
    assert (files.size(hash_), files.read(hash_)) == (size, content)
    assert all(content[:64] not in path.read_bytes() or size < 64 for path in tmp_path.rglob("*") if path.is_file())
    assert files.read(hash_, wire.CHUNK_BYTES) == content[wire.CHUNK_BYTES :]
    files.erase(hash_)
    assert not files.has(hash_)


def test_a_flipped_bit_a_moved_piece_and_a_foreign_key_are_noticed(tmp_path: Path) -> None:
    files = Attachments(tmp_path, bytes(32))
    hash_ = files.put(LARGE)
    path = tmp_path / hash_[:2] / hash_[2:]
    sealed = path.read_bytes()
    piece = 12 + wire.CHUNK_BYTES + 16
    for spoilt in (sealed[:100] + bytes([sealed[100] ^ 1]) + sealed[101:], sealed[piece:] + sealed[:piece]):
        path.write_bytes(spoilt)
        with pytest.raises(Invalid):
            files.read(hash_)
    path.write_bytes(sealed)
    with pytest.raises(Invalid):
        Attachments(tmp_path, b"k" * 32).read(hash_)


@pytest.mark.parametrize("name", ["../../etc/passwd", "A" * 64, "", "0" * 63, "0" * 64 + "/x"])
def test_a_name_that_is_no_hash_reaches_no_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(Invalid):
        Attachments(tmp_path, bytes(32)).has(name)


@pytest.mark.gen_test
async def test_an_attachment_goes_on_where_the_cable_broke(city_database: str, tmp_path: Path) -> None:
    city = await City(city_database, tmp_path / "city").start()
    token = await city.pair("h1")
    cable = await CutLink(city.port).start()
    async with running_hall(tmp_path / "h1", token=token, city_url=f"ws://127.0.0.1:{cable.port}") as hall:
        room = hall.rooms["federation"]
        files = city.acceptor.attachments
        offsets: list[int] = []
        add = files.add

        def noted(hash_: str, offset: int, data: bytes) -> int:
            offsets.append(offset)
            return add(hash_, offset, data)

        files.add = noted  # type: ignore[method-assign]  # watched, not replaced
        hash_ = await room.keep(LARGE)
        await room.bring(hash_)
        for number in range(1, 4):
            await until(lambda reached=number: len(offsets) > 2 * reached)
            cable.cut()
            cable.mend()
        await until(lambda: files.has(hash_))
        assert files.read(hash_) == LARGE
        assert len(offsets) < 13 + 3 * wire.CHUNKS_AHEAD + 3, "pieces that were safe did not come again"
        await until(lambda: _nothing_offered(room))
    await cable.stop()
    await city.stop()


@pytest.mark.gen_test
async def test_what_the_city_wants_comes_when_the_hall_is_there_and_is_missed_when_it_lacks_it(
    city_database: str, tmp_path: Path
) -> None:
    clock = HandClock()
    city = await City(city_database, tmp_path / "city", clock=clock).start()
    token = await city.pair("h1")
    hash_, never = hashlib.sha256(LARGE).hexdigest(), hashlib.sha256(b"never").hexdigest()
    await city.store.want("h1", hash_, never)
    assert await city.store.late_attachments() == []
    clock.forward(minutes=11)
    assert {one.hash for one in await city.store.late_attachments()} == {hash_, never}
    Attachments(tmp_path / "h1" / "blobs", Keys.load(tmp_path / "h1" / "keys").blobs).put(LARGE)
    async with running_hall(tmp_path / "h1", token=token, city_url=city.url, clock=clock):
        await until(lambda: _late(city, [(never, "lacking")]))
        await until(lambda: city.acceptor.attachments.has(hash_))
        asked = await city.store.wanted("h1", limit=10)
        while asked:  # it was asked again at once; ten minutes pass between two tries
            await city.store.attachment("h1", never, "lacking")
            asked = await city.store.wanted("h1", limit=10)
        clock.forward(minutes=21)
        assert await city.store.wanted("h1", limit=10) == [never]
        for _ in range(150):
            await city.store.attachment("h1", never, "lacking")
        clock.forward(days=30)
        assert await city.store.wanted("h1", limit=10) == []  # a day of it is enough
    await city.stop()


@pytest.mark.parametrize("is_checked", [True, False], ids=["checked", "control"])
@pytest.mark.gen_test
async def test_wrong_bytes_are_thrown_away_and_asked_for_again_three_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_checked: bool
) -> None:
    if not is_checked:

        def believed(self: Attachments, hash_: str) -> bool:
            self._finish(hash_)
            return True

        monkeypatch.setattr(Attachments, "finish", believed)
    city = await City(str(tmp_path / "city.db"), tmp_path / "city").start()
    hall = await Dialer.dial(city)
    await hall.hello("h1", await city.pair("h1"))
    hash_ = hashlib.sha256(b"right").hexdigest()
    await city.store.want("h1", hash_)
    wants = 0
    for _ in range(exchange.TRIES):
        assert await hall.hear() == wire.Want(hash=hash_)
        wants += 1
        await hall.say(wire.Have(hash=hash_, size=5))
        await hall.socket.send(wire.chunk(hash_, 0, b"wrong"))
        if not is_checked:
            heard = [await hall.hear()]
            while heard[-1] == wire.Want(hash=hash_):  # asked for again while the bytes were on their way
                heard.append(await hall.hear())
            assert heard[-1] == wire.Got(hash=hash_, offset=5, whole=True)
            assert city.acceptor.attachments.read(hash_) == b"wrong"
            return
    await until(lambda: _late(city, [(hash_, "wrong")]))
    assert not city.acceptor.attachments.has(hash_)
    assert wants == 3
    await hall.socket.close()
    await city.stop()


@pytest.mark.gen_test
async def test_pieces_that_nobody_asked_for_are_passed_over(tmp_path: Path) -> None:
    city = await City(str(tmp_path / "city.db"), tmp_path / "city").start()
    hall = await Dialer.dial(city)
    await hall.hello("h1", await city.pair("h1"))
    hash_ = hashlib.sha256(b"x").hexdigest()
    await hall.socket.send(wire.chunk(hash_, 0, b"x" * 100))
    await hall.say(wire.Want(hash=hash_))
    assert await hall.hear() == wire.Lacking(hash=hash_)
    assert list((tmp_path / "city" / "blobs").rglob("*")) == []
    await hall.socket.close()
    await city.stop()


@pytest.mark.gen_test
async def test_a_hall_gets_what_has_to_do_with_it_and_nothing_else_however_well_it_knows_the_hash(
    city_database: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    city = await City(city_database, tmp_path / "city").start()
    ours, theirs = await city.pair("h1"), await city.pair("h2")
    first, second = await Dialer.dial(city), await Dialer.dial(city)
    await first.hello("h1", ours)
    await second.hello("h2", theirs)
    licence, scan = b"a licence", b"a page"
    for content in (licence, scan):
        await _bring(first, content)
    named, page = (hashlib.sha256(one).hexdigest() for one in (licence, scan))

    for word in (wire.Got(hash=named, offset=9, whole=True), wire.Have(hash=named, size=9)):
        await second.say(word)  # neither shows that it ever had the bytes
    assert await second.hear() == wire.Got(hash=named, offset=9, whole=True)
    await second.say(wire.Want(hash=named))
    assert await second.hear() == wire.Lacking(hash=named)
    assert "h2 asked for attachment" in caplog.text
    await first.say(wire.Want(hash=named))  # restored from an old copy, it gets its own back
    assert await first.hear() == wire.Have(hash=named, size=9)

    step = {"case": "c1", "payload": {"sha256": named, "given": [{"copies": [{"sha256": page}]}]}}
    await city.store.down.send(Sending(hall="h2", kind="case.step", payload=step))
    down = await second.hear()
    assert isinstance(down, wire.Down)
    await second.say(wire.DownAck(seq=down.items[-1].seq))
    await second.say(wire.Want(hash=named))
    assert await second.hear() == wire.Have(hash=named, size=9)
    assert wire.read_chunk(bytes(await second.socket.recv()))[2] == licence
    await second.say(wire.Want(hash=page))  # who hands a result out has no use for the pages of the application
    assert await second.hear() == wire.Lacking(hash=page)
    await city.store.files.allow("h2", page)  # until the person agrees that they are used there again
    await second.say(wire.Want(hash=page))
    assert await second.hear() == wire.Have(hash=page, size=6)
    for link in (first, second):
        await link.socket.close()
    await city.stop()


@pytest.mark.gen_test
async def test_rights_are_written_once_for_what_was_there_before_there_were_any(
    city_database: str, tmp_path: Path
) -> None:
    city = await City(city_database, tmp_path / "city").start()
    await city.pair("h1")
    await city.pair("h2")
    sent, own, other = ("a" * 64, "b" * 64, "c" * 64)
    await city.store.down.send(Sending(hall="h2", kind="case.step", payload={"payload": {"form": sent}}))
    row = ("h1", 1, 1, 0, "2026-03-02", "case.received", 1, "case:c1", "staff:s1", None, f'{{"form":"{own}"}}', b"")
    await city.tables.transact([(INSERT_EVENT, [row]), ("DELETE FROM file_rights", [()])])
    files = city.store.files
    for _ in range(2):
        await files.begin(["h1", "h2"])
        rights = [[await files.may_have(hall, one) for one in (sent, own, other)] for hall in ("h1", "h2")]
        assert rights == [[False, True, False], [True, False, False]]
    await city.tables.transact([("DELETE FROM file_rights", [()])])
    await files.begin(["h1", "h2"])
    assert not await files.may_have("h2", sent)
    await city.stop()


async def _bring(hall: Dialer, content: bytes) -> None:
    """Offer and send an attachment of one piece."""
    hash_ = hashlib.sha256(content).hexdigest()
    await hall.say(wire.Have(hash=hash_, size=len(content)))
    assert await hall.hear() == wire.Want(hash=hash_)
    await hall.say(wire.Have(hash=hash_, size=len(content)))
    await hall.socket.send(wire.chunk(hash_, 0, content))
    assert await hall.hear() == wire.Got(hash=hash_, offset=len(content), whole=True)


async def _nothing_offered(room: object) -> bool:
    return await room._progress.offers() == []  # type: ignore[attr-defined]  # the room's own


async def _late(city: City, expected: list[tuple[str, str]]) -> bool:
    return [(one.hash, one.state) for one in await city.store.late_attachments()] == expected
