"""When a clock starts: names of times and how a pack combines them."""

from __future__ import annotations

import pytest

from core.clock import FactMissing, NotationInvalid, facts_of, load_calendar, parse_start, resolve_start, start_to_data
from tests.core.clock.support import at

CALENDAR = load_calendar()
A_QB_4 = {"earliest_of": ["accepted_at", "distributed_at + 1wh"]}
A_LS_2 = {"first_known": ["request_delivered_at", "request_sent_at"]}
DISTRIBUTED = at("2026-11-20 16:45")


def _start(expression, **facts):
    return resolve_start(parse_start(expression), facts, CALENDAR)


@pytest.mark.rule("A-QB-4")
@pytest.mark.parametrize(
    ("accepted", "expected", "source"),
    [
        ("2026-11-20 17:00", "2026-11-20 17:00", "accepted_at"),
        ("2026-11-23 09:00", "2026-11-23 07:45", "distributed_at + 1wh"),
        (None, "2026-11-23 07:45", "distributed_at + 1wh"),
    ],
    ids=["accepted at once", "accepted late", "not accepted yet"],
)
@pytest.mark.parametrize("expression", [A_QB_4, "min(accepted_at, distributed_at + 1wh)"], ids=["mapping", "text"])
def test_late_acceptance_does_not_lengthen_processing(expression, accepted, expected, source):
    started = _start(expression, accepted_at=accepted and at(accepted), distributed_at=DISTRIBUTED)
    assert (started.at, started.source) == (at(expected), source)
    assert (started.due is None) is (source == "accepted_at")


@pytest.mark.rule("A-LS-2")
def test_the_first_known_time_wins_whatever_its_hour():
    sent, delivered = at("2026-11-20 02:00"), at("2026-11-20 02:05")
    assert _start(A_LS_2, request_sent_at=sent).at == sent
    assert _start(A_LS_2, request_sent_at=sent, request_delivered_at=delivered).at == delivered


def test_the_latest_of_two_times():
    expression = "max(received_at, distributed_at)"
    assert _start(expression, received_at=at("2026-11-20 08:00"), distributed_at=DISTRIBUTED).at == DISTRIBUTED


@pytest.mark.parametrize("expression", ["received_at", "received_at + 1wh", A_LS_2])
def test_a_start_that_has_not_happened_says_what_is_missing(expression):
    with pytest.raises(FactMissing) as caught:
        _start(expression, received_at=None)
    assert set(caught.value.names) == facts_of(parse_start(expression))


@pytest.mark.parametrize("data", ["received_at", "distributed_at + 1wh", A_QB_4, A_LS_2, {"latest_of": ["a", "b"]}])
def test_a_start_reads_back_what_it_wrote(data):
    assert start_to_data(parse_start(data)) == data


def test_a_linter_can_ask_for_the_names():
    assert facts_of(parse_start(A_QB_4)) == {"accepted_at", "distributed_at"}


@pytest.mark.parametrize(
    "data",
    [
        None,
        "",
        "Received At",
        "received_at +",
        "received_at + soon",
        "min()",
        {},
        {"earliest_of": []},
        {"earliest_of": "accepted_at"},
        {"earliest_of": ["accepted_at"], "latest_of": ["received_at"]},
        {"random_of": ["accepted_at"]},
    ],
    ids=str,
)
def test_what_cannot_be_read_is_refused(data):
    with pytest.raises(NotationInvalid):
        parse_start(data)
