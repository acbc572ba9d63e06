"""Waiting after wrong attempts: grows, ends, and is never prolonged by others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.identity.lockout import REPORT_PIN, STAFF_LOGIN, Attempt, LockoutPolicy, wait_for, wait_in_words

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
ZERO = timedelta(0)
POLICIES = pytest.mark.parametrize("policy", [STAFF_LOGIN, REPORT_PIN], ids=["staff", "pin"])


def wrong(count: int, at: datetime = NOW) -> list[Attempt]:
    return [Attempt(at, ok=False)] * count


@POLICIES
def test_slips_are_free(policy: LockoutPolicy) -> None:
    assert wait_for([], policy, NOW) == ZERO
    assert wait_for(wrong(policy.free), policy, NOW) == ZERO


@pytest.mark.parametrize(
    ("count", "seconds"), [(4, 0), (5, 15), (6, 30), (7, 60), (8, 120), (11, 900), (12, 900), (5000, 900)]
)
def test_staff_wait_doubles_up_to_a_quarter_of_an_hour(count: int, seconds: int) -> None:
    assert wait_for(wrong(count), STAFF_LOGIN, NOW) == timedelta(seconds=seconds)


@POLICIES
def test_wait_passes(policy: LockoutPolicy) -> None:
    attempts = wrong(policy.free + 1)
    assert wait_for(attempts, policy, NOW + policy.first_wait / 2) == policy.first_wait / 2
    assert wait_for(attempts, policy, NOW + policy.first_wait) == ZERO


@POLICIES
def test_right_attempt_clears(policy: LockoutPolicy) -> None:
    right = Attempt(NOW + timedelta(seconds=1), ok=True)
    assert wait_for([*wrong(20), right], policy, NOW + timedelta(seconds=2)) == ZERO


@POLICIES
def test_old_attempts_are_forgotten(policy: LockoutPolicy) -> None:
    assert wait_for(wrong(20), policy, NOW + policy.forget_after) == ZERO


@given(times=st.lists(st.integers(0, 10_000), max_size=40), later=st.integers(0, 10_000))
def test_waiting_has_a_bound_and_only_shrinks_with_time(times: list[int], later: int) -> None:
    attempts = [Attempt(NOW + timedelta(seconds=second), ok=False) for second in times]
    now = NOW + timedelta(seconds=10_000)
    wait = wait_for(attempts, STAFF_LOGIN, now)

    assert ZERO <= wait <= STAFF_LOGIN.longest_wait
    assert wait_for(attempts, STAFF_LOGIN, now + timedelta(seconds=later)) <= wait


@POLICIES
@given(count=st.integers(0, 200))
def test_newest_attempts_are_enough(policy: LockoutPolicy, count: int) -> None:
    """Storage reads `enough` rows, never all."""
    attempts = [Attempt(NOW + timedelta(milliseconds=number), ok=False) for number in range(count)]
    now = NOW + timedelta(seconds=1)
    assert wait_for(attempts[-policy.enough :], policy, now) == wait_for(attempts, policy, now)


def test_guessing_a_pin_for_a_year_is_hopeless() -> None:
    """Trying as soon as allowed, a stranger gets fewer than one in a hundred of all PINs in a year."""
    attempts: list[Attempt] = []
    at, end, made = NOW, NOW + timedelta(days=365), 0
    while at < end:
        at += wait_for(attempts, REPORT_PIN, at)
        attempts = [*attempts, Attempt(at, ok=False)][-REPORT_PIN.enough :]
        made += 1
    assert made < 1_000_000 // 100


@pytest.mark.parametrize(
    ("wait", "span"),
    [(timedelta(milliseconds=1), "1 giây"), (timedelta(seconds=59.5), "1 phút"), (timedelta(seconds=61), "2 phút")],
)
def test_sentence(wait: timedelta, span: str) -> None:
    assert wait_in_words(wait) == f"Quý vị đã nhập sai nhiều lần. Vui lòng thử lại sau {span}."
