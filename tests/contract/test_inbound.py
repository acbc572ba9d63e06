"""What every channel must do with what comes in: prove it, cut it, read it, and never fall over it."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from core.contract.errors import InboundError, PayloadInvalid, PayloadTooLarge, SignatureInvalid
from core.contract.ports import Channel, HookedChannel, RawDelivery
from core.contract.schema import (
    DeliveryReceipt,
    DeliveryStatus,
    Echo,
    Ignored,
    InboundMessage,
    MessageKind,
    Standing,
)
from tests.contract.cases import each, every, having, one
from tests.contract.subject import MARKED, NOON, Subject, Written


@every()
def test_it_is_a_channel(subject: Subject) -> None:
    """All of the port is there, under the folder's name."""
    channel = subject.channel()

    assert isinstance(channel, Channel)
    assert channel.name == subject.name
    assert isinstance(channel, HookedChannel) == hasattr(channel, "hook")


@every()
def test_a_good_delivery_is_accepted(subject: Subject) -> None:
    """Verification passes, twice as well."""
    channel, delivery = subject.channel(), subject.write(Written("Xin chào"))

    assert [channel.verify(delivery), channel.verify(delivery)] == [None, None]


@every()
def test_a_hook_looks_at_no_header_that_it_does_not_name(subject: Subject) -> None:
    """The others are not stored, so a replay would miss them."""
    channel, delivery = subject.channel(), subject.write(Written("Xin chào"))

    if isinstance(channel, HookedChannel):
        assert set(delivery.headers) <= channel.hook_headers
        assert channel.hook_headers == {name.lower() for name in channel.hook_headers}


@each("forged")
def test_a_forged_delivery_is_refused(subject: Subject, case: RawDelivery) -> None:
    """What is not proved never reaches the splitter, and the refusal repeats nothing of it."""
    with pytest.raises(SignatureInvalid) as refusal:
        subject.channel().verify(case)

    assert "bimat" not in str(refusal.value)


@each("oversized")
def test_an_oversized_delivery_is_refused(subject: Subject, case: RawDelivery) -> None:
    """A size limit holds before anything is read."""
    with pytest.raises(PayloadTooLarge):
        subject.channel().verify(case)


@every()
def test_a_delivery_is_cut_into_named_items(subject: Subject) -> None:
    """Each item has its keys."""
    items = subject.channel().split(subject.write(Written("Xin chào")))

    assert items
    assert all(item.dedupe_key and item.conversation_key for item in items)


@every()
def test_cutting_twice_gives_the_same(subject: Subject) -> None:
    """Another process, another time: the same keys."""
    delivery = subject.write(Written("Xin chào"))

    assert list(subject.channel().split(delivery)) == list(subject.channel().split(delivery))


@every()
def test_a_repeated_delivery_has_the_same_key(subject: Subject) -> None:
    """A provider sends again, later: nothing is done twice."""
    delivery = subject.write(Written("Xin chào"))
    later = replace(delivery, received_at=NOON + timedelta(hours=6 if subject.numbered else 0, seconds=10))
    first, again = subject.channel().split(delivery), subject.channel().split(later)

    assert [item.dedupe_key for item in first] == [item.dedupe_key for item in again]


@every()
def test_two_messages_have_two_keys(subject: Subject) -> None:
    """Even with the same words from the same person; where messages have no ids, a minute later."""
    apart = timedelta(minutes=0 if subject.numbered else 1)
    written = [Written("Alo", key, at=NOON + int(key) * apart) for key in "12"]
    keys = {item.dedupe_key for one_of in written for item in subject.channel().split(subject.write(one_of))}

    assert len(keys) == 2


@every()
def test_messages_of_one_person_keep_their_order(subject: Subject) -> None:
    """They share a conversation key; another person's do not."""
    written = [Written("một", "1"), Written("hai", "2"), Written("ba", "3", sender="binh")]
    keys = [subject.channel().split(subject.write(one_of))[0].conversation_key for one_of in written]

    assert keys[0] == keys[1] != keys[2]


@every()
def test_keys_fit_into_an_index(subject: Subject) -> None:
    """Short, printable, and without the sender's words."""
    [item] = subject.channel().split(subject.write(Written("bimat")))

    for key in (item.dedupe_key, item.conversation_key):
        assert len(key) <= 200
        assert key.isascii()
        assert key.isprintable()
        assert "bimat" not in key


@every()
def test_item_times_have_a_zone(subject: Subject) -> None:
    """A provider's time is aware or absent."""
    [item] = subject.channel().split(subject.write(Written("Xin chào")))

    assert item.provider_time is None or item.provider_time.tzinfo is not None


@every()
def test_an_empty_body_is_no_item(subject: Subject) -> None:
    """Nothing came: say so, do not crash."""
    with pytest.raises(PayloadInvalid):
        subject.channel().split(replace(subject.write(Written("x")), body=b""))


@every()
def test_reading_is_pure(subject: Subject) -> None:
    """The same delivery means the same, in any thread and with any instance."""
    channel, delivery = subject.channel(), subject.write(Written(MARKED))
    [item] = channel.split(delivery)
    with ThreadPoolExecutor(4) as pool:
        meanings = list(pool.map(lambda _: subject.channel().parse(delivery, item), range(8)))

    assert all(meaning == meanings[0] for meaning in meanings)
    assert channel.parse(delivery, item) == meanings[0]


@every()
def test_a_message_says_where_it_came_from(subject: Subject) -> None:
    """Channel and account are those of the delivery, or of what it names; so is the address."""
    delivery = subject.write(Written("Xin chào"))
    message, account = one(subject, delivery), subject.account or delivery.account

    assert isinstance(message, InboundMessage)
    assert (message.channel, message.account) == (subject.name, account)
    assert (message.sender.channel, message.sender.account) == (subject.name, account)
    assert message.sender.value
    assert message.provider_message_id


@every()
def test_times_of_a_message(subject: Subject) -> None:
    """Deadlines start when we took it (A-7), not when the sender's clock says."""
    message = one(subject, subject.write(Written("Xin chào")))

    assert message.received_at == NOON
    assert message.provider_time <= message.received_at + timedelta(minutes=5)


@every()
def test_one_person_has_one_address(subject: Subject) -> None:
    """Two messages, one address; another person, another address."""
    written = [Written("x", "1", "an"), Written("x", "2", "an"), Written("x", "3", "binh")]
    senders = [one(subject, subject.write(one_of)).sender for one_of in written]

    assert senders[0] == senders[1] != senders[2]


@every()
def test_a_message_survives_its_json(subject: Subject) -> None:
    """Stored and read back it is equal."""
    message = one(subject, subject.write(Written(MARKED)))

    assert InboundMessage.model_validate_json(message.model_dump_json()) == message


@every()
def test_a_persons_message_is_from_a_person(subject: Subject) -> None:
    """Ordinary words are never taken for a robot's."""
    message = one(subject, subject.write(Written("Xin chào")))

    assert message.kind not in {MessageKind.AUTO_REPLY, MessageKind.BOUNCE}


@each("broken")
def test_a_broken_delivery_goes_to_quarantine(subject: Subject, case: RawDelivery) -> None:
    """PayloadInvalid from the splitter or the parser, and nothing else."""
    channel = subject.channel()
    channel.verify(case)
    with pytest.raises(PayloadInvalid):
        [channel.parse(case, item) for item in channel.split(case)]


@every()
def test_damage_never_crashes_it(subject: Subject) -> None:
    """Cut, flipped and stuffed bodies raise an InboundError or mean something; no other exception leaves."""
    chance, channel, good = random.Random(5), subject.channel(), subject.write(Written(MARKED))
    for body in _damaged(good.body, chance):
        delivery = replace(good, body=body)
        try:
            for item in channel.split(delivery):
                for meaning in channel.parse(delivery, item):
                    meaning.model_dump_json().encode()
        except InboundError:
            continue


def _damaged(body: bytes, chance: random.Random) -> list[bytes]:
    cut = [body[: chance.randrange(len(body))] for _ in range(60)]
    flipped = [_flip(body, chance) for _ in range(200)]
    stuffed = [body[:at] + chance.randbytes(9) + body[at:] for at in (chance.randrange(len(body)) for _ in range(60))]
    return [*cut, *flipped, *stuffed, b"\x00", b"\xff" * 100, b"{}", b"[]", b'"x"', b"\r\n\r\n", b": :\r\n\r\n"]


def _flip(body: bytes, chance: random.Random) -> bytes:
    changed = bytearray(body)
    for _ in range(chance.randrange(1, 6)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


@each("ignored")
def test_an_unwanted_event_is_ignored_by_name(subject: Subject, case: RawDelivery) -> None:
    """Understood, counted under a short reason, and nothing done."""
    meaning = one(subject, case)

    assert isinstance(meaning, Ignored)
    assert meaning.reason.replace("_", "").isalpha()
    assert meaning.reason == meaning.reason.lower()


@each("automatic")
def test_a_robot_is_never_taken_for_a_person(subject: Subject, case: RawDelivery) -> None:
    """So that nobody answers it."""
    meaning = one(subject, case)

    assert not isinstance(meaning, InboundMessage) or meaning.kind is MessageKind.AUTO_REPLY


@each("receipts")
def test_receipts_are_read(subject: Subject, case: tuple[RawDelivery, DeliveryStatus]) -> None:
    """The provider's word about a message of ours, in our words."""
    delivery, status = case
    receipt = one(subject, delivery)

    assert isinstance(receipt, DeliveryReceipt)
    assert receipt.status is status
    assert receipt.provider_message_id
    assert receipt.channel == subject.name


@each("edits")
def test_an_edit_names_what_it_replaces(subject: Subject, case: tuple[RawDelivery, str]) -> None:
    """Under a key of its own, or a repeat of the first would hide it."""
    delivery, edited = case
    message = one(subject, delivery)

    assert isinstance(message, InboundMessage)
    assert message.kind is MessageKind.EDIT
    assert edited in {message.provider_message_id, *message.thread_hints}


@each("echoes")
def test_an_echo_says_who_spoke(subject: Subject, case: tuple[RawDelivery, str]) -> None:
    """Our own words are never taken for a citizen's; a person's take the conversation over."""
    delivery, by = case
    echo = one(subject, delivery)

    assert isinstance(echo, Echo)
    assert (echo.by, echo.channel) == (by, subject.name)
    assert echo.provider_message_id
    assert echo.recipient.value


@each("regrouped")
def test_events_have_the_same_keys_however_they_are_grouped(
    subject: Subject, case: tuple[RawDelivery, RawDelivery]
) -> None:
    """A provider that repeats a batch may cut it otherwise."""
    first, again = (
        {(item.dedupe_key, item.conversation_key) for item in subject.channel().split(batch)} for batch in case
    )

    assert len(first) > 1
    assert first == again


@each("standings")
def test_who_wants_nothing_of_us_is_named(subject: Subject, case: tuple[RawDelivery, bool]) -> None:
    """And who lets us in again: by the address that answers go to."""
    delivery, reachable = case
    standing, spoken = one(subject, delivery), one(subject, subject.write(Written("Xin chào")))

    assert isinstance(standing, Standing)
    assert standing.reachable is reachable
    assert standing.reason
    assert standing.address == spoken.sender


@having("secret")
def test_a_channel_keeps_its_secret(subject: Subject) -> None:
    """Printed by accident, with all it holds, it does not show it."""
    channel = subject.channel()
    held = [repr(value) for name, value in vars(channel).items() if not isinstance(value, bytes | str)]

    assert subject.secret not in repr(channel)
    assert subject.secret not in str(held)
