"""Keys made ahead: with one request for many, at hand when they are needed, and none is handed out twice."""

from __future__ import annotations

from collections.abc import Mapping

from core.privacy.keys import KeyCache, SubjectKeys, Tombstone
from core.service.safe import Safe
from core.service.stock import Stock
from core.storage.subjects import first_subject
from tests.core.privacy.stores import MemoryKeyStore, ring


class CountingStore(MemoryKeyStore):
    """Counts the requests that make keys."""

    def __init__(self) -> None:
        super().__init__()
        self.made: list[int] = []

    def put_many_if_absent(self, wrapped: Mapping[str, bytes]) -> Mapping[str, bytes | Tombstone]:
        self.made.append(len(wrapped))
        return super().put_many_if_absent(wrapped)


def safe_over(store: MemoryKeyStore) -> Safe:
    return Safe.open(store, ring())


async def test_one_request_makes_the_keys_of_a_round() -> None:
    store = CountingStore()
    safe = safe_over(store)
    stock = Stock(safe)
    await stock.provide(3)

    contacts = [stock.contact_id("other") for _ in range(3)]
    cases = [stock.case_id() for _ in range(3)]

    assert store.made == [6]
    assert all(map(safe.keys.at_hand, [*contacts, *map(first_subject, cases)]))
    assert len({*contacts, *cases}) == 6
    assert SubjectKeys(store, ring(), KeyCache()).existing(contacts[0]) == safe.keys.key(contacts[0])


async def test_what_is_left_over_is_used_next_time() -> None:
    store = CountingStore()
    stock = Stock(safe_over(store))
    await stock.provide(2)
    stock.contact_id("other")

    await stock.provide(2)
    await stock.provide(1000)

    assert store.made == [4, 1, 124]


async def test_beyond_the_stock_everybody_makes_their_own() -> None:
    safe = safe_over(CountingStore())
    stock = Stock(safe)

    assert stock.contact_id("follows from the message") == "follows from the message"
    assert not safe.keys.at_hand(first_subject(stock.case_id()))
