"""Limits: never more than allowed in any window, and an honest waiting time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.otp.limits import OtpLimits, Scope, Window, check, network_of, record, scopes_of

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class MemoryLimits:
    """Moments in lists."""

    def __init__(self) -> None:
        self.held: dict[str, list[datetime]] = defaultdict(list)

    def times(self, scope: str, since: datetime) -> Sequence[datetime]:
        return [moment for moment in self.held[scope] if moment > since]

    def add(self, scope: str, at: datetime) -> None:
        self.held[scope].append(at)


def ask(store: MemoryLimits, scopes: Sequence[Scope], at: datetime) -> bool:
    allowed = check(store, scopes, at).allowed
    if allowed:
        record(store, scopes, at)
    return allowed


@given(
    gaps=st.lists(st.integers(0, 400), max_size=60),
    limit=st.integers(1, 4),
    span=st.integers(1, 1000),
)
def test_no_window_ever_holds_more(gaps: list[int], limit: int, span: int) -> None:
    store, window = MemoryLimits(), Window(limit, span * SECOND)
    at, taken = NOW, list[datetime]()
    for gap in gaps:
        at += gap * SECOND
        if ask(store, [Scope("otp:x:1", (window,))], at):
            taken.append(at)

    for start in taken:
        assert sum(start <= moment < start + window.span for moment in taken) <= limit


@given(gaps=st.lists(st.integers(0, 100), min_size=1, max_size=30), limit=st.integers(1, 3))
def test_waiting_as_told_is_enough_and_no_more_than_needed(gaps: list[int], limit: int) -> None:
    store, scopes = MemoryLimits(), [Scope("otp:x:1", (Window(limit, 60 * SECOND),))]
    at = NOW
    for gap in gaps:
        at += gap * SECOND
        ask(store, scopes, at)
    wait = check(store, scopes, at).retry_after

    assert check(store, scopes, at + wait).allowed
    assert wait == timedelta(0) or not check(store, scopes, at + wait - SECOND / 1000).allowed


def scopes(recipient: str = "r", client: str = "c", network: str = "n") -> tuple[Scope, ...]:
    return scopes_of(recipient=recipient, client=client, network=network, limits=OtpLimits())


def test_one_number_is_not_flooded_from_many_addresses() -> None:
    store = MemoryLimits()
    taken = sum(ask(store, scopes(client=f"c{n}", network=f"n{n}"), NOW + n * 61 * SECOND) for n in range(100))
    assert taken == 8  # three in each quarter of an hour, until the day's eight are used


def test_one_address_does_not_try_many_numbers() -> None:
    store = MemoryLimits()
    taken = sum(ask(store, scopes(recipient=f"r{n}"), NOW + n * SECOND) for n in range(100))

    assert taken == 10
    assert check(store, scopes(recipient="new"), NOW + 100 * SECOND).limited_by == "client"


def test_one_network_does_not_try_with_many_addresses() -> None:
    store = MemoryLimits()
    taken = sum(ask(store, scopes(recipient=f"r{n}", client=f"c{n}"), NOW + n * SECOND) for n in range(100))

    assert taken == 60
    assert check(store, scopes(recipient="new", client="new"), NOW + 100 * SECOND).limited_by == "network"


def test_refused_requests_do_not_prolong_the_wait() -> None:
    store = MemoryLimits()
    assert ask(store, scopes(), NOW)
    assert not any(ask(store, scopes(), NOW + n * SECOND) for n in range(1, 60))
    assert ask(store, scopes(), NOW + 60 * SECOND)


def test_others_are_not_affected() -> None:
    store = MemoryLimits()
    ask(store, scopes(), NOW)
    assert check(store, scopes(recipient="other", client="other", network="other"), NOW).allowed


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("unix", ""),
        ("2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("", ""),
    ],
)
def test_network_of_an_address(ip: str, network: str) -> None:
    assert network_of(ip) == network
