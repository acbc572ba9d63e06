"""SpeedSMS as a carrier: hooks on a secret path; JSON calls out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from channels.sms.carrier import Submission, prepaid_health
from channels.sms.settings import SpeedSmsSettings
from channels.sms.speedsms import mapping
from channels.sms.speedsms.client import SpeedSmsClient
from core.contract.errors import SignatureInvalid
from core.contract.ports import Health, ItemKey, RawDelivery
from core.contract.schema import Parsed


class SpeedSms:
    """Implements `HttpCarrier`."""

    hook_headers: frozenset[str] = frozenset()
    hook_methods = frozenset({"GET", "POST"})

    def __init__(self, settings: SpeedSmsSettings, *, public_url: str) -> None:
        del public_url  # where they call us is written into their console
        self.hook = f"sms/speedsms/{settings.hook_secret.get_secret_value()}"
        self._client = SpeedSmsClient(settings)

    def verify(self, delivery: RawDelivery) -> None:
        """The path has proved it; a call without anything in it is not theirs."""
        if not delivery.body.strip():
            raise SignatureInvalid("nothing came")

    def split(self, delivery: RawDelivery) -> Sequence[ItemKey]:
        """One item a call."""
        return [mapping.key_of(mapping.read(delivery.body), at=delivery.received_at or datetime.now(UTC))]

    def parse(self, delivery: RawDelivery, item: ItemKey) -> Sequence[Parsed]:
        """What the call says."""
        at = delivery.received_at or datetime.now(UTC)
        return [mapping.meaning_of(mapping.read(delivery.body), item, account=delivery.account, at=at)]

    def acknowledge(self, delivery: RawDelivery) -> tuple[str, str]:
        """Only the status of the answer counts."""
        return "text/plain", "OK"

    async def submit(self, submission: Submission) -> str:
        """Returns the transaction id."""
        return await self._client.send(submission)

    async def check_health(self) -> Health:
        """Whether our token is good and there is money left."""
        return await prepaid_health("SpeedSMS", self._client.balance)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.close()
