"""Providers' settings: off when absent, refused when half right, as the channel wants them otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from channels.facebook.adapter import FacebookChannel
from channels.telegram.adapter import TelegramChannel
from gateway.deployment import open_deployment
from gateway.settings import Settings
from gateway.settings.channels import facebook_settings, telegram_settings
from gateway.settings.load import load_settings, mistakes
from tests.support.deployments import settings_for

BOT = "7000000001:a-token-of-tests-only-0000000000000"


def told(tmp_path: Path, public_url: str, **telegram: str) -> list[str]:
    """What is wrong with these settings, as printed."""
    lines = "".join(f'{key} = "{value}"\n' for key, value in telegram.items())
    return printed(tmp_path, f'public_url = "{public_url}"\n[telegram]\n{lines}')


def printed(tmp_path: Path, lines: str) -> list[str]:
    """What is wrong with these lines of a settings file."""
    path = tmp_path / "langnghe.toml"
    path.write_text(f'mode = "demo"\n{lines}', encoding="utf-8")
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


APP = {
    "app_id": '"900001"',
    "app_secret": '"app-secret-for-tests"',
    "verify_token": '"verify-token-for-tests"',
    "pages": '{1111 = "token-for-tests"}',
}


def facebook(**changes: str) -> str:
    """The section with all that is needed, and these changes; empty: left out."""
    lines = (f"{key} = {value}\n" for key, value in (APP | changes).items() if value)
    return "[facebook]\n" + "".join(lines)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"app_id": ""}, "facebook.app_id: missing, while app_secret, verify_token, pages is given"),
        ({"app_secret": ""}, "facebook.app_secret: missing"),
        ({"verify_token": ""}, "facebook.verify_token: missing"),
        ({"pages": ""}, "facebook.pages: missing"),
        ({"app_id": '"my-app"'}, "facebook.app_id: "),
        ({"app_secret": '"short"'}, "facebook.app_secret: "),
        ({"pages": '{trang = "token-for-tests"}'}, "facebook.pages: "),
        ({"graph_url": '"http://graph.example.vn"'}, "facebook.graph_url: "),
        ({"version": '"latest"'}, "facebook.version: "),
        ({"pages": '{1111 = "env:NO_SUCH_TOKEN"}'}, "facebook.pages.1111: environment variable NO_SUCH_TOKEN"),
    ],
)
def test_half_an_app_is_no_app(tmp_path: Path, changes: dict[str, str], problem: str) -> None:
    """With the key, what is wrong, and an example."""
    [found] = printed(tmp_path, facebook(**changes))

    assert found.startswith(problem)
    assert "example: " in found
    assert "for-tests" not in found


def test_each_page_has_its_token_from_where_it_is_kept(tmp_path: Path) -> None:
    """One from a file, one from the environment; neither is ever printed."""
    (tmp_path / "token").write_text("token-of-a-file\n")
    path = tmp_path / "langnghe.toml"
    pages = f'{{1111 = "file:{tmp_path / "token"}", 1112 = "env:PAGE_TOKEN"}}'
    path.write_text('mode = "demo"\n' + facebook(pages=pages, notice_template='"status_update"'), encoding="utf-8")
    settings = load_settings({"LANGNGHE_CONFIG": str(path), "PAGE_TOKEN": "token-of-the-environment"})
    ours = facebook_settings(settings)

    tokens = {page: token.get_secret_value() for page, token in ours.pages.items()}
    assert tokens == {"1111": "token-of-a-file", "1112": "token-of-the-environment"}
    assert ours.templates["notice"].fields == ("code", "status")
    assert "token-of" not in repr(settings) + repr(ours)


async def test_pages_without_an_app_are_off(tmp_path: Path) -> None:
    """With one the hook is there, for all of its Pages."""
    app: dict[str, Any] = {"app_id": "900001", "app_secret": "app-secret-for-tests", "verify_token": "verify-for-tests"}
    for section, on in (({}, False), ({**app, "pages": {"1111": "token-for-tests"}}, True)):
        async with open_deployment(settings_for(tmp_path / "var", facebook=section)) as deployment:
            assert isinstance(deployment.channels.get("facebook"), FacebookChannel) == on
