"""The channel in reading order: verify, split, parse, send, fetch, health, connect, catch up. It stores nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Literal

import structlog

from channels.base import clean_text
from channels.zalo.catch_up import CatchUp
from channels.zalo.client import CHAT, VISITOR_CHAT, ZaloApi
from channels.zalo.files import Files
from channels.zalo.mapping_in import CHANNEL, parse, split
from channels.zalo.mapping_out import chat_messages, file_message, is_phone, is_visitor, template_message
from channels.zalo.settings import ZaloSettings
from channels.zalo.signature import HEADER, check_signature
from core.contract.errors import (
    ChannelMisconfigured,
    NeedsReauth,
    OutcomeUnknown,
    PayloadInvalid,
    PayloadTooLarge,
    QuotaSpent,
    SendError,
    WindowClosed,
)
from core.contract.ports import (
    HOOK_LIMIT,
    AcceptRaw,
    Allowance,
    Fate,
    Health,
    ItemKey,
    MediaStore,
    RawDelivery,
    Reach,
    SendResult,
    Tokens,
    TokenStore,
)
from core.contract.schema import Address, OutboundMessage, Parsed

FREE = timedelta(hours=48)
WINDOW = timedelta(days=7)
REFRESH_LIFE = timedelta(days=90)
PER_SECOND = 60.0
"""Of one app; the provider counts 4,000 calls a minute."""

log = structlog.get_logger()


def _utc_now() -> datetime:
    return datetime.now(UTC)


class ZaloChannel:
    """
    One official account.

    Implements `HookedChannel`, `ListeningChannel`, `Greets`, `FetchesFiles`, `KnowsNames`, `CarriesCodes` and
    `NeedsGrant`.
    """

    name = CHANNEL
    label = "Zalo"
    threaded = False
    hook = "zalo"
    hook_headers = frozenset({HEADER})
    hook_limit = HOOK_LIMIT

    def __init__(
        self,
        settings: ZaloSettings,
        *,
        tokens: TokenStore,
        media: MediaStore | None = None,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        self.settings = settings
        self.account = self.codes_from = settings.oa_id
        self.codes_to: Literal["phone", "email", ""] = "phone" if "otp" in settings.templates else ""
        self.api = ZaloApi(settings, tokens, now=clock)
        self._tokens = tokens
        self._files = Files(self.api, media)
        self._catch_up = CatchUp(self.api, settings, now=clock)
        self._clock = clock
        self._looking: asyncio.Task[None] | None = None

    @property
    def allowance(self) -> Allowance:
        """What an app may call in a minute, in even steps."""
        return Allowance(per_second=PER_SECOND)

    @property
    def reaches(self) -> Sequence[Reach]:
        """In the chat while its window is open, and by an approved template to a number that Zalo knows."""
        chat = Reach("chat", self.label, window=WINDOW if self.settings.pays else FREE, files=True, buttons=True)
        templates = frozenset(self.settings.templates) - {"otp"}
        if not templates:
            return (chat,)
        by_number = Reach("phone", "mẫu ZNS", self.account, templates=templates, only_templates=True, price=1)
        return (chat, by_number)

    def verify(self, delivery: RawDelivery) -> None:
        """
        Raise SignatureInvalid unless the official account's secret, or the one before it, signed these bytes.

        Raises PayloadTooLarge before anything is read.
        """
        if len(delivery.body) > self.hook_limit:
            raise PayloadTooLarge(f"an event of more than {self.hook_limit} bytes")
        given = delivery.headers.get(HEADER, "")
        check_signature(delivery.body, given, app_id=self.settings.app_id, secrets=self.settings.secrets)

    def greet(self, query: Mapping[str, str]) -> str:
        """The provider's console looks whether somebody is there."""
        del query
        return ""

    def split(self, delivery: RawDelivery) -> Sequence[ItemKey]:
        """A body is one event. Raises PayloadInvalid."""
        return split(delivery)

    def parse(self, delivery: RawDelivery, item: ItemKey) -> Sequence[Parsed]:
        """What the event means. Raises PayloadInvalid."""
        del item
        return parse(delivery)

    async def name_of(self, address: Address) -> str:
        """What a person calls themselves on Zalo; visitors without an account have no name."""
        return "" if is_visitor(address.value) else clean_text(await self.api.display_name(address.value))

    async def fetch(self, source: str, *, most: int) -> bytes:
        """A file that a citizen sent."""
        return await self.api.download(source, most=most)

    async def send(self, message: OutboundMessage) -> SendResult:
        """
        Hand one message to the provider: in the chat, or by an approved template where the address is a phone number.

        Raises SendError; WindowClosed and QuotaSpent also before anything was tried.
        """
        if is_phone(message.recipient.value):
            return SendResult(await self.api.template(template_message(message, self.settings)))
        await self._check_window(message)
        brought = await self._files.bring(message)
        told = message.model_copy(update={"text": brought.words(message.text)})
        sent = await self._say(told)
        for sort, known_as in brought.uploaded:
            await self._show(message, sort, known_as)
        return SendResult(sent)

    async def asked(self, message: OutboundMessage, *, since: datetime) -> Fate:
        """By its words, in what the provider lists of the chat; of templates and files it lists nothing."""
        to = message.recipient.value
        if is_phone(to) or is_visitor(to) or message.attachments:
            return Fate("unknown")
        last = [
            str(one["message"]["text"]) for one in chat_messages(message, self.settings) if "text" in one["message"]
        ]
        found = await self._catch_up.own_words(to, last[-1], since=since)
        return Fate("taken", found) if found else Fate("unknown")

    async def _check_window(self, message: OutboundMessage) -> None:
        """48 hours free, seven days for money, nothing beyond: counted from the citizen's own last words."""
        if message.last_heard is None:
            return
        silent = self._clock() - message.last_heard
        if silent > WINDOW or (silent > FREE and not self.settings.pays):
            raise WindowClosed("the citizen has not written for too long")
        if silent > FREE and await self.api.quota_left() == 0:
            raise QuotaSpent("no message beyond the free hours is left")

    async def _say(self, message: OutboundMessage) -> str:
        """The words; the id of their last piece. Where only a beginning went out, nobody repeats it."""
        path, sent = VISITOR_CHAT if is_visitor(message.recipient.value) else CHAT, ""
        for payload in chat_messages(message, self.settings):
            try:
                sent = await self.api.message(payload, path=path)
            except SendError as error:
                if not sent:
                    raise
                raise OutcomeUnknown("only a part went out", provider_code=error.provider_code) from error
        return sent

    async def _show(self, message: OutboundMessage, sort: str, known_as: str) -> None:
        """The words are out already: a file that does not follow is no reason to say them again."""
        try:
            await self.api.message(file_message(message, sort, known_as))
        except SendError as error:
            log.warning("file_not_sent", channel=CHANNEL, error=error.code, provider_code=error.provider_code)

    async def check_health(self) -> Health:
        """Whether the provider takes our token now (renewed here if it is time), and when it would end unused."""
        tokens = await self.tokens()
        if tokens is None:
            return Health(
                ok=False, detail="Chưa kết nối tài khoản Zalo OA; quản trị viên bấm “Kết nối” trong bàn làm việc."
            )
        try:
            await self.api.account()
        except NeedsReauth:
            return Health(ok=False, detail="Zalo không còn chấp nhận kết nối; quản trị viên cần kết nối lại.")
        except SendError as error:
            return Health(ok=False, detail=f"Zalo chưa sẵn sàng ({error.code}).", expires=_end(tokens))
        return Health(ok=True, detail="Kênh Zalo hoạt động bình thường.", expires=_end(await self.tokens() or tokens))

    async def tokens(self) -> Tokens | None:
        """What stands now."""
        return await self._tokens.current(self.account)

    def grant_link(self, *, state: str, verifier: str) -> str:
        """Where an official grants us the official account."""
        return self.api.oauth.link(state=state, verifier=verifier)

    async def redeem(self, query: Mapping[str, str], *, verifier: str) -> None:
        """Turn the provider's code into stored tokens. Raises PayloadInvalid, SendError."""
        if not query.get("code"):
            raise PayloadInvalid("the provider came back without a code")
        if query.get("oa_id") != self.account:
            raise ChannelMisconfigured("another official account was chosen")
        await self.api.keeper.connect(await self.api.oauth.exchange(query["code"], verifier=verifier))

    async def start(self, accept: AcceptRaw) -> None:
        """Fetch what was said while nobody heard it, and look again now and then."""
        if self.settings.catch_up_hours and self._looking is None:
            self._looking = asyncio.create_task(self._look(accept), name="zalo-catch-up")

    async def stop(self) -> None:
        """Look no more, and let go of the provider."""
        looking, self._looking = self._looking, None
        if looking is not None:
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking
        await self.api.close()

    async def catch_up(self, accept: AcceptRaw) -> int:
        """One look; returns how many messages were found. Raises SendError."""
        return await self._catch_up.run_once(accept)

    async def _look(self, accept: AcceptRaw) -> None:
        while True:
            try:
                await self.catch_up(accept)
            except Exception as error:  # whatever it is: the next look may work, and nothing was confirmed
                log.warning("catch_up_failed", channel=CHANNEL, error=type(error).__name__)
            await asyncio.sleep(self.settings.catch_up_every)


def _end(tokens: Tokens) -> Mapping[str, datetime]:
    """The access token is renewed day by day; unused for three months, the refresh token would end."""
    return {"token": tokens.refreshed_at + REFRESH_LIFE}
