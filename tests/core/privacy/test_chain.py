"""The chain finds one altered byte, one removed, added or moved event."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.privacy.chain import Break, ChainedEvent, Head, extend, link, start, verify_chain

BODIES = st.lists(st.binary(max_size=40), min_size=1, max_size=8)


def chain(case_id: str, bodies: list[bytes]) -> list[ChainedEvent]:
    hashes = extend(start(case_id), bodies)
    return [
        ChainedEvent(place + 1, body, found) for place, (body, found) in enumerate(zip(bodies, hashes, strict=True))
    ]


def head_of(case_id: str, events: list[ChainedEvent]) -> Head:
    return Head(case_id, len(events), events[-1].hash if events else start(case_id))


@given(bodies=BODIES)
def test_untouched_chain_holds(bodies: list[bytes]) -> None:
    events = chain("c1", bodies)
    assert verify_chain(events, case_id="c1", head=head_of("c1", events)) is None


def test_case_without_events_holds() -> None:
    assert verify_chain([], case_id="c1", head=Head("c1", 0, start("c1"))) is None


@given(bodies=BODIES, data=st.data())
def test_any_flipped_bit_is_found_where_it_is(bodies: list[bytes], data: st.DataObject) -> None:
    events = chain("c1", bodies)
    place = data.draw(st.integers(0, len(events) - 1))
    field = data.draw(st.sampled_from(["stored", "hash"] if events[place].stored else ["hash"]))
    held = bytearray(getattr(events[place], field))
    bit = data.draw(st.integers(0, len(held) * 8 - 1))
    held[bit // 8] ^= 1 << bit % 8
    events[place] = replace(events[place], **{field: bytes(held)})

    assert verify_chain(events, case_id="c1") == Break("c1", place + 1, "altered")


@given(bodies=BODIES, data=st.data())
def test_any_deleted_event_is_found(bodies: list[bytes], data: st.DataObject) -> None:
    """Also the last one, by the head; and also where the rest is numbered anew."""
    events = chain("c1", bodies)
    head = head_of("c1", events)
    place = data.draw(st.integers(0, len(events) - 1))
    del events[place]
    assert verify_chain(events, case_id="c1", head=head) == Break("c1", place + 1, "missing")

    renumbered = [replace(event, version=number + 1) for number, event in enumerate(events)]
    assert verify_chain(renumbered, case_id="c1", head=head) is not None


def test_swapped_events_are_found() -> None:
    one, two, three = chain("c1", [b"1", b"2", b"3"])
    swapped = [one, replace(three, version=2), replace(two, version=3)]
    assert verify_chain(swapped, case_id="c1") == Break("c1", 2, "altered")


def test_repeated_version_is_found() -> None:
    one, two = chain("c1", [b"1", b"2"])
    assert verify_chain([one, one, two], case_id="c1") == Break("c1", 2, "extra")


def test_event_added_behind_the_head_is_found() -> None:
    events = chain("c1", [b"1", b"2"])
    assert verify_chain(events, case_id="c1", head=head_of("c1", events[:1])) == Break("c1", 2, "extra")


def test_chain_rewritten_from_its_start_is_found_by_the_head() -> None:
    head = head_of("c1", chain("c1", [b"1", b"2"]))
    assert verify_chain(chain("c1", [b"1", b"x"]), case_id="c1", head=head) == Break("c1", 2, "head")


def test_events_of_another_case_do_not_fit() -> None:
    assert verify_chain(chain("c2", [b"1"]), case_id="c1") == Break("c1", 1, "altered")


def test_link_is_the_documented_hash() -> None:
    previous = start("c1")
    assert previous == hashlib.sha256(b"langnghe/case/v1\0c1").digest()
    expected = hashlib.sha256(b"langnghe/event/v1\0" + previous + (5).to_bytes(8, "big") + b"event").hexdigest()
    assert (
        link(previous, b"event").hex() == expected == "46d2fe9d34ae2850d61fcf790ad94185f0db13be35476a73735a92bbb300b506"
    )


def test_previous_hash_must_be_one() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        link(b"", b"event")
