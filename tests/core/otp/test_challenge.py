"""One-time passwords: right once, in time, for one purpose, within five tries."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.otp.challenge import (
    LIFETIME,
    REFUSED_VI,
    SENT_VI,
    TRIES,
    Checked,
    Issued,
    Outcome,
    check,
    expire,
    issue,
    message_text,
    parse_code,
)

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
KEY = b"k" * 32
FOLLOW = "follow:report-1"


def issued(*, known: bool = True) -> Issued:
    return issue(recipient="hash", purpose=FOLLOW, now=NOW, key=KEY, known=known)


def code_of(made: Issued) -> str:
    assert made.code is not None
    return made.code


def wrong(code: str) -> str:
    return str((int(code) + 1) % 1_000_000).zfill(6)


def answer(made: Issued, typed: str, *, after: timedelta = timedelta(0), purpose: str = FOLLOW) -> Checked:
    return check(made.challenge, typed, purpose=purpose, now=NOW + after, key=KEY)


def test_right_code_is_accepted_once() -> None:
    made = issued()
    first = answer(made, code_of(made))
    again = check(first.challenge, code_of(made), purpose=FOLLOW, now=NOW, key=KEY)

    assert first.accepted
    assert first.challenge.used_at == NOW
    assert again.outcome is Outcome.USED


@pytest.mark.parametrize(
    ("after", "outcome"),
    [
        (LIFETIME - timedelta(microseconds=1), Outcome.ACCEPTED),
        (LIFETIME, Outcome.EXPIRED),
        (timedelta(days=1), Outcome.EXPIRED),
    ],
)
def test_code_lives_five_minutes(after: timedelta, outcome: Outcome) -> None:
    made = issued()
    assert timedelta(minutes=5) == LIFETIME
    assert answer(made, code_of(made), after=after).outcome is outcome


def test_five_wrong_tries_end_it() -> None:
    made = issued()
    challenge = made.challenge
    for left in reversed(range(TRIES)):
        checked = check(challenge, wrong(code_of(made)), purpose=FOLLOW, now=NOW, key=KEY)
        assert (checked.outcome, checked.challenge.tries_left) == (Outcome.WRONG, left)
        challenge = checked.challenge

    final = check(challenge, code_of(made), purpose=FOLLOW, now=NOW, key=KEY)
    assert TRIES == 5
    assert (final.outcome, final.challenge) == (Outcome.EXHAUSTED, challenge)


def test_fifth_try_may_still_be_right() -> None:
    made = issued()
    challenge = replace(made.challenge, tries_left=1)
    assert check(challenge, code_of(made), purpose=FOLLOW, now=NOW, key=KEY).accepted


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３"])
def test_what_cannot_be_a_code_costs_nothing(typed: str) -> None:
    made = issued()
    checked = answer(made, typed)
    assert (checked.outcome, checked.challenge) == (Outcome.WRONG, made.challenge)


def test_code_proves_only_what_it_was_asked_for() -> None:
    made = issued()
    assert answer(made, code_of(made), purpose="follow:report-2").outcome is Outcome.WRONG
    other_key = check(made.challenge, code_of(made), purpose=FOLLOW, now=NOW, key=b"x" * 32)
    assert other_key.outcome is Outcome.WRONG
    swapped = replace(issued().challenge, code_hash=made.challenge.code_hash)
    assert not check(swapped, code_of(made), purpose=FOLLOW, now=NOW, key=KEY).accepted


def test_unknown_address_gets_a_decoy_that_looks_alike() -> None:
    real, decoy = issued(), issued(known=False)

    assert decoy.code is None
    assert len(decoy.challenge.code_hash) == len(real.challenge.code_hash) == 64
    same = {"id": "", "code_hash": ""}
    assert replace(decoy.challenge, **same) == replace(real.challenge, **same)
    assert answer(decoy, "123456").outcome is Outcome.WRONG
    assert answer(decoy, "123456").challenge.tries_left == TRIES - 1


def test_no_code_opens_a_decoy() -> None:
    decoy = issued(known=False).challenge
    assert not any(
        check(decoy, f"{code:06}", purpose=FOLLOW, now=NOW, key=KEY).accepted for code in range(0, 1_000_000, 997)
    )


def test_stored_state_does_not_hold_the_code() -> None:
    made = issue(recipient="r", purpose=FOLLOW, now=NOW, key=KEY, known=True, below=lambda _: 7)
    assert made.code == "777777"
    assert "777777" not in str(vars(made.challenge))
    assert "777777" not in repr(made)
    assert made.challenge.code_hash not in repr(made)


@given(st.lists(st.integers(0, 9), min_size=6, max_size=6))
def test_every_code_has_six_digits_and_works(digits: list[int]) -> None:
    source = iter(digits)
    made = issue(recipient="r", purpose=FOLLOW, now=NOW, key=KEY, known=True, below=lambda _: next(source))

    assert made.code == "".join(map(str, digits))
    assert answer(made, code_of(made)).accepted


def test_codes_are_spread_over_all_digits() -> None:
    codes = [code_of(issued()) for _ in range(400)]
    assert len(set(codes)) > 390
    assert {digit for code in codes for digit in code} == set("0123456789")


@pytest.mark.parametrize("typed", ["123456", "123 456", "123-456", " 12 34 56 ", "１２３４５６"])
def test_typed_code_is_read(typed: str) -> None:
    assert parse_code(typed) == "123456"


def test_a_clock_set_back_does_not_make_a_code_live_longer() -> None:
    """A little is how clocks differ; an hour would be an hour more to guess in."""
    made = issued()
    for back, accepted in ((timedelta(seconds=30), True), (timedelta(hours=1), False), (timedelta(days=1), False)):
        checked = check(made.challenge, code_of(made), purpose=FOLLOW, now=NOW - back, key=KEY)
        assert checked.accepted is accepted


def test_newer_code_replaces_the_older() -> None:
    made = issued()
    assert not check(expire(made.challenge, NOW), code_of(made), purpose=FOLLOW, now=NOW, key=KEY).accepted
    late = NOW + LIFETIME * 2
    assert expire(made.challenge, late) == made.challenge


def test_sentences_do_not_tell_whether_an_address_is_known() -> None:
    assert SENT_VI.startswith("Nếu")
    assert "không đúng hoặc đã hết hiệu lực" in REFUSED_VI


def test_message_fits_one_plain_sms() -> None:
    text = message_text("123456", product="1022 Hue")
    assert text.startswith("123456")
    assert len(text) <= 160
    assert re.fullmatch(r"[ -~]+", text)
