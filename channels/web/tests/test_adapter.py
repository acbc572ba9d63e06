"""The portal's deliveries are proved like a provider's, and answers are where the citizen looks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from channels.web.adapter import MAX_BODY_BYTES, SIGNATURE, WebChannel
from channels.web.tests.test_mapping import CODE, RECEIVED, submission
from core.contract.errors import ChannelMisconfigured, PayloadInvalid, PayloadTooLarge, SignatureInvalid
from core.contract.ports import Channel, RawDelivery
from core.contract.schema import Address, InboundMessage, OutboundMessage

SECRET = b"0123456789abcdef0123456789abcdef"


@pytest.fixture
def channel() -> WebChannel:
    """A channel over a fixed secret."""
    return WebChannel(secret=SECRET)


def test_it_is_a_channel(channel: WebChannel) -> None:
    assert isinstance(channel, Channel)


def test_what_the_portal_composes_is_accepted_and_read(channel: WebChannel) -> None:
    delivery, items = channel.compose(submission())

    channel.verify(delivery)
    assert list(channel.split(delivery)) == list(items)
    (message,) = channel.parse(replace(delivery, received_at=RECEIVED), items[0])
    assert isinstance(message, InboundMessage)
    assert message.received_at == RECEIVED


def test_header_names_have_no_case(channel: WebChannel) -> None:
    delivery, _ = channel.compose(submission())
    channel.verify(replace(delivery, headers={SIGNATURE.lower(): delivery.headers[SIGNATURE]}))


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda sent: replace(sent, headers={}), id="no signature"),
        pytest.param(lambda sent: replace(sent, headers={SIGNATURE: "0" * 64}), id="wrong signature"),
        pytest.param(lambda sent: replace(sent, headers={SIGNATURE: "chữ ký"}), id="no ASCII"),
        pytest.param(lambda sent: replace(sent, body=sent.body.replace(b"form", b"text", 1)), id="changed body"),
        pytest.param(lambda _: WebChannel(secret=b"x" * 32).compose(submission())[0], id="another secret"),
    ],
)
def test_a_forged_delivery_is_refused(channel: WebChannel, forge: object) -> None:
    delivery, _ = channel.compose(submission())
    with pytest.raises(SignatureInvalid):
        channel.verify(forge(delivery))  # type: ignore[operator]


def test_an_oversized_delivery_is_refused(channel: WebChannel) -> None:
    with pytest.raises(PayloadTooLarge):
        channel.verify(RawDelivery("web", "portal", b"x" * (MAX_BODY_BYTES + 1)))


def test_what_cannot_be_split_is_quarantined(channel: WebChannel) -> None:
    with pytest.raises(PayloadInvalid):
        channel.split(RawDelivery("web", "portal", "không phải JSON".encode()))


def test_a_short_secret_stops_the_start() -> None:
    with pytest.raises(ChannelMisconfigured):
        WebChannel(secret=b"short")


def test_the_secret_is_never_printed(channel: WebChannel) -> None:
    assert "0123456789" not in repr(channel)


async def test_an_answer_is_delivered_by_being_there(channel: WebChannel) -> None:
    recipient = Address(channel="web", account="portal", value=f"web:{CODE}")
    result = await channel.send(
        OutboundMessage(id="o1", channel="web", account="portal", recipient=recipient, text="Đã tiếp nhận")
    )
    assert result.provider_message_id == "o1"
    assert (await channel.check_health()).ok
