"""Everything about our bot that a province configures; immutable, checked once at start."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

API = "https://api.telegram.org"
TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{20,100}")
SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")


class TelegramSettings(BaseModel):
    """
    One bot. Times are in seconds.

    With a `hook_url` (https, reachable from outside) Telegram calls us; without one we ask (long polling). Telegram
    gives what it has for us to one asker only, and to none while a webhook is registered.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    token: SecretStr
    hook_secret: SecretStr = Field(description="What Telegram shows with every webhook; ours alone")
    hook_url: str = ""
    api_url: str = API
    send_seconds: float = Field(default=20, gt=0)
    per_second: float = Field(default=25, gt=0, description="Messages of one bot; Telegram bears about 30")
    poll_seconds: int = Field(default=25, ge=0, le=50, description="How long one question may stay unanswered")
    first_pause: float = Field(default=1, gt=0, description="After a failure; doubled each time")
    longest_pause: float = Field(default=60, gt=0)
    connections: int = Field(default=40, ge=1, le=100, description="How many webhooks may come at once")

    @field_validator("token")
    @classmethod
    def _check_token(cls, value: SecretStr) -> SecretStr:
        if not TOKEN.fullmatch(value.get_secret_value()):
            raise ValueError("not a bot token, as BotFather gives it")
        return value

    @field_validator("hook_secret")
    @classmethod
    def _check_secret(cls, value: SecretStr) -> SecretStr:
        if not SECRET.fullmatch(value.get_secret_value()):
            raise ValueError("16 to 256 of A-Z a-z 0-9 _ -")
        return value

    @property
    def bot_id(self) -> str:
        """The bot's user id, which begins its token: our account."""
        return self.token.get_secret_value().partition(":")[0]
