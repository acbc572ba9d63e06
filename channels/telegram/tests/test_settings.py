"""What a bot may be set up with."""

from __future__ import annotations

import pytest
from pydantic import SecretStr, ValidationError

from channels.telegram.sandbox import BOT
from channels.telegram.tests.builders import settings


def test_the_account_is_the_bots_number() -> None:
    assert settings().bot_id == "7000000001"


@pytest.mark.parametrize("token", ["", "7000000001", "7000000001:short", f"{BOT} ", f"bot{BOT}"])
def test_a_token_looks_like_one(token: str) -> None:
    with pytest.raises(ValidationError, match="BotFather"):
        settings(token=SecretStr(token))


@pytest.mark.parametrize("secret", ["", "short", "with spaces in it, long enough", "có dấu mà đủ dài"])
def test_a_secret_is_one_that_telegram_takes(secret: str) -> None:
    with pytest.raises(ValidationError, match="16 to 256"):
        settings(hook_secret=SecretStr(secret))
