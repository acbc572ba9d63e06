"""The form of a public notice: what was typed, what is wrong with it, and what it says."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from channels.base import clean_text
from core.clock import local
from core.clock.zone import moment_written
from core.service.public_notices import MOST_AREAS, NoticeDraft, areas_in
from core.storage.public_notices import NoticeRow
from gateway.console.shared import line_of

LONGEST_TEXT = 8000
_FIELDS = MappingProxyType(
    {
        "kind": "loai",
        "title": "tieu-de",
        "text": "noi-dung",
        "areas": "khu-vuc",
        "topic": "linh-vuc",
        "valid_from": "tu",
        "valid_until": "den",
    }
)
_WRONG = MappingProxyType(
    {
        "loai": "Vui lòng chọn loại thông báo.",
        "tieu-de": "Vui lòng nhập tiêu đề.",
        "noi-dung": f"Vui lòng nhập nội dung, không quá {LONGEST_TEXT} ký tự.",
        "khu-vuc": f"Vui lòng nhập không quá {MOST_AREAS} khu vực, cách nhau bằng dấu phẩy.",
        "linh-vuc": "Vui lòng chọn lĩnh vực trong danh sách.",
        "tu": "Vui lòng chọn lúc bắt đầu.",
        "den": "Vui lòng chọn lúc kết thúc, sau lúc bắt đầu và sau lúc này.",
    }
)


def typed_in(posted: Mapping[str, Any]) -> dict[str, str]:
    """What was typed, field by field."""
    typed = {name: line_of(posted.get(name)) for name in _FIELDS.values()}
    text = posted.get("noi-dung")
    return typed | {"noi-dung": clean_text(text).strip() if isinstance(text, str) else ""}


def typed_of(row: NoticeRow) -> dict[str, str]:
    """A notice as it was typed."""
    return {
        "loai": row.kind,
        "tieu-de": row.title,
        "noi-dung": row.text,
        "khu-vuc": ", ".join(row.areas),
        "linh-vuc": row.topic,
        "tu": written(row.valid_from),
        "den": written(row.valid_until),
    }


def read_notice(
    typed: Mapping[str, str], *, topics: Collection[str], now: datetime
) -> tuple[NoticeDraft | None, dict[str, str]]:
    """What is to be told, or what is wrong with it, field by field."""
    told: dict[str, Any] = {name: typed[field] for name, field in _FIELDS.items()}
    told["areas"] = areas_in(typed["khu-vuc"])
    told["valid_from"], told["valid_until"] = _moment(typed["tu"]), _moment(typed["den"])
    try:
        draft = NoticeDraft.model_validate(told)
    except ValidationError as error:
        wrong = {_FIELDS[str(one["loc"][0])] if one["loc"] else "den" for one in error.errors(include_input=False)}
    else:
        wrong = {"den"} if draft.valid_until <= now else set()
        wrong |= {"linh-vuc"} if draft.topic and draft.topic not in topics else set()
        if not wrong:
            return draft, {}
    return None, {name: sentence for name, sentence in _WRONG.items() if name in wrong}


def written(moment: datetime) -> str:
    """As a field for day and time takes it: Vietnamese time, to the minute."""
    return local(moment).strftime("%Y-%m-%dT%H:%M")


def _moment(typed: str) -> datetime | None:
    try:
        return moment_written(typed)
    except ValueError:
        return None
