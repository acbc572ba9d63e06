"""Everybody calls, nobody is there: no caller is unheard. A minute of it; `make drill` is an hour."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.calls.sipp import Counted
from tests.surge.books import Books
from tests.surge.drill import drill
from tests.surge.outcome import Outcome
from tests.surge.plan import LEAVING, Surge, crowd
from tests.surge.telephones import Told


def test_the_crowd_is_the_same_for_the_same_seed() -> None:
    """Every caller has a number of their own; a fifth leave early; some are busy later."""
    surge = Surge(3600)
    people = crowd(surge)

    assert people == crowd(surge)
    assert len({one.e164 for one in people}) == surge.callers == 5760
    assert 0.9 * LEAVING < sum(one.leaves_ms is not None for one in people) / len(people) < 1.1 * LEAVING
    assert any(one.busy for one in people if one.leaves_ms is not None)


@pytest.mark.parametrize(
    "books",
    [
        Books(calls=9),
        Books(calls=10, unknown=1),
        Books(calls=10, unheard=1),
        Books(calls=10, unplayable=1),
        Books(calls=10, recorded_unasked=1),
        Books(calls=10, waiting=1),
        Books(calls=10, too_few_tries=1),
        Books(calls=10, reached=1),
    ],
)
def test_each_broken_promise_is_told(books: Books) -> None:
    """And nothing where all was kept."""
    told = Told(Counted(calls=10), [5.0] * 10)

    assert Outcome(Surge(6), told, Books(calls=10), heard=0, callbacks_s=1.0).mistakes() == []
    assert len(Outcome(Surge(6), told, books, heard=0, callbacks_s=1.0).mistakes()) == 1
    late = Told(Counted(calls=10), [5.0] * 9 + [3001.0])
    assert len(Outcome(Surge(6), late, Books(calls=10), heard=0, callbacks_s=1.0).mistakes()) == 1


@pytest.mark.timeout(300)
async def test_a_minute_of_the_surge(tmp_path: Path) -> None:
    """Twenty-odd callers, a few of whom leave; two agents call back whoever is owed a call."""
    surge = Surge(16, rate=1.6, agents=2, leave_s=(0.1, 5.0), short=True)
    outcome = await drill(surge, tmp_path)

    assert outcome.mistakes(slow=True) == []
    assert outcome.books.cases > outcome.books.owed > 0
    assert outcome.books.reached > 0
