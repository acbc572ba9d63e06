"""The quiet hours: what waits, where, and until when."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.clock import VIETNAM
from core.clock.errors import NotationInvalid
from core.notify.letters import templates
from core.notify.quiet import NEVER, quiet_hours
from core.service.public_notices import NoticeKind


def at(text: str) -> datetime:
    """Vietnamese time."""
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=VIETNAM)


@pytest.mark.rule("VN-6")
@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("23 20:59:59", "23 20:59:59"),
        ("23 21:00:00", "24 07:00:00"),
        ("23 23:59:59", "24 07:00:00"),
        ("24 00:00:00", "24 07:00:00"),
        ("24 06:59:59", "24 07:00:00"),
        ("24 07:00:00", "24 07:00:00"),
        ("24 12:00:00", "24 12:00:00"),
    ],
)
def test_from_nine_to_seven_a_letter_waits(now: str, leaves: str) -> None:
    """To the second, whatever zone the instant is told in."""
    instant = at(now)

    assert quiet_hours().leaves_at("email", instant) == at(leaves)
    assert quiet_hours().leaves_at("sms", instant.astimezone(None)) == at(leaves)


@pytest.mark.rule("VN-6")
def test_what_rings_nowhere_does_not_wait() -> None:
    """The page of a report shows it at once."""
    night = at("23 22:00:00")

    assert quiet_hours().leaves_at("web", night) == night
    assert quiet_hours().leaves_at("zalo", night) > night


@pytest.mark.rule("VN-6")
def test_the_machine_calls_nobody_at_night() -> None:
    """Whatever it has to tell; other ways are not held up."""
    night, quiet = at("23 22:00:00"), quiet_hours()

    assert quiet.calls_at("call_center/voice", night) == at("24 07:00:00")
    assert quiet.calls_at("call_center/voice", at("24 07:00:00")) == at("24 07:00:00")
    assert [quiet.calls_at(way, night) for way in ("sms/phone", "")] == [night, night]


@pytest.mark.rule("VN-6")
def test_only_a_disaster_rings_at_night() -> None:
    """Public notices of every other kind wait for the morning."""
    night = at("23 22:00:00")
    rings = {kind: quiet_hours().rings_at(kind, "webpush", night) for kind in NoticeKind}

    assert rings == {"disaster": night, "warning": at("24 07:00:00"), "notice": at("24 07:00:00")}
    assert quiet_hours().at_once <= set(NoticeKind)


@pytest.mark.rule("VN-6")
def test_only_letters_that_exist_are_urgent() -> None:
    """A slip in the table would let everything wait."""
    urgent = {name for name in templates() if not quiet_hours().may_wait(name)}

    assert urgent == quiet_hours().urgent == {"supplement_requested", "case_diverted"}


@pytest.mark.rule("VN-6")
def test_nothing_waits_longer_than_the_night() -> None:
    """However long it is."""
    begin = at("23 00:00:00")
    for minutes in range(0, 24 * 60, 7):
        now = begin + timedelta(minutes=minutes)
        leaves = quiet_hours().leaves_at("sms", now)
        assert timedelta() <= leaves - now <= timedelta(hours=10)
        assert leaves not in quiet_hours().hours


def test_a_deployment_has_hours_of_its_own_or_none() -> None:
    """Whoever shortens the night is heard; nonsense is not."""
    night = at("23 22:00:00")

    assert quiet_hours("23:00-06:00").leaves_at("sms", night) == night
    assert quiet_hours("23:00-06:00").leaves_at("sms", at("23 23:30:00")) == at("24 06:00:00")
    assert quiet_hours(NEVER).leaves_at("sms", night) == night
    assert quiet_hours(NEVER).calls_at("call_center/voice", night) == night
    with pytest.raises(NotationInvalid, match="nachts"):
        quiet_hours("nachts")
