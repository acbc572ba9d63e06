"""Providers' settings: off when absent, refused when half right, as the channel wants them otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from channels.telegram.adapter import TelegramChannel
from gateway.deployment import open_deployment
from gateway.settings import Settings
from gateway.settings.channels import telegram_settings
from gateway.settings.load import load_settings, mistakes
from tests.support.deployments import settings_for

BOT = "7000000001:a-token-of-tests-only-0000000000000"


def told(tmp_path: Path, public_url: str, **telegram: str) -> list[str]:
    """What is wrong with these settings, as printed."""
    lines = "".join(f'{key} = "{value}"\n' for key, value in telegram.items())
    path = tmp_path / "langnghe.toml"
    path.write_text(f'mode = "demo"\npublic_url = "{public_url}"\n[telegram]\n{lines}', encoding="utf-8")
    found = mistakes({"LANGNGHE_CONFIG": str(path)})
    return [] if isinstance(found, Settings) else [str(error) for error in found]


@pytest.mark.parametrize(
    ("public_url", "telegram", "problem"),
    [
        ("https://phananh.example.vn", {"token": "7000000001"}, "telegram.token: not a bot token"),
        ("https://phananh.example.vn:8444", {"token": BOT}, "telegram.updates: Telegram calls only ports"),
        (
            "http://phananh.example.vn",
            {"token": BOT, "updates": "webhook"},
            "telegram.updates: Telegram calls only an h",
        ),
        (
            "https://phananh.example.vn",
            {"token": BOT, "api_url": "http://tg.example.vn"},
            "telegram.api_url: not an https",
        ),
        ("https://phananh.example.vn", {"token": BOT, "updates": "often"}, "telegram.updates: "),
    ],
)
def test_half_right_is_wrong(tmp_path: Path, public_url: str, telegram: dict[str, str], problem: str) -> None:
    """With the key, what is wrong, and an example."""
    [found] = told(tmp_path, public_url, **telegram)

    assert found.startswith(problem)
    assert "example: " in found
    assert BOT not in found


def test_a_port_does_not_matter_to_who_asks(tmp_path: Path) -> None:
    """Nobody calls us then."""
    assert told(tmp_path, "https://phananh.example.vn:8444", token=BOT, updates="polling") == []


@pytest.mark.parametrize(
    ("public_url", "updates", "hook_url"),
    [
        ("https://phananh.example.vn/", "auto", "https://phananh.example.vn/hooks/telegram"),
        ("http://127.0.0.1:8080", "auto", ""),
        ("http://127.0.0.1:8080", "webhook", "http://127.0.0.1:8080/hooks/telegram"),
        ("https://phananh.example.vn", "polling", ""),
    ],
)
def test_who_can_be_called_is_called(tmp_path: Path, public_url: str, updates: str, hook_url: str) -> None:
    """And who cannot, asks."""
    settings = settings_for(tmp_path, public_url=public_url, telegram={"token": BOT, "updates": updates})

    assert telegram_settings(settings, hook_secret="s" * 32).hook_url == hook_url


def test_a_token_from_a_file_is_never_printed(tmp_path: Path) -> None:
    """Nor what holds it."""
    (tmp_path / "token").write_text(f"{BOT}\n")
    path = tmp_path / "langnghe.toml"
    path.write_text(f'mode = "demo"\n[telegram]\ntoken = "file:{tmp_path / "token"}"\n', encoding="utf-8")
    settings = load_settings({"LANGNGHE_CONFIG": str(path)})

    assert settings.telegram.token.get_secret_value() == BOT
    assert BOT not in repr(settings)


@pytest.mark.parametrize(("telegram", "on"), [({}, False), ({"token": BOT, "updates": "polling"}, True)])
async def test_a_bot_without_a_token_is_off(tmp_path: Path, telegram: dict[str, Any], *, on: bool) -> None:
    """With one it is a channel, under the number of the bot, and the same secret after every start."""
    secrets = set()
    for _ in range(2):
        async with open_deployment(settings_for(tmp_path / "var", telegram=telegram)) as deployment:
            channel = deployment.channels.get("telegram")
            assert isinstance(channel, TelegramChannel) == on
            if isinstance(channel, TelegramChannel):
                assert channel.account == "7000000001"
                secrets.add(channel.settings.hook_secret.get_secret_value())
    assert len(secrets) == on
