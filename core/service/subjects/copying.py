"""
The copy of one person's data (VN-4): everything we keep of them, as a page to read, as JSON, and their files.

Read at one moment, opened under their own key alone: what others said, and what staff noted, has no way into it.
"""

from __future__ import annotations

import asyncio
import html
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import IO, Any

from core.clock import local
from core.contract.errors import NotFound
from core.contract.schema import Attachment, Report, Reporter
from core.identity.codes import format_code
from core.privacy.media import FileMediaStore
from core.service.public.following import FollowView, Reading, read_follow, shown
from core.service.regulation import Regulation
from core.service.safe import Safe
from core.service.subjects.words import CORRECTABLE
from core.service.talk import Correspondent, MessageContent
from core.storage import consents, contacts, conversations, data_requests, people, reports
from core.storage.consents import ConsentRow
from core.storage.conversations import ConversationRow, MessageRow
from core.storage.data_requests import Kept
from core.storage.database import Connection, Database
from core.subjects.rights import load_rights

JSON, PAGE, FILES = "du-lieu.json", "du-lieu.html", "tep"
_MOST_MESSAGES = 10_000
_OURS = {
    "regulation",
    "conversation_id",
    "contact_id",
    "message_ids",
    "call_ids",
    "attachments",
    "id",
    "schema_version",
}
"""Of a report what is ours, not theirs."""


@dataclass(frozen=True)
class _Rows:
    profile: bytes | None
    readings: list[Reading]
    talks: list[tuple[ConversationRow, list[MessageRow]]]
    consents: list[ConsentRow]
    requests: list[Kept]
    accesses: list[tuple[datetime, str]]


@dataclass
class _Opened:
    told: dict[str, Any]
    files: dict[str, Attachment] = field(default_factory=dict)


class Copying:
    """Makes the copies."""

    def __init__(
        self,
        database: Database,
        *,
        safe: Safe,
        media: FileMediaStore,
        regulation: Regulation,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._safe = safe
        self._media = media
        self._regulation = regulation
        self._now = now

    async def write(self, contact_id: str, into: IO[bytes]) -> None:
        """A zip: the page, the JSON, every file of theirs that is still here. NotFound: nobody, or erased."""
        rows = await self._database.read(partial(_read, contact_id=contact_id))
        await self._safe.bring(contact_id, new=False)
        opened = await asyncio.to_thread(self._open, contact_id, rows)
        with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(JSON, json.dumps(opened.told, ensure_ascii=False, indent=2))
            archive.writestr(PAGE, _page(opened.told))
            for name, file in opened.files.items():
                await self._add(archive, f"{FILES}/{name}", file)

    async def _add(self, archive: zipfile.ZipFile, name: str, file: Attachment) -> None:
        try:
            found = await self._media.open(file.stored_key)
        except NotFound:
            return
        await asyncio.to_thread(archive.writestr, name, found.data)

    def _open(self, contact_id: str, rows: _Rows) -> _Opened:
        opened = _Opened({})
        unseal = partial(self._safe.open_or_none, subject_id=contact_id)
        profile = unseal(rows.profile, Reporter, place=f"contact:{contact_id}") or Reporter()
        opened.told = {
            "lap_luc": _moment(self._now()),
            "nguoi": profile.model_dump(),
            "phan_anh": [one for reading in rows.readings for one in self._report(reading, opened)],
            "trao_doi": [self._talk(contact_id, *talk, opened=opened) for talk in rows.talks],
            "su_dong_y": [_consent(one) for one in rows.consents],
            "yeu_cau_ve_du_lieu": [_request(one) for one in rows.requests],
            "da_duoc_xem": [{"luc": _moment(at), "loai": what} for at, what in rows.accesses],
        }
        return opened

    def _report(self, reading: Reading, opened: _Opened) -> Iterator[dict[str, Any]]:
        row = reading.report
        told = self._safe.open_or_none(row.content_sealed, Report, subject_id=row.contact_id, place=f"report:{row.id}")
        if told is None:
            return
        view = read_follow(reading, safe=self._safe, regulation=self._regulation, now=self._now())
        said = told.model_dump(mode="json", exclude=_OURS)
        yield said | {"tep": _named(told.attachments, opened), "tien_trinh": _progress(view)}

    def _talk(
        self, contact_id: str, row: ConversationRow, messages: Sequence[MessageRow], *, opened: _Opened
    ) -> dict[str, Any]:
        lines = []
        for one in messages:
            said = self._safe.open_or_none(
                one.content_sealed, MessageContent, subject_id=contact_id, place=f"message:{one.id}"
            )
            if said is not None:
                by = "Trung tâm" if one.direction == "out" else "Quý vị"
                files = _named(said.attachments, opened) if one.direction == "in" else []
                lines.append({"luc": _moment(one.at), "nguoi_viet": by, "noi_dung": said.text, "tep": files})
        who = self._safe.open_or_none(
            row.correspondent_sealed, Correspondent, subject_id=contact_id, place=f"conversation:{row.id}"
        )
        named = {"dia_chi": who.address.value, "ten": who.name} if who else {}
        return {"kenh": row.channel, **named, "tu": _moment(row.created_at), "tin": lines}


def _read(connection: Connection, contact_id: str) -> _Rows:
    rows = reports.of_contact(connection, contact_id)
    talks = conversations.of_contact(connection, contact_id)
    if not rows and not talks:
        raise NotFound("no such contact")
    readings = (Reading.of(connection, row.code) for row in rows)
    refs = [contact_id, *(row.case_id for row in rows), *(row.id for row in talks)]
    return _Rows(
        profile=contacts.profile(connection, contact_id),
        readings=[reading for reading in readings if reading is not None],
        talks=[(row, conversations.messages(connection, row.id, most=_MOST_MESSAGES)) for row in talks],
        consents=consents.of_contact(connection, contact_id),
        requests=data_requests.of_contacts(connection, [contact_id]),
        accesses=sorted((at, what) for ref in dict.fromkeys(refs) for at, _, what in people.accesses(connection, ref)),
    )


def _named(files: Sequence[Attachment], opened: _Opened) -> list[str]:
    """Their files by the name under which they lie in the zip; one that was sent twice lies there once."""
    names = []
    for file in shown(files):
        if file.stored_key:
            name = f"{file.stored_key[-12:]}-{file.name or file.kind.value}".replace("/", "_")
            opened.files[name] = file
            names.append(name)
    return names


def _progress(view: FollowView) -> dict[str, Any]:
    answers = [{"luc": _moment(one.at), "co_quan": one.agency, "noi_dung": one.text} for one in view.progress.answers]
    return {"tinh_trang": view.progress.stage, "tra_loi": answers}


def _consent(row: ConsentRow) -> dict[str, Any]:
    return {
        "luc": _moment(row.given_at),
        "phien_ban": row.wording,
        "cho": list(row.covers),
        "kenh": row.channel,
        "rut_luc": _moment(row.withdrawn_at) if row.withdrawn_at else "",
    }


def _request(kept: Kept) -> dict[str, Any]:
    asked = kept.request
    right = load_rights().rights[asked.right].label
    return {"luc": _moment(asked.received_at), "quyen": right, "tinh_trang": asked.state.value}


def _moment(at: datetime) -> str:
    return local(at).isoformat(timespec="minutes")


_TITLES: Mapping[str, str] = {
    "lap_luc": "Lập lúc",
    "nguoi": "Thông tin của Quý vị",
    "phan_anh": "Phản ánh",
    "trao_doi": "Trao đổi",
    "su_dong_y": "Sự đồng ý",
    "yeu_cau_ve_du_lieu": "Yêu cầu về dữ liệu",
    "da_duoc_xem": "Dữ liệu đã được xem",
}


def _page(told: Mapping[str, Any]) -> str:
    """The same for people: plain, without script or style, printable from any browser."""
    parts = [f"<h2>{title}</h2>{_shown(told[name])}" for name, title in _TITLES.items()]
    return (
        '<!doctype html><html lang="vi"><meta charset="utf-8"><title>Dữ liệu của Quý vị</title>'
        f"<h1>Dữ liệu của Quý vị</h1>{''.join(parts)}</html>"
    )


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        rows = (
            f"<dt>{_word(name)}</dt><dd>{_shown(one)}</dd>" for name, one in value.items() if one not in ("", [], {})
        )
        return f"<dl>{''.join(rows)}</dl>"
    if isinstance(value, (list, tuple)):
        return f"<ol>{''.join(f'<li>{_shown(one)}</li>' for one in value)}</ol>" if value else "<p>Không có.</p>"
    return html.escape(format_code(value) if isinstance(value, str) and _is_code(value) else str(value))


def _word(name: str) -> str:
    return html.escape(CORRECTABLE.get(name, name).replace("_", " "))


def _is_code(value: str) -> bool:
    return len(value) == 12 and value.isdigit()
