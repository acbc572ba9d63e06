"""One key per subject: made once, cached with bounds, destroyed for ever."""

from __future__ import annotations

import pytest

from core.privacy.errors import Erased, Tampered
from core.privacy.keys import KeyCache, SubjectKeys, Tombstone, rewrap_all
from tests.core.privacy.key_store_contract import KeyStoreContract
from tests.core.privacy.stores import NOON, MemoryKeyStore, ring, subject_keys


class TestMemoryKeyStore(KeyStoreContract):
    """The store the other tests use is a true one."""

    @pytest.fixture
    def store(self) -> MemoryKeyStore:
        return MemoryKeyStore()


def test_key_is_made_once_and_differs_per_subject() -> None:
    keys = subject_keys()
    assert keys.key("an") == keys.key("an")
    assert keys.key("an") != keys.key("binh")
    assert len(keys.key("an")) == 32


def test_key_survives_a_restart() -> None:
    store = MemoryKeyStore()
    assert subject_keys(store).key("an") == subject_keys(store).existing("an")


def test_key_never_rests_in_the_clear() -> None:
    store = MemoryKeyStore()
    key = subject_keys(store).key("an")
    row = store.get("an")
    assert isinstance(row, bytes)
    assert key not in row


@pytest.mark.rule("VN-4", "VN-15")
def test_destroyed_key_is_gone_from_store_and_cache() -> None:
    store = MemoryKeyStore()
    keys = subject_keys(store)
    keys.key("an")
    keys.destroy("an", NOON)

    assert store.get("an") == Tombstone(NOON)
    for read in (keys.key, keys.existing, subject_keys(store).key):
        with pytest.raises(Erased):
            read("an")


def test_opening_never_makes_a_key() -> None:
    store = MemoryKeyStore()
    with pytest.raises(Erased):
        subject_keys(store).existing("an")
    assert store.rows == {}


def test_writers_at_once_agree_on_one_key() -> None:
    """Both found nothing; the second must use what the first stored."""

    class LateStore(MemoryKeyStore):
        def get(self, subject_id: str) -> bytes | Tombstone | None:
            found = super().get(subject_id)
            if found is None:
                winner[:] = [subject_keys(other).key(subject_id)]
                self.rows.update(other.rows)
            return found

    other, winner = MemoryKeyStore(), [b""]
    assert subject_keys(LateStore()).key("an") == winner[0]


def test_cache_is_bounded_and_forgets_the_least_used() -> None:
    cache = KeyCache(capacity=2)
    cache.put("an", b"1", epoch=0)
    cache.put("binh", b"2", epoch=0)
    cache.get("an")
    cache.put("chi", b"3", epoch=0)

    assert len(cache) == 2
    assert cache.get("binh") is None
    assert cache.get("an") == b"1"


@pytest.mark.rule("VN-1", "VN-2")
def test_cache_forgets_within_a_minute_what_another_process_destroyed() -> None:
    now = [0.0]
    store = MemoryKeyStore()
    keys = SubjectKeys(store, ring(), KeyCache(clock=lambda: now[0]))
    keys.key("an")
    store.destroy("an", NOON)
    now[0] = 59.0
    with pytest.raises(Erased):
        keys.key("an")


def test_many_keys_come_with_one_request_each_way() -> None:
    """New ones are made, known ones found; the destroyed and the unknown are passed over."""

    class Counting(MemoryKeyStore):
        def get(self, subject_id: str) -> bytes | Tombstone | None:
            raise AssertionError(f"{subject_id} should be at hand")

    store = Counting()
    keys, others = subject_keys(store), subject_keys()
    store.rows["binh"] = ring().wrap(b"k" * 32, owner=b"binh")
    store.destroy("gone", NOON)
    keys.bring(new=["an", "gone"], known=["binh", "nobody"])

    assert keys.at_hand("an")
    assert keys.existing("binh") == b"k" * 32
    assert not keys.at_hand("gone")
    assert not keys.at_hand("nobody")
    assert keys.key("an") != others.key("an")


def test_a_key_is_at_hand_only_while_it_will_be_found() -> None:
    now = [0.0]
    keys = SubjectKeys(MemoryKeyStore(), ring(), KeyCache(clock=lambda: now[0], max_age_seconds=30))
    keys.bring(new=["an"])
    now[0] = 24.0
    assert keys.at_hand("an")
    now[0] = 29.0
    assert not keys.at_hand("an")


def test_key_destroyed_while_being_read_is_not_cached() -> None:
    class SlowStore(MemoryKeyStore):
        def get(self, subject_id: str) -> bytes | Tombstone | None:
            found = super().get(subject_id)
            if isinstance(found, bytes):
                keys.destroy(subject_id, NOON)
            return found

    store = SlowStore()
    keys = subject_keys(store)
    store.rows["an"] = ring().wrap(b"k" * 32, owner=b"an")
    keys.existing("an")
    with pytest.raises(Erased):
        keys.existing("an")


def test_wrapped_key_moved_to_another_subject_does_not_open() -> None:
    store = MemoryKeyStore()
    subject_keys(store).key("an")
    store.rows["binh"] = store.rows["an"]
    with pytest.raises(Tampered):
        subject_keys(store).existing("binh")


def test_system_secret_lasts_and_is_never_erased() -> None:
    store = MemoryKeyStore()
    keys = subject_keys(store)
    secret = keys.system_secret("blind")

    with pytest.raises(ValueError, match="not erased"):
        keys.destroy("system:blind", NOON)
    assert subject_keys(store).system_secret("blind") == secret
    assert keys.system_secret("pin") != secret


def test_rotation_moves_every_key_and_keeps_it() -> None:
    store = MemoryKeyStore()
    before = {name: subject_keys(store).key(name) for name in ("an", "binh", "chi")}
    subject_keys(store).destroy("chi", NOON)

    assert rewrap_all(store, ring(1, 2)) == 2
    assert rewrap_all(store, ring(1, 2)) == 0
    with_new_only = SubjectKeys(store, ring(2), KeyCache())
    assert with_new_only.key("an") == before["an"]
    assert with_new_only.key("binh") == before["binh"]
    with pytest.raises(Erased):
        with_new_only.key("chi")


def test_rotation_does_not_bring_back_a_key_destroyed_meanwhile() -> None:
    class Racing(MemoryKeyStore):
        def wrapped_keys(self) -> list[tuple[str, bytes]]:
            listed = super().wrapped_keys()
            self.destroy("an", NOON)
            return listed

    store = Racing()
    subject_keys(store).key("an")
    assert rewrap_all(store, ring(1, 2)) == 0
    assert isinstance(store.get("an"), Tombstone)
