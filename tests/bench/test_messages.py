"""What the load client sends is what the tests' chat provider would send."""

from __future__ import annotations

import re

from bench.messages import PATH, Supply, message_id, number_of, ranges, request
from core.contract.ports import RawDelivery
from tests.support.hooked import HookedTestChannel


def delivery_of(data: bytes) -> RawDelivery:
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    assert first == f"POST {PATH} HTTP/1.1"
    assert int(headers["content-length"]) == len(body)
    return RawDelivery(channel="testchat", account="page", body=body, headers=headers)


def test_a_request_is_signed_and_about_a_kilobyte() -> None:
    """The channel takes it, and finds one message under its id."""
    channel = HookedTestChannel()
    delivery = delivery_of(request("run", 7, at=1_790_000_000))

    channel.verify(delivery)
    (item,) = channel.split(delivery)
    (message,) = channel.parse(delivery, item)

    assert item.dedupe_key == message_id("run", 7)
    assert "trước số nhà 7 đường Lê Lợi" in getattr(message, "text", "")
    assert 900 <= len(delivery.body) <= 1100


def test_an_id_leads_back_to_its_number() -> None:
    """And only that of our own messages."""
    assert number_of("run", message_id("run", 12)) == 12
    assert number_of("other", message_id("run", 12)) is None
    assert number_of("run", "run-x") is None


def test_messages_are_new_unless_repeats_are_asked_for() -> None:
    """Also after some were planned and not sent: those come first next time."""
    supply = Supply("run")
    first = supply.plan(100)
    supply.note_sent(first[:60])
    supply.acknowledged.update(number for number, _ in first[:60])
    supply.give_back(first[60:])
    second = supply.plan(100)

    assert [number for number, _ in first] == list(range(1, 101))
    assert [number for number, _ in second] == list(range(61, 161))


def test_a_share_is_repeated() -> None:
    """A repeat is the very same request, byte for byte."""
    supply = Supply("run")
    supply.note_sent(known := supply.plan(50))
    supply.acknowledged.update(number for number, _ in known)

    mixed = supply.plan(2000, repeats=0.25)
    all_again = supply.plan(100, repeats=1.0)

    new = {number for number, _ in mixed} - {number for number, _ in known}
    assert 1400 <= len(new) <= 1600
    assert {number for number, _ in all_again} <= {number for number, _ in known}
    by_number: dict[int, set[bytes]] = {}
    for number, data in [*known, *mixed, *all_again]:
        by_number.setdefault(number, set()).add(data)
    assert all(len(forms) == 1 for forms in by_number.values())


def test_what_nobody_acknowledged_is_no_repeat_of_the_next_plan() -> None:
    """Or a refused message would count as repeated although it is new."""
    supply = Supply("run")
    supply.note_sent(supply.plan(10))

    assert {number for number, _ in supply.plan(10, repeats=1.0)} == {11}


def test_ranges_say_every_number() -> None:
    """Unbroken runs as their ends."""
    assert ranges({5, 1, 2, 3, 9, 10}) == [(1, 3), (5, 5), (9, 10)]
    assert ranges(set()) == []


def test_each_request_ends_where_its_length_says() -> None:
    """Bytes, not characters: the text is Vietnamese."""
    head, _, body = request("run", 1, at=0).partition(b"\r\n\r\n")

    assert re.search(rb"Content-Length: (\d+)", head)[1] == str(len(body)).encode()  # type: ignore[index]
