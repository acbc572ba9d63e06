"""What every channel must do with the bytes themselves: believe none that was altered, and lose no digit."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from core.contract.errors import InboundError
from core.contract.ports import RawDelivery
from core.contract.schema import Ignored, InboundMessage
from tests.contract.cases import each, having, mark, one
from tests.contract.subject import NOON, Subject, Written

BURST = 20


@having("signs_bytes")
def test_one_altered_byte_is_noticed(subject: Subject) -> None:
    """Wherever it stands; but for another spelling of the very same (a form's %c4 for %C4), which changes nothing."""
    channel, good, chance = subject.channel(), subject.write(Written("Đường Lê Lợi ngập")), random.Random(7)
    for place in range(len(good.body)):
        body = bytearray(good.body)
        body[place] ^= 1 << chance.randrange(8)
        altered = replace(good, body=bytes(body))
        try:
            channel.verify(altered)
        except InboundError:
            continue
        assert one(subject, altered) == one(subject, good), place


@each("unknown")
def test_an_event_that_nobody_has_met_does_nothing(subject: Subject, case: RawDelivery) -> None:
    """It is proved, stored and counted: the provider is told that all is well."""
    channel = subject.channel()
    channel.verify(case)
    meaning = one(subject, case)

    assert isinstance(meaning, Ignored)
    assert meaning.reason.startswith("unknown")


@having("ordered")
def test_a_burst_in_any_order_is_put_in_order(subject: Subject) -> None:
    """Each message names its time, so that it does not matter which of them comes first."""
    channel, said = subject.channel(), [str(number) for number in range(1, BURST + 1)]
    burst = [Written(f"Câu {key}", key, at=NOON + timedelta(seconds=int(key) - BURST)) for key in said]
    deliveries = [subject.write(written) for written in burst]
    random.Random(3).shuffle(deliveries)
    items = [(channel.split(delivery)[0], delivery) for delivery in deliveries]
    assert len({item.conversation_key for item, _ in items}) == 1
    ordered = sorted(items, key=lambda one_of: one_of[0].provider_time or NOON)

    heard = [channel.parse(delivery, item)[0] for item, delivery in ordered]
    assert [mark(subject, message) for message in heard] == [mark(subject, written) for written in burst]


@each("huge")
def test_long_numbers_keep_every_digit(subject: Subject, case: tuple[RawDelivery, str, str]) -> None:
    """Beyond 2^53 a number that was a float on its way is another person's."""
    delivery, sender, number = case
    message = one(subject, delivery)

    assert isinstance(message, InboundMessage)
    assert sender in message.sender.value
    assert number in message.provider_message_id
    assert int(max(sender, number, key=len)) > 2**53
