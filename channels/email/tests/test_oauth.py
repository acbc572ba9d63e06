"""Access tokens in place of passwords: renewed in time, once for all processes, and shown to mailbox and relay."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
import pytest_asyncio
from pydantic import SecretStr

from channels.email.adapter import EmailChannel
from channels.email.oauth import MailTokens
from channels.email.sandbox import MailSandbox
from channels.email.sandbox_imap import HOST, ImapSandbox
from channels.email.sandbox_oauth import TokenMood, TokenServer
from channels.email.settings import ImapSettings, OAuthSettings, RelaySettings
from channels.email.tests.builders import ADDRESS, RECEIVED_AT, Store, mail, outbound, settings
from core.contract.errors import ConnectionFailed, NeedsReauth, NotLetIn, SendError, TemporarySendError
from tests.support.tokens import MemoryTokens
from tests.support.waiting import until

CLIENT, SECRET, REFRESH = "client-of-tests", "secret-of-tests", "refresh-token-of-tests"


@dataclass
class Clock:
    """Time under the test's control."""

    at = RECEIVED_AT

    def __call__(self) -> datetime:
        return self.at


@dataclass
class House:
    """A token server, and what lies between it and us."""

    server: TokenServer
    clock: Clock = field(default_factory=Clock)
    store: MemoryTokens = field(init=False)

    def __post_init__(self) -> None:
        self.store = MemoryTokens(self.clock)

    def tokens(self, *, refresh: str = REFRESH, secret: str = SECRET) -> MailTokens:
        """One process's view."""
        given = OAuthSettings(
            token_url=self.server.url,
            client_id=CLIENT,
            client_secret=SecretStr(secret),
            refresh_token=SecretStr(refresh),
            timeout=5,
        )
        return MailTokens(given, self.store, account=ADDRESS, now=self.clock)


@pytest_asyncio.fixture
async def house() -> AsyncIterator[House]:
    """It knows us."""
    server = TokenServer(CLIENT, SECRET, REFRESH)
    await server.start()
    yield House(server)
    await server.stop()


@pytest.mark.parametrize("rotates", [True, False], ids=["a new refresh token each time", "the same for ever"])
async def test_a_token_is_had_once_and_renewed_in_time(house: House, rotates: bool) -> None:
    """Whether the provider replaces the refresh token or not."""
    house.server.rotates = rotates
    tokens = house.tokens()
    first = await tokens.access()
    assert (await tokens.access(), house.server.asked) == (first, 1)
    house.clock.at += timedelta(minutes=56)
    second = await tokens.access()
    await tokens.close()

    assert first != second
    assert {first, second} == house.server.tokens
    assert house.server.asked == 2


async def test_two_processes_renew_once(house: House) -> None:
    """Whoever comes second waits for what the first one gets."""
    ours, theirs = house.tokens(), house.tokens()
    await ours.access()
    house.clock.at += timedelta(minutes=56)
    shown = await asyncio.gather(*(one.access() for one in (ours, theirs) for _ in range(5)))
    await ours.close()
    await theirs.close()

    assert len(set(shown)) == 1
    assert house.server.asked == 2


async def test_a_token_that_was_refused_is_replaced_before_its_end(house: House) -> None:
    """An administrator may end it at any time."""
    tokens = house.tokens()
    first = await tokens.access()
    second = await tokens.access(refused=first)

    assert first != second
    assert await tokens.access(refused=first) == second
    await tokens.close()


@pytest.mark.parametrize(
    ("mood", "meaning"),
    [
        (TokenMood.ENDED, NeedsReauth),
        (TokenMood.STRANGER, NotLetIn),
        (TokenMood.ERROR, TemporarySendError),
        (TokenMood.BROKEN, ConnectionFailed),
        (TokenMood.CUT, ConnectionFailed),
    ],
)
async def test_each_failure_is_told_as_what_it_is(house: House, mood: TokenMood, meaning: type[SendError]) -> None:
    """Only a refresh token that has ended needs a person; anything else is asked again."""
    house.server.mood, house.server.rotates = mood, False
    tokens = house.tokens()
    with pytest.raises(SendError) as failure:
        await tokens.access()
    assert type(failure.value) is meaning
    assert REFRESH not in f"{failure.value!r} {failure.value.__cause__!r}"

    house.server.mood = TokenMood.NORMAL
    house.clock.at += timedelta(minutes=2)
    if meaning is NeedsReauth:
        with pytest.raises(NeedsReauth):
            await tokens.access()
        house.server.refresh = "another-refresh-token"
        anew = house.tokens(refresh="another-refresh-token")
        assert await anew.access() in house.server.tokens
        await anew.close()
    else:
        assert await tokens.access() in house.server.tokens
    await tokens.close()


async def test_the_mailbox_is_read_by_token(house: House) -> None:
    """Also after the token was ended in the middle."""
    box, store = ImapSandbox(ADDRESS, "", tokens=house.server.tokens), Store()
    await box.start()
    imap = ImapSettings(host=HOST, port=box.port, tls="none", username=ADDRESS, first_pause=0.01, longest_pause=0.05)
    channel = EmailChannel(settings(smtp_port=None, lmtp_port=None, imap=imap), tokens=house.tokens())
    await channel.start(store.accept)
    try:
        await box.put(mail("Đường ngập.", key="1").as_bytes())
        await until(lambda: len(store.keys) == 1, "the first")
        house.server.tokens.clear()
        await box.stop()
        await box.start()
        await box.put(mail("Đèn hỏng.", key="2").as_bytes())
        await until(lambda: len(store.keys) == 2, "the second")  # the first may come twice
    finally:
        await channel.stop()
        await box.stop()

    assert box.logins == ["token", "token"]
    assert house.server.asked == 2


async def test_the_relay_is_shown_a_token(house: House) -> None:
    """A new one where the old one was ended; a person is called where there is none to be had."""
    sandbox = MailSandbox(gateway=(HOST, 0), tokens=house.server.tokens)
    await sandbox.start()
    host, port = sandbox.smtp
    relay = RelaySettings(host=host, port=port, tls="none", username=ADDRESS, connect_seconds=5, send_seconds=10)
    channel = EmailChannel(settings(relay=relay), tokens=house.tokens())
    try:
        await channel.send(outbound("Xin chào"))
        house.server.tokens.clear()
        await channel.send(outbound("Xin chào lần nữa"))
        assert (len(sandbox.mails), house.server.asked) == (2, 2)
        assert (await channel.check_health()).ok

        house.server.tokens.clear()
        house.server.mood = TokenMood.ENDED
        with pytest.raises(NeedsReauth):
            await channel.send(outbound("Không đi được"))
        health = await channel.check_health()
        assert not health.ok
        assert "needs_reauth" in health.detail
    finally:
        await channel.stop()
        await sandbox.stop()
