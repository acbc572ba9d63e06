"""Twilio as a carrier: signed hooks in, REST calls out, MMS by address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from channels.base import first_of, read_form, same
from channels.sms.carrier import Submission
from channels.sms.settings import TwilioSettings
from channels.sms.twilio import mapping
from channels.sms.twilio.client import TwilioClient
from channels.twilio import HEADER, check
from core.contract.errors import PayloadInvalid, SendError, SignatureInvalid
from core.contract.ports import Fate, Health, ItemKey, RawDelivery
from core.contract.schema import Parsed

EMPTY_RESPONSE = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


class Twilio:
    """Implements `HttpCarrier`, and fetches the files of an MMS."""

    hook_headers = frozenset({HEADER})
    hook_methods = frozenset({"POST"})

    def __init__(self, settings: TwilioSettings, *, public_url: str) -> None:
        self._settings = settings
        self.hook = f"twilio/{settings.account_sid}/sms"
        self._address = f"{public_url}/hooks/{self.hook}"
        self._client = TwilioClient(settings, callback=self._address)

    def verify(self, delivery: RawDelivery) -> None:
        """Signed with one of our tokens over the address we told Twilio, and for our account."""
        try:
            fields = read_form(delivery.body)
        except PayloadInvalid as error:
            raise SignatureInvalid("nothing that can be signed") from error
        check(
            delivery.headers.get(HEADER, ""),
            url=self._address + (f"?{delivery.query}" if delivery.query else ""),
            body=delivery.body,
            fields=fields,
            tokens=self._settings.account.tokens,
        )
        if not same(need_account(fields), self._settings.account_sid):
            raise SignatureInvalid("another account")

    def split(self, delivery: RawDelivery) -> Sequence[ItemKey]:
        """One item a form."""
        return [mapping.key_of(first_of(read_form(delivery.body)))]

    def parse(self, delivery: RawDelivery, item: ItemKey) -> Sequence[Parsed]:
        """What the form says."""
        form = first_of(read_form(delivery.body))
        at = delivery.received_at or datetime.now(UTC)
        return [mapping.meaning_of(form, account=delivery.account, at=at)]

    def acknowledge(self, delivery: RawDelivery) -> tuple[str, str]:
        """TwiML that says nothing: our answers are messages of their own."""
        return "text/xml", EMPTY_RESPONSE

    async def submit(self, submission: Submission) -> str:
        """Returns the message's sid."""
        return await self._client.send(submission)

    async def look_up(self, submission: Submission, *, since: datetime) -> Fate:
        """The newest message to that number with these very words."""
        listed = await self._client.messages_to(submission.to)
        return mapping.fate_of(listed, submission.text, since=since)

    async def fetch(self, source: str, *, most: int) -> bytes:
        """A file of an MMS."""
        return await self._client.download(source, most=most)

    async def check_health(self) -> Health:
        """Whether our key is good and the account active."""
        try:
            status = await self._client.account_status()
        except SendError as error:
            return Health(ok=False, detail=f"Twilio chưa sẵn sàng gửi tin nhắn ({error.code}).")
        if status != "active":
            return Health(ok=False, detail="Tài khoản Twilio đang bị tạm ngừng.")
        return Health(ok=True, detail="Kênh tin nhắn SMS qua Twilio hoạt động bình thường.")

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.close()


def need_account(fields: dict[str, list[str]]) -> str:
    """The account that a form is about."""
    return fields.get("AccountSid", [""])[0]
