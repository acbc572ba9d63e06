"""Every way Telegram says no, and what we make of it."""

from __future__ import annotations

import re

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from channels.telegram.client import SecondReader, TelegramClient, translate
from channels.telegram.sandbox import BOT, Mood
from channels.telegram.tests.builders import CHAT, outbound, provider, settings
from core.contract.errors import (
    ConnectionFailed,
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


@pytest.mark.parametrize(
    ("told", "ours", "code"),
    [
        (RetryAfter(17), Throttled, "429"),
        (InvalidToken("Unauthorized"), NeedsReauth, "401"),
        (Conflict("Conflict: terminated by other getUpdates request"), SecondReader, "409"),
        (Forbidden("Forbidden: bot was blocked by the user"), RecipientOptedOut, "403"),
        (Forbidden("Forbidden: user is deactivated"), RecipientUnreachable, "403"),
        (Forbidden("Forbidden: bot can't initiate conversation with a user"), RecipientUnreachable, "403"),
        (BadRequest("Bad Request: chat not found"), RecipientUnreachable, "400"),
        (BadRequest("Bad Request: message is too long"), MessageInvalid, "400"),
        (BadRequest("Bad Request: file is too big"), MessageInvalid, "400"),
        (BadRequest("Bad Request: wrong file_id or the file is temporarily unavailable"), ProviderRefused, "400"),
        (ChatMigrated(-100), RecipientUnreachable, "400"),
        (NetworkError("Bad Gateway"), OutcomeUnknown, ""),
        (TelegramError("Invalid server response"), OutcomeUnknown, ""),
    ],
)
def test_errors(told: TelegramError, ours: type[SendError], code: str) -> None:
    error = translate(told)

    assert type(error) is ours
    assert error.provider_code == code


def test_a_pause_is_kept() -> None:
    error = translate(RetryAfter(17))

    assert isinstance(error, Throttled)
    assert error.retry_after == 17


@pytest.mark.parametrize(
    ("mood", "ours"),
    [
        (Mood.THROTTLED, Throttled),
        (Mood.ERROR, OutcomeUnknown),
        (Mood.BROKEN, OutcomeUnknown),
        (Mood.CUT, OutcomeUnknown),
    ],
)
async def test_moods(mood: Mood, ours: type[SendError]) -> None:
    async with provider() as (sandbox, channel):
        sandbox.mood, sandbox.retry_after = mood, 23
        with pytest.raises(SendError) as failure:
            await channel.send(outbound("Xin chào"))

    assert type(failure.value) is ours
    assert getattr(failure.value, "retry_after", 23) == 23
    assert BOT not in f"{failure.value!r} {failure.value.__cause__!r} {failure.value}"


async def test_an_answer_that_never_comes_is_unknown() -> None:
    async with provider(send_seconds=0.2) as (sandbox, channel):
        sandbox.mood, sandbox.seconds = Mood.SLOW, 5
        with pytest.raises(OutcomeUnknown):
            await channel.send(outbound("Xin chào"))


async def test_nobody_there_may_be_tried_again() -> None:
    client = TelegramClient(settings(api_url="http://127.0.0.1:9"))
    with pytest.raises(ConnectionFailed):
        await client.me()
    with pytest.raises(ConnectionFailed):
        await client.updates(after=None, seconds=0, kinds=["message"])
    await client.close()


async def test_a_wrong_token_needs_a_person() -> None:
    async with provider() as (sandbox, channel):
        sandbox.token = "7000000001:another-token-of-the-same-bot-00000"
        with pytest.raises(NeedsReauth):
            await channel.send(outbound("Xin chào"))
        health = await channel.check_health()

    assert not health.ok
    assert "needs_reauth" in health.detail


async def test_files_come_by_their_id_only_while_they_are_there_and_not_too_long() -> None:
    async with provider() as (sandbox, channel):
        sandbox.files |= {"F1": b"\xff\xd8" * 500, "F2": bytes(21 * 1024 * 1024)}

        assert await channel.fetch("F1", most=1000) == b"\xff\xd8" * 500
        with pytest.raises(MessageInvalid):
            await channel.fetch("F1", most=999)
        with pytest.raises(MessageInvalid):
            await channel.fetch("F2", most=10**9)
        sandbox.losses["F4"] = "FILE_REFERENCE_EXPIRED"  # words that nobody has met yet
        for lost in ("F3", "F4"):
            with pytest.raises(ProviderRefused):
                await channel.fetch(lost, most=1000)
        sandbox.mood = Mood.ERROR
        with pytest.raises(TemporarySendError):
            await channel.fetch("F1", most=1000)


async def test_an_error_repeats_no_number_of_a_chat() -> None:
    error = translate(BadRequest(f"Bad Request: chat {CHAT} has no rights"))

    assert not re.search(str(CHAT), str(error))
