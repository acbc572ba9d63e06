"""Sharing commits: who waits for whom, how long, and when nobody waits any more."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest

from core.storage import group_commit
from core.storage.group_commit import ENOUGH_FOR_ANOTHER, GroupCommit, Overloaded
from core.storage.pace import CROWD, LARGE_CROWD


@dataclass(frozen=True)
class One:
    """What waits; only its size matters here."""

    number: int
    size: int = 1
    key: str = ""


def group(
    store: group_commit.Store[One], *, budget: float = 60, linger: float = 0, flights: int = 1
) -> GroupCommit[One]:
    """With more patience than any test needs; who has no key has an order with nobody."""
    return GroupCommit(
        store,
        size=lambda one: one.size,
        keys=lambda one: [one.key] if one.key else [],
        budget=budget,
        linger=linger,
        flights=flights,
    )


class Store:
    """A database whose commits end when the test says so."""

    def __init__(self) -> None:
        self.batches: list[Sequence[One]] = []
        self.begun = asyncio.Event()
        self.may_end = asyncio.Event()
        self.problems: Mapping[int, Exception] = {}
        self.cancelled = 0

    async def __call__(self, batch: Sequence[One]) -> Mapping[int, Exception]:
        self.batches.append(batch)
        self.begun.set()
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return self.problems

    @property
    def sizes(self) -> list[int]:
        """How many were in each batch."""
        return [len(batch) for batch in self.batches]


def put(commits: GroupCommit[One], *numbers: int) -> list[asyncio.Task[None]]:
    """Everybody at once."""
    return [asyncio.create_task(commits.put(One(number))) for number in numbers]


async def test_all_that_arrives_during_a_commit_shares_the_next() -> None:
    """And a duplicate waits like its original: nobody is told before the commit that holds it."""
    store = Store()
    commits = group(store)
    first = put(commits, 1)
    await store.begun.wait()
    others = put(commits, 2, 3, 3)
    await asyncio.sleep(0)
    assert not any(task.done() for task in (*first, *others))

    store.may_end.set()
    await asyncio.gather(*first, *others)

    assert store.sizes == [1, 3]


async def test_a_crowd_is_waited_for_and_who_is_alone_waits_for_nobody() -> None:
    """The linger ends as soon as as many have come as were there last time."""
    store = Store()
    commits = group(store, linger=30)
    store.may_end.set()
    await asyncio.gather(*put(commits, *range(CROWD)))
    early = put(commits, 100)
    for _ in range(5):
        await asyncio.sleep(0)
    assert store.sizes == [CROWD]

    await asyncio.gather(*early, *put(commits, *range(101, 100 + CROWD)))

    assert store.sizes == [CROWD, CROWD]


async def test_when_fewer_come_the_linger_ends_by_itself() -> None:
    """And from then on fewer are waited for."""
    store = Store()
    commits = group(store, linger=0.001)
    store.may_end.set()
    await asyncio.gather(*put(commits, *range(CROWD)))
    await asyncio.gather(*put(commits, 100))

    assert store.sizes == [CROWD, 1]
    assert commits._pace.patience(1) == 0


async def test_past_its_budget_nobody_waits_on_and_the_next_finds_a_free_database() -> None:
    """The commit that hangs is given up, with everybody who came after it."""
    store = Store()
    commits = group(store, budget=0.01)
    first = put(commits, 1)
    await store.begun.wait()
    results = await asyncio.gather(*first, *put(commits, 2), return_exceptions=True)
    assert [type(result) for result in results] == [TimeoutError, TimeoutError]
    assert store.cancelled == 1

    store.may_end.set()
    await commits.put(One(3))

    assert store.sizes == [1, 1]


async def test_the_budget_counts_from_arrival_not_from_the_commit() -> None:
    """Who waited for the commit before has that much less left for its own."""
    store, begun = Store(), asyncio.Event()

    async def once(batch: Sequence[One]) -> Mapping[int, Exception]:
        if store.batches:
            begun.set()
            await asyncio.Event().wait()
        return await store(batch)

    commits = group(once, budget=3600)
    first = put(commits, 1)
    await store.begun.wait()
    second = put(commits, 2)
    await asyncio.sleep(0)
    commits._waiting[0].since -= 3600  # it came an hour ago
    store.may_end.set()
    await asyncio.gather(*first)
    await begun.wait()

    with pytest.raises(TimeoutError):
        await asyncio.gather(*second)


async def test_who_goes_away_is_not_stored_and_takes_nobody_along() -> None:
    """Whoever gave up waiting has gone elsewhere."""
    store = Store()
    commits = group(store)
    first = put(commits, 1)
    await store.begun.wait()
    gone, stays = put(commits, 2, 3)
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)

    store.may_end.set()
    await asyncio.gather(*first, stays)

    assert store.batches[1] == [One(3)]


async def test_what_is_wrong_with_one_is_heard_by_it_alone() -> None:
    """The others of its batch are stored."""
    store = Store()
    commits = group(store)
    store.problems = {1: KeyError("x")}
    store.may_end.set()

    results = await asyncio.gather(*put(commits, 1, 2, 3), return_exceptions=True)

    assert [type(result) for result in results] == [type(None), KeyError, type(None)]


@pytest.mark.parametrize(("bound", "size"), [("MOST_WAITING", 1), ("MOST_WAITING_BYTES", 10)])
async def test_the_waiting_list_is_bounded(monkeypatch: pytest.MonkeyPatch, bound: str, size: int) -> None:
    """By number and by bytes; past it one is told at once, and when it is shorter there is room again."""
    monkeypatch.setattr(group_commit, bound, 2 * size)
    store = Store()
    commits = group(store)
    first = put(commits, 1)
    await store.begun.wait()
    waiting = [asyncio.create_task(commits.put(One(number, size))) for number in (2, 3)]
    await asyncio.sleep(0)

    with pytest.raises(Overloaded):
        await commits.put(One(4, size))

    store.may_end.set()
    await asyncio.gather(*first, *waiting)
    await commits.put(One(5))


async def test_a_batch_is_no_larger_than_a_transaction_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in rows nor in bytes; a body that is too large alone still goes, by itself."""
    monkeypatch.setattr(group_commit, "MOST_ROWS", 3)
    monkeypatch.setattr(group_commit, "MOST_BYTES", 100)
    sizes = [1, 1, 1, 1, 60, 60, 500, 1]
    store = Store()
    store.may_end.set()
    commits = group(store)

    await asyncio.gather(*(commits.put(One(number, size)) for number, size in enumerate(sizes)))

    assert store.sizes == [3, 2, 1, 1, 1]


async def flights(store: Store, count: int) -> None:
    """Until so many batches are under way."""
    while len(store.batches) < count:
        await asyncio.sleep(0)


async def test_where_enough_wait_a_second_commit_goes_beside_the_first() -> None:
    """But a third does not: those who come then share the next."""
    store = Store()
    commits = group(store, flights=2)
    first = put(commits, 0)
    await flights(store, 1)
    few = put(commits, *range(1, ENOUGH_FOR_ANOTHER))
    for _ in range(5):
        await asyncio.sleep(0)
    assert store.sizes == [1]

    enough = put(commits, ENOUGH_FOR_ANOTHER)
    await flights(store, 2)
    late = put(commits, *range(100, 100 + 2 * ENOUGH_FOR_ANOTHER))
    for _ in range(5):
        await asyncio.sleep(0)
    assert store.sizes == [1, ENOUGH_FOR_ANOTHER]

    store.may_end.set()
    await asyncio.gather(*first, *few, *enough, *late)
    assert store.sizes == [1, ENOUGH_FOR_ANOTHER, 2 * ENOUGH_FOR_ANOTHER]


async def test_on_a_slow_disk_a_large_crowd_goes_in_two_halves() -> None:
    """The first half is back while the second is stored, and waits for the rest of itself, not for the others."""
    store = Store()
    commits = group(store, linger=30, flights=2)
    for _ in range(20):
        commits._pace.note(1.0, rows=LARGE_CROWD, waiting=0)
    half = LARGE_CROWD // 2
    crowd = put(commits, *range(LARGE_CROWD))
    await flights(store, 2)
    assert store.sizes == [half, half]

    early = put(commits, *range(100, 99 + half))
    for _ in range(5):
        await asyncio.sleep(0)
    assert store.sizes == [half, half]

    store.may_end.set()
    await asyncio.gather(*crowd)
    await asyncio.gather(*early, *put(commits, 200))
    assert sum(store.sizes) == LARGE_CROWD + half


async def test_what_has_an_order_is_never_under_way_at_once() -> None:
    """The later message of a conversation waits for the commit of the earlier, and so does one behind it."""
    store = Store()
    commits = group(store, flights=2)
    ones = [One(1, key="a"), *(One(number, key="a" if number % 2 else f"k{number}") for number in range(2, 60))]
    tasks = [asyncio.create_task(commits.put(ones[0]))]
    await flights(store, 1)
    tasks += [asyncio.create_task(commits.put(one)) for one in ones[1:]]
    await flights(store, 2)

    assert [one.number for one in store.batches[0]] == [1]
    assert not [one for one in store.batches[1] if one.key == "a"]

    store.may_end.set()
    await asyncio.gather(*tasks)
    stored = [one.number for batch in store.batches for one in batch if one.key == "a"]
    assert stored == sorted(stored)
    assert sorted(one.number for batch in store.batches for one in batch) == list(range(1, 60))
