"""Everything about our official account that a province configures; immutable, checked once at start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from yarl import URL

from channels.base import THIS_MACHINE

MOST_BUTTONS = 5


class ZaloTemplate(BaseModel):
    """
    A message by phone number (ZNS, ZBS): an approved template and what fills it.

    `fields`: name in the template → name in `OutboundMessage.fields`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^\d{1,20}$")
    fields: Mapping[str, str]


class ZaloSettings(BaseModel):
    """One official account (OA) and the app that speaks for it. Times are in seconds, unless their name says else."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    oa_id: str = Field(pattern=r"^\d{1,30}$")
    app_id: str = Field(pattern=r"^\d{1,30}$")
    app_secret: SecretStr
    oa_secret: SecretStr
    old_oa_secret: SecretStr = Field(
        default=SecretStr(""), description="Still accepted while the secret is being reset"
    )
    public_url: str = Field(description="Our own address, to which the provider comes back after a grant")
    api_url: str = "https://openapi.zalo.me"
    oauth_url: str = "https://oauth.zaloapp.com"
    template_url: str = "https://business.openapi.zalo.me"
    media_hosts: frozenset[str] = frozenset({".zdn.vn"})
    buttons: int = Field(default=MOST_BUTTONS, ge=0, le=MOST_BUTTONS)
    form_image: str = Field(default="", description="Picture over the form that asks for a number; empty: words only")
    proves_calls: bool = Field(default=True, description="Send appsecret_proof along")
    pays: bool = Field(default=True, description="Write also when the free 48 hours are over and a message costs")
    templates: Mapping[str, ZaloTemplate] = Field(default={}, description="By purpose: otp, notice, bulletin, reply")
    template_mode: Literal["", "development"] = ""
    catch_up_hours: float = Field(default=24, ge=0, description="How far back to look after an outage; 0: never")
    catch_up_every: float = Field(default=900, gt=0)
    seconds: float = Field(default=20, gt=0, le=30, description="How long one call may take")

    @field_validator("api_url", "oauth_url", "template_url")
    @classmethod
    def _check_address(cls, value: str) -> str:
        address = URL(value)
        here = address.scheme == "http" and address.host in THIS_MACHINE
        if not (here or (address.scheme == "https" and address.host)):
            raise ValueError("an https address, e.g. https://openapi.zalo.me")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _check_secrets(self) -> Self:
        if not (self.app_secret.get_secret_value() and self.oa_secret.get_secret_value()):
            raise ValueError("app_secret and oa_secret, both from the page of the app")
        return self

    @property
    def secrets(self) -> tuple[str, ...]:
        """What events may be signed with: the OA's secret, and the old one while it is being reset."""
        return tuple(filter(None, (self.oa_secret.get_secret_value(), self.old_oa_secret.get_secret_value())))

    @property
    def redirect_uri(self) -> str:
        """Where the provider sends the official back to."""
        return f"{self.public_url.rstrip('/')}/oauth/zalo/callback"
