"""
The portal's side of the contract: what a citizen sends on our pages, and what our pages already show.

The portal and the worker trust each other by a shared secret, not by being the same process: an internal delivery
carries an HMAC over its raw bytes like any provider's.
"""

from __future__ import annotations

from collections.abc import Sequence

from channels.base import same, sign
from channels.web.mapping import ACCOUNT, CHANNEL, Submission, read, to_message
from core.contract.errors import ChannelMisconfigured, PayloadTooLarge, SignatureInvalid
from core.contract.ports import Health, ItemKey, RawDelivery, SendResult
from core.contract.schema import OutboundMessage, Parsed

SIGNATURE = "X-Portal-Signature"
MAX_BODY_BYTES = 256 * 1024
MIN_SECRET_BYTES = 16


class WebChannel:
    """The web as a channel. `secret`: shared with the portal, at least 16 bytes."""

    name = CHANNEL
    threaded = False

    def __init__(self, *, secret: bytes) -> None:
        if len(secret) < MIN_SECRET_BYTES:
            raise ChannelMisconfigured(f"the portal's secret needs {MIN_SECRET_BYTES} bytes")
        self._secret = secret

    def __repr__(self) -> str:
        return "WebChannel()"

    def compose(self, submission: Submission) -> tuple[RawDelivery, Sequence[ItemKey]]:
        """What the portal gives to the inbox: signed, and split already."""
        body = submission.model_dump_json(exclude_defaults=True).encode()
        headers = {SIGNATURE: sign(self._secret, body)}
        return RawDelivery(CHANNEL, ACCOUNT, body, headers, received_at=submission.sent_at), [submission.key]

    def verify(self, delivery: RawDelivery) -> None:
        """Raise SignatureInvalid unless our own portal wrote these bytes."""
        if len(delivery.body) > MAX_BODY_BYTES:
            raise PayloadTooLarge(f"{len(delivery.body)} bytes")
        given = {name.lower(): value for name, value in delivery.headers.items()}.get(SIGNATURE.lower(), "")
        if not same(given, sign(self._secret, delivery.body)):
            raise SignatureInvalid("not from the portal")

    def split(self, delivery: RawDelivery) -> Sequence[ItemKey]:
        """A delivery is one item."""
        return [read(delivery.body).key]

    def parse(self, delivery: RawDelivery, item: ItemKey) -> Sequence[Parsed]:
        """The message in the common form; pure."""
        submission = read(delivery.body)
        return [to_message(submission, received_at=delivery.received_at or submission.sent_at)]

    async def send(self, message: OutboundMessage) -> SendResult:
        """Nothing to send: the message stands in the conversation, which the citizen's page shows."""
        return SendResult(message.id)

    async def check_health(self) -> Health:
        """The pages answer wherever this process does."""
        return Health(ok=True, detail="Trang tiếp nhận đang hoạt động.")
