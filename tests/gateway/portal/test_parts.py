"""Notes that travel through the browser, and the patience with one address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.contract.errors import ConfigError
from gateway.portal.limits import Limits, household_of
from gateway.portal.shared import tiles_origin
from gateway.portal.tokens import Notes

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def notes() -> Notes:
    """Notes under a fixed key."""
    return Notes(bytes(range(32)))


def test_a_note_says_what_was_written(notes: Notes) -> None:
    note = notes.write("form", {"contact": "c1", "tên": "Ổ gà"}, now=NOON)
    opened = notes.open("form", note, now=NOON + HOUR, longest=HOUR)
    assert opened is not None
    assert opened.values == {"contact": "c1", "tên": "Ổ gà"}
    assert opened.issued_at == NOON
    assert "c1" not in note


def test_a_note_cannot_be_used_elsewhere_later_or_under_another_key(notes: Notes) -> None:
    note = notes.write("form", {}, now=NOON)
    assert notes.open("follow", note, now=NOON, longest=HOUR) is None
    assert notes.open("form", note, now=NOON + HOUR + timedelta(seconds=1), longest=HOUR) is None
    assert Notes(bytes(32)).open("form", note, now=NOON, longest=HOUR) is None


@pytest.mark.parametrize(
    "change", [lambda n: "", lambda n: n[:-2], lambda n: "é" + n, lambda n: "A" + n, lambda n: "=="]
)
def test_a_changed_note_opens_nothing(notes: Notes, change: object) -> None:
    note = notes.write("form", {}, now=NOON)
    assert notes.open("form", change(note), now=NOON, longest=HOUR) is None  # type: ignore[operator]


def test_the_key_is_never_printed(notes: Notes) -> None:
    assert repr(notes) == "Notes()"


def test_the_window_slides() -> None:
    limits = Limits(most=2, span=timedelta(minutes=10))
    assert limits.wait("192.0.2.1", NOON) == timedelta(0)
    assert limits.wait("192.0.2.1", NOON + timedelta(minutes=4)) == timedelta(0)
    assert limits.wait("192.0.2.1", NOON + timedelta(minutes=5)) == timedelta(minutes=5)
    assert limits.wait("192.0.2.2", NOON + timedelta(minutes=5)) == timedelta(0), "another address is not concerned"
    assert limits.wait("192.0.2.1", NOON + timedelta(minutes=10)) == timedelta(0)
    assert limits.wait("192.0.2.1", NOON + timedelta(minutes=11)) == timedelta(minutes=3)


def test_memory_stays_bounded() -> None:
    limits = Limits(most=1, span=HOUR)
    for number in range(10_050):
        limits.wait(f"client-{number}", NOON)
    assert len(limits._seen) == 10_000


@pytest.mark.parametrize(
    ("client", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9%eth0", "2001:db8:1:2::/64"),
        ("unix", "unix"),
    ],
)
def test_a_household_counts_once(client: str, network: str) -> None:
    assert household_of(client) == network


@pytest.mark.parametrize(
    ("tiles", "origin"),
    [
        ("", ""),
        ("/ban-do/{z}/{x}/{y}.png", ""),
        ("https://tiles.example.vn/a/{z}/{x}/{y}.png", "https://tiles.example.vn"),
        ("http://127.0.0.1:9000/{z}/{x}/{y}.png", "http://127.0.0.1:9000"),
    ],
)
def test_only_the_host_of_the_tiles_is_allowed(tiles: str, origin: str) -> None:
    assert tiles_origin(tiles) == origin


@pytest.mark.parametrize(
    "tiles", ["https://{s}.example.vn/{z}/{x}/{y}.png", "ftp://example.vn/{z}", "tiles", "https://"]
)
def test_an_address_nobody_can_allow_stops_the_start(tiles: str) -> None:
    with pytest.raises(ConfigError, match=r"portal\.tiles"):
        tiles_origin(tiles)
