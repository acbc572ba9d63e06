"""Everything about our Facebook app and its Pages that a province configures; immutable, checked once at start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from channels.base import THIS_MACHINE
from core.contract.schema import Purpose

COMMENT_ANSWER = "Trung tâm đã nhận ý kiến của anh/chị và trả lời qua tin nhắn riêng."
INVITATION = "Anh/chị vui lòng nhắn tin riêng cho Trang để Trung tâm tiếp nhận và trả lời."
MEDIA_HOSTS = frozenset({".fbcdn.net", ".fbsbx.com"})
_ID = re.compile(r"[0-9]{1,40}")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Template(_Frozen):
    """A utility template approved by the provider. `fields`: which of a message's short values fill its blanks."""

    name: str = Field(min_length=1)
    language: str = "vi"
    fields: tuple[str, ...] = ("code", "status")


class FacebookSettings(_Frozen):
    """
    One app with one hook, and the Pages that it serves.

    `pages`: Page id → Page token. `comments`: which comments open a conversation: all, only those directly under a
    post (`top`), none.
    """

    app_id: str
    app_secret: SecretStr
    old_app_secrets: tuple[SecretStr, ...] = Field(default=(), description="Still recognised while it is being reset")
    verify_token: SecretStr
    pages: Mapping[str, SecretStr]
    graph_url: str = "https://graph.facebook.com"
    version: str = Field(default="v26.0", pattern=r"^v[0-9]+\.[0-9]+$")
    human_agent: bool = Field(default=False, description="The provider has approved HUMAN_AGENT for our app")
    templates: Mapping[Purpose, Template] = Field(default_factory=dict)
    comments: Literal["all", "top", "none"] = "all"
    comment_answer: str = Field(default=COMMENT_ANSWER, description="Said under the comment; empty: nothing is")
    invitation: str = Field(default=INVITATION, description="Said there where no private answer is possible")
    other_tools: frozenset[str] = Field(
        default=frozenset(), description="App ids of tools that answer by themselves; nobody takes over with them"
    )
    media_hosts: frozenset[str] = MEDIA_HOSTS
    per_second: float = Field(default=40, gt=0, description="Of one Page: above 40 its inbox hides messages")
    timeout: float = Field(default=20, gt=0, description="Seconds that one call may take")

    @field_validator("app_id")
    @classmethod
    def _check_app(cls, value: str) -> str:
        if not _ID.fullmatch(value):
            raise ValueError("the id of the app is digits, e.g. 900001")
        return value

    @field_validator("app_secret", "verify_token")
    @classmethod
    def _check_secret(cls, value: SecretStr) -> SecretStr:
        if len(value.get_secret_value()) < 12:
            raise ValueError("at least 12 characters, e.g. made by: openssl rand -hex 16")
        return value

    @field_validator("pages")
    @classmethod
    def _check_pages(cls, value: Mapping[str, SecretStr]) -> Mapping[str, SecretStr]:
        if not value:
            raise ValueError('at least one Page with its token, e.g. {"1111" = "env:PAGE_TOKEN"}')
        for page, token in value.items():
            if not _ID.fullmatch(page) or not token.get_secret_value():
                raise ValueError("a Page is its id, in digits, and its token")
        return value

    @model_validator(mode="after")
    def _check_url(self) -> Self:
        url = urlsplit(self.graph_url)
        if url.scheme != "https" and url.hostname not in THIS_MACHINE:
            raise ValueError("https only, e.g. https://graph.facebook.com")
        return self

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """Secrets that may have signed a delivery, the one in force first."""
        return tuple(secret.get_secret_value().encode() for secret in (self.app_secret, *self.old_app_secrets))
