"""One-time passwords and kept forms at rest: one answer wins, limits hold at once, what has served goes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from core.otp.challenge import Challenge, Outcome, check, expire, issue
from core.otp.limits import OtpLimits, scopes_of
from core.otp.limits import check as within
from core.otp.limits import record as count
from core.storage import challenges, kept_forms
from core.storage.challenges import Challenges, Moments
from core.storage.database import Connection, Database
from core.storage.kept_forms import KeptRow
from tests.support.databases import on_both_engines

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
KEY = b"k" * 32


def add(connection: Connection, *, now: datetime = NOW, recipient: str = "r") -> tuple[Challenge, str]:
    """A new challenge, stored, and its code."""
    issued = issue(recipient=recipient, purpose="send", now=now, key=KEY, known=True)
    Challenges(connection).add(issued.challenge)
    assert issued.code is not None
    return issued.challenge, issued.code


@on_both_engines
async def test_a_challenge_comes_back_as_it_was_stored(database: Database) -> None:
    challenge, _ = await database.write(add)

    assert await database.read(lambda connection: Challenges(connection).get(challenge.id)) == challenge
    assert await database.read(lambda connection: Challenges(connection).get("none")) is None


@on_both_engines
async def test_a_new_code_ends_the_older_one_of_the_same_address_and_purpose(database: Database) -> None:
    older, _ = await database.write(add)
    other, _ = await database.write(partial(add, recipient="somebody else"))
    later = NOW + timedelta(seconds=61)
    await database.write(partial(add, now=later))

    assert await database.read(lambda connection: Challenges(connection).get(older.id)) == expire(older, later)
    assert await database.read(lambda connection: Challenges(connection).get(other.id)) == other


@on_both_engines
async def test_of_twelve_right_answers_at_once_one_wins(database: Database) -> None:
    challenge, code = await database.write(add)

    def answer(connection: Connection) -> bool:
        judged = check(challenge, code, purpose="send", now=NOW, key=KEY)
        assert judged.outcome is Outcome.ACCEPTED
        return Challenges(connection).swap(challenge, judged.challenge)

    won = await asyncio.gather(*(database.write(answer) for _ in range(12)))

    assert won.count(True) == 1


@on_both_engines
async def test_of_two_wrong_answers_at_once_each_costs_a_try(database: Database) -> None:
    challenge, _ = await database.write(add)
    less = replace(challenge, tries_left=4)

    assert await database.write(lambda connection: Challenges(connection).swap(challenge, less))
    assert not await database.write(lambda connection: Challenges(connection).swap(challenge, less))
    assert await database.write(lambda connection: Challenges(connection).swap(less, replace(less, tries_left=3)))


@on_both_engines
async def test_of_ten_requests_at_once_the_limit_lets_one_pass(database: Database) -> None:
    scopes = scopes_of(recipient="r", client="c", network="n", limits=OtpLimits())

    def ask(connection: Connection) -> bool:
        challenges.one_at_a_time(connection, [scope.key for scope in scopes])
        store = Moments(connection)
        allowed = within(store, scopes, NOW).allowed
        if allowed:
            count(store, scopes, NOW)
        return allowed

    passed = await asyncio.gather(*(database.write(ask) for _ in range(10)))

    assert passed.count(True) == 1


@on_both_engines
async def test_what_is_over_is_found_and_goes(database: Database) -> None:
    old, _ = await database.write(add)
    late = NOW + timedelta(hours=1)
    new, _ = await database.write(partial(add, now=late, recipient="somebody else"))

    assert await database.read(partial(challenges.expired, before=late)) == [old.id]
    assert await database.write(partial(challenges.remove, ids=[old.id])) == 1
    assert await database.read(lambda connection: Challenges(connection).get(new.id)) == new


@on_both_engines
async def test_a_form_takes_the_place_of_the_one_before_and_is_dropped(database: Database) -> None:
    first = KeptRow("f", "k1", b"x", NOW, NOW + timedelta(hours=24))
    second = replace(first, subject_id="k2", sealed=b"y")

    assert await database.write(partial(kept_forms.put, row=first)) is None
    assert await database.write(partial(kept_forms.put, row=second)) == "k1"
    assert await database.read(partial(kept_forms.get, form_id="f")) == second
    assert await database.read(partial(kept_forms.expired, before=first.expires_at)) == []
    assert await database.read(partial(kept_forms.expired, before=NOW + timedelta(days=2))) == [("f", "k2")]
    await database.write(partial(kept_forms.drop, form_ids=["f"]))
    assert await database.read(partial(kept_forms.get, form_id="f")) is None
