"""The brake on automatic mails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.guard import MailBrake, SentMail, Verdict

NOW = datetime(2026, 11, 16, 5, 0, tzinfo=UTC)
BRAKE = MailBrake()


def ago(*minutes: float, prompt: str = "") -> list[SentMail]:
    return [SentMail(NOW - timedelta(minutes=each), prompt) for each in minutes]


def test_the_first_notice_goes() -> None:
    """Nothing sent yet."""
    assert BRAKE.check([], now=NOW) == Verdict(allowed=True)


def test_one_notice_an_hour() -> None:
    """The next may go an hour after the last."""
    verdict = BRAKE.check(ago(20), now=NOW)

    assert verdict == Verdict(allowed=False, not_before=NOW + timedelta(minutes=40), reason="hour")
    assert BRAKE.check(ago(60), now=NOW).allowed


def test_three_notices_a_day() -> None:
    """The fourth waits until the first is a day old."""
    verdict = BRAKE.check(ago(90, 600, 1200), now=NOW)

    assert verdict == Verdict(allowed=False, not_before=NOW + timedelta(minutes=240), reason="day")


def test_an_answer_to_a_person_goes_at_once() -> None:
    """However many notices went before."""
    assert BRAKE.check(ago(1, 2, 3), now=NOW, prompt="a").allowed


def test_answers_do_not_use_up_notices() -> None:
    """A lively talk does not delay the result."""
    assert BRAKE.check(ago(1, 2, 3, prompt="a"), now=NOW).allowed


def test_equal_words_are_answered_three_times() -> None:
    """A robot that does not say it is one repeats itself."""
    verdict = BRAKE.check(ago(1, 2, 3, prompt="a"), now=NOW, prompt="a")

    assert (verdict.allowed, verdict.reason) == (False, "same_answer")
    assert BRAKE.check(ago(1, 2, 3, prompt="a"), now=NOW, prompt="b").allowed


def test_a_robot_with_ever_new_words_ends_too() -> None:
    """Twenty answers a day."""
    history = [mail for number in range(20) for mail in ago(number, prompt=str(number))]

    assert BRAKE.check(history, now=NOW, prompt="new").reason == "answers"


def test_the_brake_over_all() -> None:
    """Whatever we answer: a storm of our own making stops."""
    brake = MailBrake(all_per_hour=2)
    verdict = brake.check([], now=NOW, prompt="a", sent_in_all=[NOW - timedelta(minutes=50), NOW])

    assert verdict == Verdict(allowed=False, not_before=NOW + timedelta(minutes=10), reason="all")


@given(st.lists(st.integers(0, 3000), max_size=30), st.sampled_from(["", "a"]))
def test_waiting_helps(minutes: list[int], prompt: str) -> None:
    """At the promised moment the mail may really go, and never earlier than now."""
    history = ago(*minutes, prompt=prompt)
    verdict = BRAKE.check(history, now=NOW, prompt=prompt)
    if verdict.not_before is not None:
        assert verdict.not_before > NOW
        assert BRAKE.check(history, now=verdict.not_before, prompt=prompt).allowed


@given(st.integers(1, 60))
def test_two_robots_cannot_talk_for_ever(step: int) -> None:
    """Simulated for a week: never more than three equal answers in any day."""
    history: list[SentMail] = []
    for minute in range(0, 7 * 24 * 60, step * 10):
        now = NOW + timedelta(minutes=minute)
        if BRAKE.check(history, now=now, prompt="same").allowed:
            history.append(SentMail(now, "same"))
    for mail in history:
        day = [other for other in history if mail.at <= other.at < mail.at + timedelta(days=1)]
        assert len(day) <= 3


@pytest.mark.parametrize("most", [1, 3])
def test_limits_are_settings(most: int) -> None:
    """A province may be stricter."""
    brake = MailBrake(notices_per_hour=most, notices_per_day=10)

    assert brake.check(ago(*range(most - 1)), now=NOW).allowed
    assert not brake.check(ago(*range(most)), now=NOW).allowed
