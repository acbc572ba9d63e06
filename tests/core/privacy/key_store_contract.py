"""What every KeyStore must do. Subclass with a `store` fixture; the SQL store runs the same checks."""

from __future__ import annotations

from datetime import timedelta

from core.privacy.keys import KeyStore, Tombstone
from tests.core.privacy.stores import NOON


class KeyStoreContract:
    """Give a fixture `store` that is empty."""

    def test_unknown_subject_has_none(self, store: KeyStore) -> None:
        assert store.get("an") is None

    def test_first_key_stays(self, store: KeyStore) -> None:
        """Two writers at once agree on one key."""
        assert store.put_if_absent("an", b"first") == b"first"
        assert store.put_if_absent("an", b"second") == b"first"
        assert store.get("an") == b"first"

    def test_several_are_one_after_the_other(self, store: KeyStore) -> None:
        """What stands stays, what was destroyed stays destroyed, the rest is new."""
        store.put_if_absent("an", b"first")
        store.destroy("binh", NOON)

        standing = store.put_many_if_absent({"chi": b"3", "binh": b"2", "an": b"1"})
        assert standing == {"an": b"first", "binh": Tombstone(NOON), "chi": b"3"}

    def test_destroyed_key_leaves_a_tombstone_for_ever(self, store: KeyStore) -> None:
        store.put_if_absent("an", b"first")
        store.destroy("an", NOON)

        assert store.get("an") == Tombstone(NOON)
        assert store.put_if_absent("an", b"second") == Tombstone(NOON)
        assert not store.replace("an", old=b"first", new=b"second")
        store.destroy("an", NOON + timedelta(days=1))
        assert store.get("an") == Tombstone(NOON)

    def test_many_are_got_at_once(self, store: KeyStore) -> None:
        """Living, destroyed, and nobody."""
        store.put_if_absent("an", b"first")
        store.put_if_absent("binh", b"second")
        store.destroy("binh", NOON)

        assert store.get_many(["an", "binh", "chi"]) == {"an": b"first", "binh": Tombstone(NOON)}

    def test_subject_without_key_can_be_destroyed(self, store: KeyStore) -> None:
        """Nothing may be sealed later for somebody who was erased before anything was."""
        store.destroy("an", NOON)
        assert store.put_if_absent("an", b"first") == Tombstone(NOON)

    def test_replace_is_a_compare_and_swap(self, store: KeyStore) -> None:
        store.put_if_absent("an", b"first")

        assert not store.replace("an", old=b"other", new=b"second")
        assert store.get("an") == b"first"
        assert store.replace("an", old=b"first", new=b"second")
        assert store.get("an") == b"second"

    def test_listing_leaves_out_the_destroyed(self, store: KeyStore) -> None:
        store.put_if_absent("an", b"first")
        store.put_if_absent("binh", b"second")
        store.destroy("an", NOON)
        assert list(store.wrapped_keys()) == [("binh", b"second")]
