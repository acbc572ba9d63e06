"""
What another system is told: facts about a case or a dispatch, never a word of anybody and nothing about the reporter.

Whoever may know more asks for it through the API, where what they may see is decided.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from core.contract.schema import Instant, Model

CaseEvent = Literal["case.opened", "case.moved", "case.published"]
DispatchEvent = Literal["dispatch.opened", "dispatch.moved"]
MirrorState = Literal["received", "taken", "answered", "returned"]
TEST = "link.tested"
MIRRORED = "case.mirrored"


class PublicCase(Model):
    """A case as everybody may read it: what the regulation's own list does not name is empty."""

    code: str
    category: str = ""
    commune_code: str = ""
    received_at: datetime | None = None
    stage: str = Field(default="", description="In public words")
    agencies: tuple[str, ...] = ()
    answer: str = Field(default="", description="The published answer")
    interim: bool = False
    answered_at: datetime | None = None


class DispatchFacts(Model):
    """An agency's part of a case. `due_at`: its nearest limit; `path`: of the case in the API."""

    case_id: str
    code: str
    dispatch_id: str
    agency_id: str
    stage: str
    label: str
    open: bool
    due_at: Instant | None = None
    version: int
    path: str


class Mirrored(Model):
    """
    Where a case stands at whom it was handed to.

    `case_id` and `dispatch_id` are those of whoever handed it over. `stage`: in public words. `text`: the answer, or
    why it comes back. `files`: evidence, uploaded to that case before.
    """

    case_id: str
    dispatch_id: str
    state: MirrorState
    stage: str
    text: str = Field(default="", max_length=20_000)
    files: tuple[str, ...] = Field(default=(), max_length=20)


class CaseNews(Model):
    """A case was opened, moved on in the eyes of the public, or its answer was published."""

    id: str
    type: CaseEvent
    at: Instant
    data: PublicCase


class DispatchNews(Model):
    """A case was given to the agency of this link, or moved on there."""

    id: str
    type: DispatchEvent
    at: Instant
    data: DispatchFacts


class MirrorNews(Model):
    """A case that was handed over moved on at its partner; only between two deployments of this product."""

    id: str
    type: Literal["case.mirrored"]
    at: Instant
    data: Mirrored


class TestNews(Model):
    """Somebody at the centre tries whether this link works; nothing else is meant."""

    id: str
    type: Literal["link.tested"]
    at: Instant


News = CaseNews | DispatchNews | MirrorNews | TestNews
WEBHOOKS: dict[str, tuple[type[Model], str]] = {
    "case.opened": (CaseNews, "Có hồ sơ mới"),
    "case.moved": (CaseNews, "Hồ sơ chuyển bước"),
    "case.published": (CaseNews, "Kết quả được công khai"),
    "dispatch.opened": (DispatchNews, "Hồ sơ được phân phối cho cơ quan"),
    "dispatch.moved": (DispatchNews, "Phần việc của cơ quan chuyển bước"),
    TEST: (TestNews, "Gửi thử"),
}
"""Every type that is told to systems of others, with its form and its name."""
