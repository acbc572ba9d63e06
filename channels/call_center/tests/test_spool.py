"""What a call leaves on disk, whatever ends it, and how it goes away again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from channels.call_center.facts import CallRecord, Recording
from channels.call_center.media.sealing import NotOpened, public_key, seal_file
from channels.call_center.secrecy import sealed
from channels.call_center.spool import Spool, source_of
from channels.call_center.tests.played import NOON, wav

CALL = "0" * 31 + "1"


def record(call_id: str = CALL) -> CallRecord:
    """A call that has just been answered."""
    return CallRecord(id=call_id, trunk="main", caller="+84900000001", began_at=NOON, ended_at=NOON)


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "calls")


def test_a_call_is_closed_with_all_its_recordings(spool: Spool) -> None:
    place = spool.begin(record())
    told = Recording(part="what", file="what.wav", seconds=2, spoken_seconds=1.5, sha256="f" * 64)
    wav(place / "what.wav", 2)
    content = wav(place / "whole.wav", 5)

    closed = spool.close(record().model_copy(update={"recordings": (told,), "ended_by": "them"}))

    assert [place] == spool.waiting()
    assert closed == CallRecord.model_validate_json(spool.body(place))
    assert (closed.recordings[0].sha256, closed.recordings[0].spoken_seconds) == ("f" * 64, 1.5)
    assert (5.0, sha256(content).hexdigest()) == (closed.recordings[1].seconds, closed.recordings[1].sha256)
    assert not (place / "open.json").exists()


def test_files_go_when_they_are_let_go(spool: Spool) -> None:
    place = spool.begin(record())
    content = wav(place / "whole.wav")
    spool.close(record())
    source = source_of(CALL, "whole.wav")

    assert content == spool.read(source, most=1_000_000)
    spool.handed(place)
    assert spool.waiting() == []
    assert content == spool.read(source, most=1_000_000)
    spool.let_go(source)
    assert not place.exists()
    assert spool.read(source, most=1_000_000) is None
    spool.let_go(source)


def test_two_recordings_of_a_call_are_let_go_at_once(spool: Spool) -> None:
    """Whichever comes last forgets the call; the other must not stumble over that."""
    with ThreadPoolExecutor(2) as both:
        for number in range(50):
            call = f"{number:032x}"
            place = spool.begin(record(call))
            for name in ("what", "where"):
                wav(place / f"{name}.wav")
            spool.close(record(call))
            spool.handed(place)
            list(both.map(spool.let_go, [source_of(call, f"{name}.wav") for name in ("what", "where")]))
            assert not place.exists()


def test_what_nobody_fetches_goes_in_the_end(spool: Spool) -> None:
    """And what was not handed over stays, however old."""
    place, waiting = spool.begin(record()), spool.begin(record("0" * 31 + "2"))
    for one in (place, waiting):
        wav(one / "whole.wav")
    spool.close(record())
    spool.close(record("0" * 31 + "2"))
    spool.handed(place)
    at = datetime.fromtimestamp((place / "handed.json").stat().st_mtime, UTC)

    assert spool.sweep(at - timedelta(seconds=1)) == 0
    assert spool.sweep(at + timedelta(seconds=1)) == 1
    assert (place.exists(), waiting.exists()) == (False, True)


def test_of_whoever_is_erased_nothing_is_left(spool: Spool) -> None:
    """But for what was not handed over: whose it is, nobody knows yet."""
    place, waiting = spool.begin(record()), spool.begin(record("0" * 31 + "2"))
    for one in (place, waiting):
        wav(one / "whole.wav")
    spool.close(record())
    spool.close(record("0" * 31 + "2"))
    spool.handed(place)

    for name in (place.name, waiting.name, "../calls", "f" * 32):
        spool.forget(name)

    assert (place.exists(), waiting.exists()) == (False, True)


def test_a_call_without_recordings_goes_at_once(spool: Spool) -> None:
    place = spool.begin(record())
    spool.close(record())

    spool.handed(place)

    assert not place.exists()


def test_a_crash_leaves_a_call_that_is_closed_at_the_next_start(spool: Spool) -> None:
    place = spool.begin(record())
    spool.note(record().model_copy(update={"step": "what", "notice": True}))
    wav(place / "what.wav", 3)

    assert spool.recover() == 1

    found = CallRecord.model_validate_json(spool.body(place))
    assert (found.ended_by, found.step, found.recordings[0].seconds) == ("crash", "what", 3.0)
    assert found.ended_at >= NOON
    assert spool.recover() == 0


def test_a_crash_between_closing_and_tidying_changes_nothing(spool: Spool) -> None:
    place = spool.begin(record())
    spool.close(record().model_copy(update={"ended_by": "us"}))
    spool.note(record())

    assert spool.recover() == 0
    assert CallRecord.model_validate_json(spool.body(place)).ended_by == "us"


def test_an_empty_recording_is_none(spool: Spool) -> None:
    place = spool.begin(record())
    (place / "what.wav").write_bytes(b"RIFF")

    assert spool.close(record()).recordings == ()
    spool.handed(place)
    assert not place.exists()


def test_a_lost_file_is_said(spool: Spool) -> None:
    spool.begin(record())
    gone = Recording(part="what", file="what.wav", seconds=2)

    assert spool.close(record().model_copy(update={"recordings": (gone,)})).recordings == ()


@pytest.mark.parametrize("source", ["spool:../../x.wav", f"spool:{CALL}/../x.wav", f"spool:{CALL}/x.json", "http://x"])
def test_only_recordings_of_the_spool_are_read(spool: Spool, source: str) -> None:
    assert spool.read(source, most=10) is None


def test_too_long_is_refused(spool: Spool) -> None:
    place = spool.begin(record())
    wav(place / "whole.wav")

    with pytest.raises(ValueError, match="bytes"):
        spool.read(source_of(CALL, "whole.wav"), most=10)


def test_what_waits_to_be_handed_over(spool: Spool) -> None:
    assert spool.backlog() == (0, None)
    place = spool.begin(record())
    spool.close(record())

    waiting, oldest = spool.backlog()

    assert (waiting, oldest) == (1, (place / "record.json").stat().st_mtime)


def test_times_are_kept_in_utc() -> None:
    ended = record().model_copy(update={"ended_at": NOON + timedelta(seconds=5)})

    assert ended == CallRecord.model_validate_json(ended.model_dump_json(exclude_defaults=True))


# Sealed

PRIVATE = bytes(range(32))


def test_only_the_web_side_opens_what_is_sealed(tmp_path: Path) -> None:
    """It is described by its sound: length and size, without the wrapping."""
    telephony, web = Spool(tmp_path), Spool(tmp_path, private=PRIVATE)
    place = telephony.begin(record())
    content = wav(place / "what.wav", 2)
    seal_file(place / "what.wav", web.seal_to)

    (one,) = telephony.close(record()).recordings

    assert (one.part, one.file, one.size) == ("what", "what.wav.sealed", len(content))
    source = source_of(CALL, one.file)
    assert web.read(source, most=len(content)) == content
    with pytest.raises(ValueError, match="bytes"):
        web.read(source, most=len(content) - 1)
    assert telephony.read(source, most=len(content)) is None
    assert Spool(tmp_path, private=bytes(32)).read(source, most=len(content)) is None
    assert (telephony.seal_to, web.seal_to) == (b"", public_key(PRIVATE))
    web.handed(place)
    web.let_go(source)
    assert not place.exists()


def test_of_a_recording_that_lies_there_twice_the_plain_one_counts(tmp_path: Path) -> None:
    """A second try was cut off by a crash, or the first was not yet removed; both go together."""
    spool = Spool(tmp_path, private=PRIVATE)
    place = spool.begin(record())
    wav(place / "what.wav", 1)
    seal_file(place / "what.wav", spool.seal_to)
    wav(place / "what.wav", 3)

    assert spool.recover() == 1

    found = CallRecord.model_validate_json(spool.body(place))
    assert [(one.file, one.seconds) for one in found.recordings] == [("what.wav", 3.0)]
    spool.handed(place)
    spool.let_go(source_of(CALL, "what.wav"))
    assert not place.exists()


TOLD = {"caller": "+84900000001", "code": "260000000017", "pin": "482915", "call_back_to": "+84900000002"}


def test_who_called_is_read_by_the_web_side_alone(tmp_path: Path) -> None:
    """Number, code and PIN are on no disk of the telephony process, from the ring on; also after a crash."""
    web = Spool(tmp_path, private=PRIVATE)
    telephony = Spool(tmp_path, reader=lambda: web.seal_to)
    whole = record().model_copy(update=TOLD | {"step": "menu"})
    place = telephony.begin(whole)
    telephony.note(whole)

    assert telephony.recover() == 1

    body = telephony.body(place)
    assert not [told for told in TOLD.values() if told.encode() in body]
    assert b'"step":"menu"' in body
    found = web.opened(CallRecord.model_validate_json(body))
    assert found == whole.model_copy(update={"ended_by": "crash"})


def test_what_was_sealed_for_somebody_else_or_of_another_call_is_not_read(tmp_path: Path) -> None:
    web = Spool(tmp_path, private=PRIVATE)
    held = sealed(record().model_copy(update=TOLD), web.seal_to)

    for reader, one in (
        (Spool(tmp_path, private=bytes(32)), held),
        (Spool(tmp_path), held),
        (web, held.model_copy(update={"id": "0" * 31 + "2"})),
        (web, held.model_copy(update={"sealed": "nonsense"})),
    ):
        with pytest.raises(NotOpened):
            reader.opened(one)
