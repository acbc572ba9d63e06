"""eSMS as a carrier: hooks on a secret path, by GET or POST; JSON calls out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from channels.base import first_of, read_form
from channels.sms.carrier import Submission, prepaid_health
from channels.sms.esms import mapping
from channels.sms.esms.client import EsmsClient
from channels.sms.esms.signature import check
from channels.sms.settings import EsmsSettings
from core.contract.errors import PayloadInvalid, SignatureInvalid
from core.contract.ports import Fate, Health, ItemKey, RawDelivery
from core.contract.schema import Parsed


class Esms:
    """Implements `HttpCarrier`."""

    hook_headers: frozenset[str] = frozenset()
    hook_methods = frozenset({"GET", "POST"})

    def __init__(self, settings: EsmsSettings, *, public_url: str) -> None:
        self.hook = f"sms/esms/{settings.hook_secret.get_secret_value()}"
        self._key = settings.private_key.get_secret_value()
        self._client = EsmsClient(settings, callback=f"{public_url}/hooks/{self.hook}")

    def verify(self, delivery: RawDelivery) -> None:
        """The path has proved it; a citizen's message is signed as well, where we have the key."""
        try:
            form = first_of(read_form(delivery.body))
        except PayloadInvalid as error:
            raise SignatureInvalid("nothing came") from error
        if mapping.is_message(form) and self._key:
            check(form, self._key)

    def split(self, delivery: RawDelivery) -> Sequence[ItemKey]:
        """One item a call."""
        return [mapping.key_of(first_of(read_form(delivery.body)))]

    def parse(self, delivery: RawDelivery, item: ItemKey) -> Sequence[Parsed]:
        """What the call says."""
        form = first_of(read_form(delivery.body))
        return [mapping.meaning_of(form, account=delivery.account, at=delivery.received_at or datetime.now(UTC))]

    def acknowledge(self, delivery: RawDelivery) -> tuple[str, str]:
        """A message is answered in XML, a status by a word."""
        form = first_of(read_form(delivery.body))
        return ("text/xml", mapping.answer_to(form)) if mapping.is_message(form) else ("text/plain", "OK")

    async def submit(self, submission: Submission) -> str:
        """Returns our own id: receipts repeat it as RequestId."""
        return await self._client.send(submission)

    async def look_up(self, submission: Submission, *, since: datetime) -> Fate:
        """By our own id, which eSMS knows it by."""
        return mapping.fate_of(await self._client.status_of(submission.id), submission.id)

    async def check_health(self) -> Health:
        """Whether our keys are good and there is money left."""
        return await prepaid_health("eSMS", self._client.balance)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.close()
