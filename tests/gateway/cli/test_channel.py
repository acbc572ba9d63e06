"""Channels from the command line: how they are, and a webhook registered at an operator's word."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from channels.telegram.sandbox import BOT, TelegramSandbox
from tests.gateway.cli.conftest import CommandLine


@pytest_asyncio.fixture
async def provider(data: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TelegramSandbox]:
    """Telegram, and settings that name it; mail listens nowhere."""
    sandbox = TelegramSandbox()
    await sandbox.start()
    path = data.parent / "telegram.toml"
    path.write_text(
        'public_url = "https://phananh.example.vn"\n[email]\nenabled = false\n'
        f'[telegram]\ntoken = "{BOT}"\napi_url = "{sandbox.url}"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("LANGNGHE_CONFIG", str(path))
    yield sandbox
    await sandbox.stop()


async def test_a_webhook_is_registered(provider: TelegramSandbox, alone: CommandLine) -> None:
    """At the address of this gateway, with a secret of its own; before that the list says that it is missing."""
    before = await alone("channel", "list")
    connected = await alone.must("channel", "connect", "telegram")
    after = await alone.must("channel", "list")

    assert (before.code, "telegram\ttrouble" in before.out) == (1, True)
    assert "connected as @lang_nghe_bot" in connected.err
    assert provider.hook["url"] == "https://phananh.example.vn/hooks/telegram"
    assert len(provider.hook["secret"]) >= 32
    assert "telegram\tok" in after.out


async def test_what_cannot_be_connected_is_refused_with_a_sentence(
    provider: TelegramSandbox, alone: CommandLine
) -> None:
    """A channel that is off, one without a provider, and a provider that is away."""
    off = await alone("channel", "connect", "fax")
    nothing = await alone("channel", "connect", "web")
    await provider.stop()
    away = await alone("channel", "connect", "telegram")

    assert (off.code, "fax is off" in off.err) == (1, True)
    assert (nothing.code, "web has no hook" in nothing.err) == (1, True)
    assert away.code == 1
    assert BOT not in away.err


async def test_a_channel_whose_check_fails_hides_no_other(
    provider: TelegramSandbox, alone: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Just when one is in trouble somebody looks at the list."""

    async def fail(_channel: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("channels.telegram.adapter.TelegramChannel.check_health", fail)
    told = await alone("channel", "list")

    assert told.code == 1
    assert ["telegram\ttrouble" in told.out, "web\tok" in told.out] == [True, True]
