"""
The only way to Telegram: python-telegram-bot's `Bot` over our own HTTP, its answers as our errors.

The token is part of every address, so no address is ever logged, quoted in an error or handed out.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp
from telegram import Bot, File, LinkPreviewOptions, Message, User, WebhookInfo
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.request import BaseRequest, RequestData
from yarl import URL

from channels.base import redact
from channels.http import ProviderHttp, Turns
from channels.telegram.mapping_out import Keyboard
from channels.telegram.settings import TelegramSettings
from core.contract.errors import (
    ChannelMisconfigured,
    MessageInvalid,
    NeedsReauth,
    OutcomeUnknown,
    ProviderRefused,
    RecipientOptedOut,
    RecipientUnreachable,
    SendError,
    TemporarySendError,
    Throttled,
)

Answer = TypeVar("Answer")
_DETAIL = 160
_POLL_SLACK = 10.0
_UNREACHABLE = ("chat not found", "user is deactivated", "can't initiate", "user not found", "peer_id_invalid")
_GONE = ("file_id", "file is temporarily unavailable", "invalid file", "wrong file")


@dataclass(frozen=True)
class FileToSend:
    """A file as Telegram takes it: `photo` is shown, anything else is to be opened."""

    data: bytes
    name: str
    photo: bool


class SecondReader(TemporarySendError):
    """Somebody else asks for this bot's updates, or a webhook takes them (409)."""

    code = "second_reader"


class _Wire(BaseRequest):
    """What python-telegram-bot sends through; failures leave as ours."""

    def __init__(self, http: ProviderHttp, *, base: str, seconds: float) -> None:
        self._http = http
        self._base = base
        self._seconds = seconds

    @property
    def read_timeout(self) -> float | None:
        """As long as `ProviderHttp` waits."""
        return self._seconds

    async def initialize(self) -> None:
        """The connection opens by itself."""

    async def shutdown(self) -> None:
        """Let go of the connections."""
        await self._http.close()

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_timeouts: Any, **_more: Any
    ) -> tuple[int, bytes]:
        """One call; status and body of what was answered."""
        reply = await self._http.post_form(url.removeprefix(self._base), _form(request_data))
        if reply.status >= 500:  # it may have been carried out before whatever failed
            raise OutcomeUnknown("the server failed", provider_code=str(reply.status))
        return reply.status, reply.body

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The answer as an object; python-telegram-bot's own way would log it."""
        try:
            value = json.loads(payload)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise OutcomeUnknown("the answer is not a JSON object")
        return value


def _form(request: RequestData | None) -> Mapping[str, Any] | aiohttp.FormData:
    fields = dict(request.json_parameters) if request is not None else {}
    files = request.multipart_data if request is not None else None
    if not files:
        return fields
    form = aiohttp.FormData(fields, quote_fields=False)  # names of files in their own letters
    for name, (file_name, data, media_type) in files.items():
        form.add_field(name, data, filename=file_name, content_type=media_type)
    return form


class TelegramClient:
    """One method a call of the Bot API; every one raises SendError and nothing else."""

    def __init__(self, settings: TelegramSettings) -> None:
        base, token = settings.api_url.rstrip("/"), settings.token.get_secret_value()
        self._http = ProviderHttp(base, timeout=settings.send_seconds)
        self._patient = ProviderHttp(base, timeout=settings.poll_seconds + _POLL_SLACK)
        self._hosts = frozenset({URL(base).host or ""})
        self._method = f"/bot{token}/"
        self._turns = Turns(settings.per_second)
        self._bot = Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=_Wire(self._http, base=base, seconds=settings.send_seconds),
            get_updates_request=_Wire(self._patient, base=base, seconds=settings.poll_seconds + _POLL_SLACK),
        )

    async def send_text(self, chat: str, text: str, keyboard: Keyboard | None) -> int:
        """Say one thing; returns the message's number in its chat. Links are not looked into."""
        plain = LinkPreviewOptions(is_disabled=True)
        return await self._sent(
            lambda to: self._bot.send_message(to, text, reply_markup=keyboard, link_preview_options=plain), chat
        )

    async def send_file(self, chat: str, file: FileToSend, caption: str, keyboard: Keyboard | None) -> int:
        """Show a photo or hand over a file, with words under it; returns the message's number."""

        def send(to: str | int) -> Awaitable[Message]:
            words, name = caption or None, file.name or None
            if file.photo:
                return self._bot.send_photo(to, file.data, caption=words, filename=name, reply_markup=keyboard)
            return self._bot.send_document(to, file.data, caption=words, filename=name, reply_markup=keyboard)

        return await self._sent(send, chat)

    async def _sent(self, send: Callable[[str | int], Awaitable[Message]], chat: str) -> int:
        async def once() -> Message:
            try:
                return await send(chat)
            except ChatMigrated as moved:
                return await send(moved.new_chat_id)

        await self._turns.wait()
        return (await _asked(once)).message_id

    async def end_waiting(self, query: str) -> None:
        """The person pressed a button and sees that it was heard."""
        await _asked(lambda: self._bot.answer_callback_query(query))

    async def me(self) -> User:
        """Who we are."""
        return await _asked(self._bot.get_me)

    async def webhook(self) -> WebhookInfo:
        """Where Telegram calls us, what waits, and what went wrong last."""
        return await _asked(self._bot.get_webhook_info)

    async def set_webhook(self, url: str, *, secret: str, kinds: Sequence[str], connections: int) -> None:
        """Have Telegram call us."""
        await _asked(
            lambda: self._bot.set_webhook(url, secret_token=secret, allowed_updates=kinds, max_connections=connections)
        )

    async def delete_webhook(self) -> None:
        """Have Telegram keep what it has until we ask."""
        await _asked(self._bot.delete_webhook)

    async def updates(self, *, after: int | None, seconds: int, kinds: Sequence[str]) -> list[dict[str, Any]]:
        """
        Wait up to `seconds` for updates beyond number `after`, which confirms all up to it. As they came, unread.

        Raises SecondReader beside the usual.
        """
        fields = {"timeout": str(seconds), "allowed_updates": json.dumps(list(kinds))}
        if after is not None:
            fields["offset"] = str(after + 1)
        reply = await self._patient.post_form(f"{self._method}getUpdates", fields)
        if reply.ok:
            found = reply.json().get("result")
            return [one for one in found if _is_update(one)] if isinstance(found, list) else []
        if reply.status == 409:
            raise SecondReader("somebody else reads this bot", provider_code="409")
        if reply.status in {401, 404}:
            raise NeedsReauth("the token is not accepted", provider_code=str(reply.status))
        raise TemporarySendError("no updates", provider_code=str(reply.status))

    async def download(self, file_id: str, *, most: int) -> bytes:
        """A file by its id, as `FetchesFiles.fetch`."""
        file = await self._file(file_id)
        if (file.file_size or 0) > most:
            raise MessageInvalid("the file is too long")
        if not file.file_path:
            raise ProviderRefused("the file has no address")
        return await self._http.download(file.file_path, hosts=self._hosts, most=most)

    async def _file(self, file_id: str) -> File:
        try:
            return await _asked(lambda: self._bot.get_file(file_id))
        except OutcomeUnknown as error:  # asking twice harms nobody
            raise TemporarySendError("the file could not be asked for", provider_code=error.provider_code) from None
        except MessageInvalid as error:
            if _is_too_large(str(error)):
                raise
            raise ProviderRefused(str(error), provider_code=error.provider_code) from None  # whatever else: not there

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.close()
        await self._patient.close()


def _is_update(found: Any) -> bool:
    """Whether it can be confirmed at all."""
    return isinstance(found, dict) and isinstance(found.get("update_id"), int)


async def _asked(call: Callable[[], Awaitable[Answer]]) -> Answer:
    try:
        return await call()
    except TelegramError as error:
        raise translate(error) from None  # causes quote addresses, which hold the token
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise OutcomeUnknown(f"the answer cannot be read: {type(error).__name__}") from None


def translate(error: TelegramError) -> SendError:
    """Which of our errors an answer of Telegram is."""
    told = redact(error.message)[:_DETAIL]
    if isinstance(error.__cause__, SendError):
        return error.__cause__
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        seconds = float(wait) if isinstance(wait, int) else wait.total_seconds()
        return Throttled(told, retry_after=seconds, provider_code="429")
    if isinstance(error, InvalidToken):
        return NeedsReauth("the token is not accepted", provider_code="401")
    if isinstance(error, Conflict):
        return SecondReader("somebody else reads this bot", provider_code="409")
    if isinstance(error, ChatMigrated):
        return RecipientUnreachable("the chat moved twice", provider_code="400")
    if isinstance(error, Forbidden):
        return _forbidden(told)
    if isinstance(error, BadRequest):
        return _bad_request(told)
    return OutcomeUnknown(told)


def _is_too_large(told: str) -> bool:
    return any(sign in told.lower() for sign in ("file is too big", "too large"))


def _forbidden(told: str) -> SendError:
    if "blocked" in told.lower():
        return RecipientOptedOut(told, provider_code="403")
    return RecipientUnreachable(told, provider_code="403")


def _bad_request(told: str) -> SendError:
    lower = told.lower()
    if any(sign in lower for sign in _UNREACHABLE):
        return RecipientUnreachable(told, provider_code="400")
    if _is_too_large(lower):
        return MessageInvalid(told, provider_code="400")
    if any(sign in lower for sign in _GONE):
        return ProviderRefused(told, provider_code="400")
    if "webhook" in lower:
        return ChannelMisconfigured(told, provider_code="400")
    return MessageInvalid(told, provider_code="400")
