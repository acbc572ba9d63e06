"""The bot in reading order: verify, split, parse, listen, send, fetch, health. It decides and stores nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from channels.base import safe_name
from channels.listening import Alone, Lease
from channels.telegram import mapping_in, signature
from channels.telegram.client import FileToSend, TelegramClient
from channels.telegram.ids import message_id, query_of
from channels.telegram.listen import Poller, Registration
from channels.telegram.mapping_out import MOST_CAPTION, keyboard_of, split_text, text_of, units
from channels.telegram.settings import TelegramSettings
from core.contract.errors import (
    ChannelMisconfigured,
    MessageInvalid,
    NotFound,
    OutcomeUnknown,
    PayloadTooLarge,
    SendError,
    Throttled,
)
from core.contract.ports import (
    HOOK_LIMIT,
    AcceptRaw,
    Allowance,
    Health,
    ItemKey,
    MediaStore,
    RawDelivery,
    Reach,
    SendResult,
)
from core.contract.schema import AttachmentKind, OutboundMessage, Parsed

MOST_PHOTO = 10 * 1024 * 1024
MOST_FILE = 50 * 1024 * 1024
_PHOTOS = frozenset({"image/jpeg", "image/png", "image/webp"})
_LONGEST_WAIT = 10.0
_RECENT = timedelta(minutes=30)
_WAITING = 100


def _utc_now() -> datetime:
    return datetime.now(UTC)


class TelegramChannel:
    """One bot. Implements `HookedChannel`, `ListeningChannel` and `FetchesFiles`."""

    name = mapping_in.CHANNEL
    threaded = False
    hook = "telegram"
    hook_headers = frozenset({signature.HEADER})
    hook_limit = HOOK_LIMIT

    def __init__(
        self,
        settings: TelegramSettings,
        *,
        media: MediaStore | None = None,
        lease: Lease | None = None,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self.settings = settings
        self.account = settings.bot_id
        self._client = TelegramClient(settings)
        self._media = media
        self._lease = lease or Alone()
        self._clock = clock
        self._listener: Poller | Registration | None = None

    @property
    def allowance(self) -> Allowance:
        """What Telegram bears of one bot."""
        return Allowance(per_second=self.settings.per_second)

    @property
    def reaches(self) -> Sequence[Reach]:
        """Whoever wrote to the bot, at any time, until they block it."""
        return (Reach("chat", "Telegram", files=True, buttons=True),)

    def verify(self, delivery: RawDelivery) -> None:
        """
        Only Telegram knows the secret that we gave it. Raises SignatureInvalid.

        Raises PayloadTooLarge before anything is read.
        """
        if len(delivery.body) > self.hook_limit:
            raise PayloadTooLarge(f"an update of more than {self.hook_limit} bytes")
        signature.check(delivery, secret=self.settings.hook_secret.get_secret_value())

    def split(self, delivery: RawDelivery) -> Sequence[ItemKey]:
        """One item an update. Raises PayloadInvalid."""
        return mapping_in.split(delivery)

    def parse(self, delivery: RawDelivery, item: ItemKey) -> Sequence[Parsed]:
        """What the update means. Raises PayloadInvalid."""
        return mapping_in.parse(delivery)

    async def start(self, accept: AcceptRaw) -> None:
        """Have Telegram call us, or ask it where it cannot; neither holds up the start."""
        if self.settings.hook_url:
            self._listener = Registration(self._client, self.settings)
        else:
            self._listener = Poller(self._client, self.settings, accept, lease=self._lease, clock=self._clock)
        self._listener.start()

    async def stop(self) -> None:
        """Listen no more, finish what is being received, let go of the connections."""
        listener, self._listener = self._listener, None
        if listener is not None:
            await listener.stop()
        await self._client.close()

    async def register_hook(self) -> str:
        """Register the webhook now; the bot's name. Raises SendError; ChannelMisconfigured: no public address."""
        if not self.settings.hook_url:
            raise ChannelMisconfigured("there is no public https address that Telegram could call")
        me = await self._client.me()
        await Registration(self._client, self.settings).register()
        return f"@{me.username}"

    async def send(self, message: OutboundMessage) -> SendResult:
        """
        Say it, in as many messages as its length and its files need; the buttons are under the last one.

        Raises SendError; OutcomeUnknown as soon as a part is with the person and the rest is not: it is not repeated.
        """
        await self._end_waiting(message)
        parts = await self._parts(message)
        number = 0
        for place, part in enumerate(parts):
            number = await self._send_part(message, part, first=place == 0, last=place == len(parts) - 1)
        return SendResult(provider_message_id=message_id(message.recipient.value, number))

    async def _end_waiting(self, message: OutboundMessage) -> None:
        """An answer to a pressed button ends its waiting sign; too late for that is no harm."""
        query = query_of(message.in_reply_to)
        if query and message.purpose == "reply":
            with suppress(SendError):
                await self._client.end_waiting(query)

    async def _parts(self, message: OutboundMessage) -> list[str | tuple[FileToSend, str]]:
        """Texts and files in the order in which they go; a text that fits is the words under the first file."""
        text = text_of(message)
        files = await self._files(message)
        if files and units(text) <= MOST_CAPTION:
            return [(file, text if place == 0 else "") for place, file in enumerate(files)]
        if not text:
            raise MessageInvalid("a message with nothing in it")
        return [*split_text(text), *((file, "") for file in files)]

    async def _send_part(
        self, message: OutboundMessage, part: str | tuple[FileToSend, str], *, first: bool, last: bool
    ) -> int:
        if first:
            return await self._hand_over(message, part, last=last)
        try:
            return await self._patiently(message, part, last=last)
        except SendError as error:
            raise OutcomeUnknown("only a part of it was taken", provider_code=error.provider_code) from None

    async def _patiently(self, message: OutboundMessage, part: str | tuple[FileToSend, str], *, last: bool) -> int:
        """What follows a part that is out cannot wait for the next try of the whole: a short pause is kept here."""
        try:
            return await self._hand_over(message, part, last=last)
        except Throttled as error:
            if error.retry_after > _LONGEST_WAIT:
                raise
            await asyncio.sleep(error.retry_after)
            return await self._hand_over(message, part, last=last)

    async def _hand_over(self, message: OutboundMessage, part: str | tuple[FileToSend, str], *, last: bool) -> int:
        chat, keyboard = message.recipient.value, keyboard_of(message) if last else None
        if isinstance(part, str):
            return await self._client.send_text(chat, part, keyboard)
        return await self._client.send_file(chat, part[0], part[1], keyboard)

    async def _files(self, message: OutboundMessage) -> list[FileToSend]:
        """What is still there and not too large; the rest can be seen on the follow-up page."""
        found = []
        for attachment in message.attachments if self._media is not None else ():
            with suppress(NotFound):
                data = await self._media.get(attachment.stored_key) if self._media else b""
                photo = attachment.kind is AttachmentKind.IMAGE and attachment.media_type in _PHOTOS
                if len(data) <= MOST_FILE:
                    name = safe_name(attachment.name)
                    found.append(FileToSend(data, name, photo=photo and len(data) <= MOST_PHOTO))
        return found

    async def fetch(self, source: str, *, most: int) -> bytes:
        """A citizen's file by Telegram's id for it; the address it lies at holds our token and goes nowhere."""
        return await self._client.download(source, most=most)

    async def check_health(self) -> Health:
        """Whether Telegram knows us, and whether what citizens write reaches us."""
        try:
            await self._client.me()
            hook = await self._client.webhook()
        except SendError as error:
            return Health(ok=False, detail=f"Telegram chưa sẵn sàng ({error.code}).")
        if self._listener is not None and self._listener.trouble.told:
            return Health(ok=False, detail=f"Không nhận được tin từ Telegram ({self._listener.trouble.told}).")
        if hook.url != self.settings.hook_url:
            return Health(ok=False, detail="Telegram đang gửi tin đến một địa chỉ khác.")
        recent = hook.last_error_date is not None and self._clock() - hook.last_error_date < _RECENT
        if hook.pending_update_count > _WAITING or (recent and hook.pending_update_count):
            waiting = hook.pending_update_count
            return Health(ok=False, detail=f"Còn {waiting} tin nhắn chờ ở Telegram; lần gọi gần nhất không thành công.")
        return Health(ok=True, detail="Kênh Telegram hoạt động bình thường.")
