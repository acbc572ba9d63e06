"""The provider's codes and how much of our share is used: a row for each."""

from __future__ import annotations

import json
from typing import Any

import pytest

from channels.facebook.errors import translate
from channels.facebook.usage import Share, Usage, read_usage
from core.contract.errors import (
    ChannelMisconfigured,
    MessageInvalid,
    NeedsReauth,
    OutcomeUnknown,
    ProviderRefused,
    RecipientUnreachable,
    SendError,
    TemporarySendError,
    Throttled,
    WindowClosed,
)

TABLE = [
    (1, 0, TemporarySendError),
    (2, 0, TemporarySendError),
    (4, 0, Throttled),
    (32, 0, Throttled),
    (613, 0, Throttled),
    (613, 2018338, Throttled),
    (80006, 0, Throttled),
    (190, 0, NeedsReauth),
    (190, 460, NeedsReauth),
    (190, 463, NeedsReauth),
    (190, 467, NeedsReauth),
    (10, 0, NeedsReauth),
    (200, 0, NeedsReauth),
    (10, 2018278, WindowClosed),
    (10, 2018065, WindowClosed),
    (10, 2534022, WindowClosed),
    (10900, 0, WindowClosed),
    (551, 0, RecipientUnreachable),
    (551, 1545041, RecipientUnreachable),
    (200, 1545041, RecipientUnreachable),
    (10, 2018108, RecipientUnreachable),
    (100, 2018001, RecipientUnreachable),
    (100, 2534025, RecipientUnreachable),
    (100, 2018300, ProviderRefused),
    (10, 1893063, ChannelMisconfigured),
    (2022, 0, ChannelMisconfigured),
    (100, 0, MessageInvalid),
    (100, 2018008, MessageInvalid),
    (100, 2018047, MessageInvalid),
    (100, 2018109, MessageInvalid),
    (100, 2018294, MessageInvalid),
    (99999, 0, ProviderRefused),
]


def refused(code: int, subcode: int = 0, *, status: int = 400, **more: Any) -> SendError:
    """What an answer with these codes is for us."""
    error = {"code": code, "error_subcode": subcode, "fbtrace_id": "Atrace", "message": "bimat"} | more
    return translate({"error": error}, status=status, usage=Usage())


@pytest.mark.parametrize(("code", "subcode", "meaning"), TABLE, ids=[f"{code}-{sub}" for code, sub, _ in TABLE])
def test_each_code_means(code: int, subcode: int, meaning: type[SendError]) -> None:
    error = refused(code, subcode)

    assert type(error) is meaning
    assert error.provider_code == (f"{code}/{subcode}" if subcode else str(code))
    assert "bimat" not in str(error)


def test_what_passes_by_itself_can_be_tried_again() -> None:
    assert type(refused(12345, is_transient=True)) is TemporarySendError
    assert refused(12345, is_transient=True).retryable


def test_what_the_table_names_does_not_pass_by_itself() -> None:
    assert type(refused(10, 2018278, is_transient=True)) is WindowClosed


def test_a_wrong_proof_is_our_mistake() -> None:
    assert type(refused(100, message="Invalid appsecret_proof provided in the API argument")) is ChannelMisconfigured


def test_a_failure_without_a_code_leaves_the_outcome_unknown() -> None:
    assert type(translate({}, status=502, usage=Usage())) is OutcomeUnknown


def test_a_rate_limit_says_how_long_to_wait() -> None:
    """Minutes, where the provider says so; else a minute."""
    error = translate({"error": {"code": 80006}}, status=400, usage=Usage(100, 300))

    assert isinstance(error, Throttled)
    assert error.retry_after == 300
    assert isinstance(plain := refused(613), Throttled)
    assert plain.retry_after == 60


BUSINESS = {"111": [{"type": "messenger", "call_count": 91, "total_time": 5, "estimated_time_to_regain_access": 3}]}


@pytest.mark.parametrize(
    ("headers", "usage"),
    [
        ({}, Usage()),
        ({"x-app-usage": json.dumps({"call_count": 28, "total_time": 83.5})}, Usage(83.5)),
        ({"x-page-usage": json.dumps({"call_count": 81})}, Usage(81)),
        ({"x-business-use-case-usage": json.dumps(BUSINESS)}, Usage(91, 180)),
        ({"x-app-usage": "not JSON", "x-page-usage": "[1]"}, Usage()),
        ({"x-app-usage": json.dumps({"call_count": "many"})}, Usage()),
    ],
)
def test_how_much_is_used(headers: dict[str, str], usage: Usage) -> None:
    assert read_usage(headers) == usage


def test_from_eighty_percent_on_news_waits_and_answers_do_not() -> None:
    now = 1000.0
    share = Share(lambda: now)
    share.note(Usage(85))

    share.admit(urgent=True)
    with pytest.raises(Throttled) as waits:
        share.admit(urgent=False)

    assert waits.value.retry_after == 60
    now += 61
    share.admit(urgent=False)


@pytest.mark.parametrize("usage", [Usage(99), Usage(50, 120)])
def test_at_the_end_everything_waits(usage: Usage) -> None:
    share = Share(lambda: 1000.0)
    share.note(usage)
    with pytest.raises(Throttled) as waits:
        share.admit(urgent=True)

    assert waits.value.retry_after == (usage.regained_in or 60)
    share.note(Usage(10))
    share.admit(urgent=False)
