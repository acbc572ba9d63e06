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
DispatchEvent = Literal["dispatch.opened", "dispatch.moved", "dispatch.urgency", "dispatch.remarked"]
MirrorState = Literal["received", "taken", "answered", "returned"]
TEST = "link.tested"
MIRRORED = "case.mirrored"
ASKED, SUPPLIED = "case.asked", "case.supplied"
AskedField = Literal["content", "place", "time", "media"]
"""What a partner may ask of whoever reported; who they are stays with whom they told it."""


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
    """
    An agency's part of a case. `due_at`: its nearest limit; `path`: of the case in the API.

    `emergency`: the case stands in a tier that cannot wait, whatever the regulation calls it. `remark`: the version of
    the entry of its timeline that holds what was said; 0: nothing was.
    """

    case_id: str
    code: str
    dispatch_id: str
    agency_id: str
    stage: str
    label: str
    open: bool
    due_at: Instant | None = None
    emergency: bool = False
    remark: int = 0
    version: int
    path: str


class Mirrored(Model):
    """
    Where a case stands at whom it was handed to.

    `case_id` and `dispatch_id` are those of whoever handed it over. `stage`: in public words. `text`: the answer, or
    why it comes back. `files`: evidence, uploaded to that case before. `clarification`: what was made clear of the
    answer last, which also ends `text`; the last `clarification_files` of the files belong to it.
    """

    case_id: str
    dispatch_id: str
    state: MirrorState
    stage: str
    text: str = Field(default="", max_length=20_000)
    files: tuple[str, ...] = Field(default=(), max_length=20)
    clarification: str = Field(default="", max_length=20_000)
    clarification_files: int = Field(default=0, ge=0)


class Asked(Model):
    """
    What somebody who works on a case wants to know from whoever reported it; ids are those of who handed it over.

    `question`: its id, which the answer names. `fields`: as a regulation calls them. `note`: in words.
    """

    case_id: str
    dispatch_id: str
    question: str = Field(min_length=8, max_length=64)
    fields: tuple[str, ...] = Field(default=(), max_length=20)
    note: str = Field(default="", max_length=20_000)


class Supplied(Model):
    """What was answered, masked as the case itself is; `files` lie at the case of who handed it over."""

    case_id: str
    dispatch_id: str
    code: str
    question: str
    text: str = Field(default="", max_length=20_000)
    files: tuple[str, ...] = Field(default=(), max_length=20)


class CaseNews(Model):
    """A case was opened, moved on in the eyes of the public, or its answer was published."""

    id: str
    type: CaseEvent
    at: Instant
    data: PublicCase


class DispatchNews(Model):
    """
    A case was given to the agency of this link, moved on there, became urgent or no longer is; or whoever reported
    rated its answer or asked about it, or somebody else made that clear.
    """

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


class AskedNews(Model):
    """A partner asks whoever reported; only between two deployments of this product."""

    id: str
    type: Literal["case.asked"]
    at: Instant
    data: Asked


class SuppliedNews(Model):
    """Whoever reported answered a partner's question; only between two deployments of this product."""

    id: str
    type: Literal["case.supplied"]
    at: Instant
    data: Supplied


class TestNews(Model):
    """Somebody at the centre tries whether this link works; nothing else is meant."""

    id: str
    type: Literal["link.tested"]
    at: Instant


News = CaseNews | DispatchNews | MirrorNews | AskedNews | SuppliedNews | TestNews
WEBHOOKS: dict[str, tuple[type[Model], str]] = {
    "case.opened": (CaseNews, "Có hồ sơ mới"),
    "case.moved": (CaseNews, "Hồ sơ chuyển bước"),
    "case.published": (CaseNews, "Kết quả được công khai"),
    "dispatch.opened": (DispatchNews, "Hồ sơ được phân phối cho cơ quan"),
    "dispatch.moved": (DispatchNews, "Phần việc của cơ quan chuyển bước"),
    "dispatch.urgency": (DispatchNews, "Hồ sơ được đặt hoặc bỏ mức khẩn"),
    "dispatch.remarked": (DispatchNews, "Kết quả được đánh giá, được phản hồi hoặc được làm rõ"),
    TEST: (TestNews, "Gửi thử"),
}
"""Every type that is told to systems of others, with its form and its name."""
