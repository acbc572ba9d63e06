"""Lines of both logs in words: when, who, what, of which case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from core.cases.events import parse_event
from core.cases.model import Case
from core.service.joining import JOINED, PARTED
from core.service.reading.names import REPORTER, SYSTEM, THE_REPORTER, THE_SYSTEM, Names
from core.service.reading.sentences import sentence
from core.service.regulation import Regulation
from core.service.subjects.desk import COPIED
from core.storage import staff_lists
from core.storage.database import Connection
from core.storage.looks import Act, Look, Window, acts, cases_behind, looks
from core.storage.recordings import ERASED
from core.storage.retention import PSEUDONYMISED
from gateway.console.audit.wish import ACTS, Wish

PAGE = 100
LOOKED = "audit"
EXPORTED = "audit_export"
WHAT = MappingProxyType(
    {
        "identity": "Thông tin người phản ánh",
        "conversation": "Nội dung hội thoại",
        "contact": "Hồ sơ người liên hệ",
        "file": "Ảnh, tệp đính kèm",
        "letter": "Văn bản trả lời",
        "data_request": "Yêu cầu về dữ liệu cá nhân",
        COPIED: "Bản sao dữ liệu của người yêu cầu",
        "case_link": "Mở hồ sơ từ liên kết trong tin nhắn",
        JOINED: "Gộp người liên hệ cùng số điện thoại đã xác minh",
        PARTED: "Tách người liên hệ đã gộp",
        PSEUDONYMISED: "Ẩn danh người phản ánh khi hết thời hạn lưu",
        ERASED: "Xóa ghi âm cuộc gọi khi hết thời hạn lưu",
        LOOKED: "Xem nhật ký",
        EXPORTED: "Xuất nhật ký ra tệp",
    }
)
_NOBODYS = MappingProxyType({SYSTEM: THE_SYSTEM, REPORTER: THE_REPORTER})


@dataclass(frozen=True)
class Line:
    """One person, one thing: how often within a minute, the last time at `at`; `case`: (id, code) where it is known."""

    at: datetime
    name: str
    what: str
    case: tuple[str, str] | None = None
    times: int = 1


@dataclass(frozen=True)
class Found:
    """A page of lines, and where the next one begins."""

    lines: list[Line]
    after: tuple[int, str] | None = None


def read_lines(
    connection: Connection,
    *,
    wish: Wish,
    case: Case | None,
    regulation: Regulation,
    after: tuple[int, str] | None = None,
    most: int = PAGE,
) -> Found:
    """What was asked for, the newest first; of a case also what was read of its conversations and reporters."""
    window = Window(wish.since, wish.until, wish.person, after=after, most=most + 1)
    if wish.log == ACTS:
        done = acts(connection, replace(window, refs=(case.id,) if case else ()))
        return Found(_acts(connection, done[:most], regulation), done[most - 1].place if len(done) > most else None)
    seen = looks(connection, replace(window, refs=_refs(case) if case else ()))
    return Found(gathered(_looks(connection, seen[:most])), seen[most - 1].place if len(seen) > most else None)


def _refs(case: Case) -> tuple[str, ...]:
    told = (ref for one in case.reports for ref in (one.conversation_id, one.contact_id, one.code) if ref)
    return tuple(dict.fromkeys([case.id, *told]))


def _looks(connection: Connection, found: list[Look]) -> list[Line]:
    names = staff_lists.user_names(connection, {one.user_id for one in found}) | _NOBODYS
    cases = cases_behind(connection, {one.ref for one in found})
    return [
        Line(one.at, names.get(one.user_id, one.user_id), WHAT.get(one.what, one.what), cases.get(one.ref))
        for one in found
    ]


def _acts(connection: Connection, found: list[Act], regulation: Regulation) -> list[Line]:
    events = [parse_event(one.body) for one in found]
    users = staff_lists.user_names(connection, {one.actor for one in found})
    names = Names(regulation.current, regulation.agencies, users)
    cases = cases_behind(connection, {one.case_id for one in found})
    return [
        Line(one.at, names.person(event.by).name, sentence(event, names), cases.get(one.case_id))
        for one, event in zip(found, events, strict=True)
    ]


def gathered(found: Iterable[Line]) -> list[Line]:
    """One line for what one person read of one case within one minute: a page with six photos is six readings."""
    lines: dict[tuple[object, ...], Line] = {}
    for one in found:
        key = (one.at.replace(second=0, microsecond=0), one.name, one.what, one.case)
        lines[key] = replace(lines[key], times=lines[key].times + 1) if key in lines else one
    return list(lines.values())
