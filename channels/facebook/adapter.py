"""Facebook in reading order: greet, verify, split, parse, fetch, send, health. It decides and stores nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import structlog

from channels.base import clean_text
from channels.facebook import batch, mapping_out
from channels.facebook.client import GraphClient
from channels.facebook.comments import parse_change
from channels.facebook.errors import NO_PRIVATE_REPLY
from channels.facebook.mapping_in import CHANNEL, Reader, parse_messenger
from channels.facebook.settings import FacebookSettings
from channels.facebook.signature import HEADER, challenge, verify
from core.contract.errors import NotFound, OutcomeUnknown, PayloadTooLarge, RecipientUnreachable, SendError
from core.contract.ports import HOOK_LIMIT, Allowance, Health, ItemKey, MediaStore, RawDelivery, Reach, SendResult
from core.contract.schema import Address, Attachment, Ignored, OutboundMessage, Parsed

UNHURRIED = frozenset({"notice", "bulletin"})
"""Purposes whose reader has not just asked for something."""
log = structlog.get_logger()


def _utc_now() -> datetime:
    return datetime.now(UTC)


class FacebookChannel:
    """
    One app and its Pages.

    Implements `HookedChannel`, `Greets`, `FetchesFiles`, `KnowsNames`, `RegistersHook` and `Stops`.
    """

    name = CHANNEL
    threaded = False
    hook = CHANNEL
    hook_headers = frozenset({HEADER})
    hook_limit = HOOK_LIMIT

    def __init__(
        self, settings: FacebookSettings, *, media: MediaStore | None = None, clock: Callable[[], datetime] = _utc_now
    ) -> None:
        self.settings = settings
        self._media = media
        self.account = settings.app_id
        self._client = GraphClient(settings)
        self._clock = clock

    @property
    def allowance(self) -> Allowance:
        """That of one Page, for all of them together: their inboxes hide messages beyond it."""
        return Allowance(per_second=self.settings.per_second)

    @property
    def reaches(self) -> Sequence[Reach]:
        """In the conversation while its window is open, and by an approved template after that."""
        templates = frozenset(self.settings.templates)
        return (Reach("chat", "Messenger", window=mapping_out.WINDOW, templates=templates, files=True, buttons=True),)

    def greet(self, query: Mapping[str, str]) -> str:
        """The provider's challenge, for whoever knows our verify token. Raises SignatureInvalid."""
        return challenge(query, token=self.settings.verify_token.get_secret_value())

    def verify(self, delivery: RawDelivery) -> None:
        """Raise SignatureInvalid unless the raw bytes bear the app's signature; PayloadTooLarge over the limit."""
        if len(delivery.body) > self.hook_limit:
            raise PayloadTooLarge(f"{len(delivery.body)} bytes")
        verify(delivery.body, header=delivery.headers.get(HEADER, ""), secrets=self.settings.secrets)

    def split(self, delivery: RawDelivery) -> Sequence[ItemKey]:
        """One item an event, for all Pages and people of the batch. Raises PayloadInvalid."""
        return batch.split(delivery.body)

    def parse(self, delivery: RawDelivery, item: ItemKey) -> Sequence[Parsed]:
        """What one event means; the Page it came to is the account. Raises PayloadInvalid."""
        if not item.part:
            return [Ignored(reason="unknown_event")]
        event = batch.find(delivery.body, item.part)
        if event.page not in self.settings.pages:
            return [Ignored(reason="foreign_page")]
        reader = Reader(self.settings, delivery, event)
        return parse_change(reader) if event.stream == "changes" else parse_messenger(reader)

    async def name_of(self, address: Address) -> str:
        """What a person is called on Messenger; comments bring their writers' names themselves. Raises SendError."""
        if not address.value.isdecimal():
            return ""
        return clean_text(await self._client.name(address.account, address.value))

    async def fetch(self, source: str, *, most: int) -> bytes:
        """A file that a citizen sent, from the provider's own hosts only."""
        return await self._client.download(source, most=most)

    async def send(self, message: OutboundMessage) -> SendResult:
        """
        Write to a person on Messenger, or answer a comment. Raises SendError.

        A long text goes in several pieces; when a later one fails nobody knows what the person has, so the outcome is
        unknown and a person decides.
        """
        if mapping_out.is_for_comment(message):
            return await self._answer_comment(message)
        now, files = self._clock(), mapping_out.NO_FILES
        if message.attachments and mapping_out.takes_files(message, self.settings, now=now):
            files = await self._upload(message)
        sent = SendResult("")
        for payload in mapping_out.messages(message, self.settings, now=now, files=files):
            try:
                taken = await self._client.send(message.account, payload, urgent=message.purpose not in UNHURRIED)
            except SendError as error:
                if sent.provider_message_id:
                    raise OutcomeUnknown("only its beginning arrived", provider_code=error.provider_code) from error
                raise
            sent = SendResult(taken.message_id)
        return sent

    async def _upload(self, message: OutboundMessage) -> mapping_out.Files:
        """Files are with the provider before anything is sent; what is erased or too large is named instead."""
        uploaded, left_out = [], []
        for attachment in message.attachments:
            data = await self._stored(attachment)
            if data is None or len(data) > mapping_out.most_bytes(attachment):
                left_out.append(attachment.name or attachment.media_type)
            else:
                uploaded.append((str(attachment.kind), await self._client.upload(message.account, data, attachment)))
        return mapping_out.Files(tuple(uploaded), tuple(left_out))

    async def _stored(self, attachment: Attachment) -> bytes | None:
        if self._media is None or not attachment.stored_key:
            return None
        try:
            return await self._media.get(attachment.stored_key)
        except NotFound:
            return None

    async def _answer_comment(self, message: OutboundMessage) -> SendResult:
        """Privately what is to be said, and under the comment only that it was said."""
        comment, payload = mapping_out.private_reply(message, now=self._clock())
        try:
            taken = await self._client.send(message.account, payload, urgent=message.purpose not in UNHURRIED)
        except RecipientUnreachable as error:
            if error.provider_code == NO_PRIVATE_REPLY and message.purpose == "reply":
                await self._say_publicly(message.account, comment, self.settings.invitation)
            raise
        await self._say_publicly(message.account, comment, self.settings.comment_answer)
        return SendResult(taken.message_id, reached_at=taken.recipient_id)

    async def _say_publicly(self, page: str, comment: str, text: str) -> None:
        """A courtesy: what goes wrong with it changes nothing, and it is not tried again."""
        if not text:
            return
        try:
            await self._client.comment(page, comment, text)
        except SendError as error:
            log.warning("comment_not_answered", channel=CHANNEL, error=error.code, provider_code=error.provider_code)

    async def register_hook(self) -> str:
        """Have the events of every Page sent to our app; which app and Pages that are. Raises SendError."""
        for page in self.settings.pages:
            await self._client.subscribe(page)
        return f"{self.settings.app_id} ({', '.join(self.settings.pages)})"

    async def check_health(self) -> Health:
        """
        Whether each Page's token is valid and its events come to us; a Page that was cut off is connected again.

        `expires["token"]`: the first end of a token, where one has an end.
        """
        problems, ends = [], []
        for page in self.settings.pages:
            problem, end = await self._look_at(page)
            problems += [f"Trang {page}: {problem}"] if problem else []
            ends += [end] if end else []
        expires = {"token": min(ends)} if ends else {}
        detail = " ".join(problems) or "Kênh Facebook hoạt động bình thường."
        return Health(ok=not problems, detail=detail, expires=expires)

    async def _look_at(self, page: str) -> tuple[str, datetime | None]:
        """What is wrong with a Page, and when its token ends."""
        try:
            token = await self._client.inspect_token(page)
            if not token.valid:
                return "mã truy cập không còn hiệu lực, cần kết nối lại.", token.expires
            if token.missing:
                return f"thiếu quyền {', '.join(sorted(token.missing))}.", token.expires
            if not await self._client.is_subscribed(page):
                await self._client.subscribe(page)
                log.warning("page_subscribed_again", channel=CHANNEL, account=page)
        except SendError as error:
            return f"không kết nối được với Facebook ({error.code}).", None
        return "", token.expires

    async def stop(self) -> None:
        """Let go of the connections to the provider."""
        await self._client.close()
