"""
The regulation in force with the fields of competence (lĩnh vực) as administrators keep them, and every older pack.

A regulation says which fields there are; who answers for one, which words hint at it and whether it is still used
changes between two decisions. Each change makes another pack of the same regulation: new reports come under it, cases
go on under the one they began with (U-11).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from core.cases.agencies import AgencyTree
from core.contract.errors import CaseError, NotFound, VersionConflict
from core.intake.fold import fold
from core.regulations.library import PackLibrary
from core.regulations.loader import PackError, overlay, parse_pack
from core.regulations.model import Pack
from core.storage import settings
from core.storage.database import Connection, Database

log = structlog.get_logger()

LONGEST_LABEL, LONGEST_WORD, MOST_WORDS = 80, 40, 80
_PACKS, _CHANGES = "pack:", "categories:"


class CategoryRefused(CaseError):
    """The change would leave no usable list; `vi` says why."""

    code = "category_refused"

    def __init__(self, *reasons: str) -> None:
        super().__init__(f"refused for {len(reasons)} reasons")
        self.reasons = reasons
        self.vi = " ".join(reasons)


@dataclass(frozen=True)
class CategoryDraft:
    """A field of competence as an administrator wants it; `agencies`: who answers for it, the default first."""

    label: str
    agencies: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    active: bool = True


@dataclass(frozen=True)
class CategoryChange:
    """One line of the history."""

    number: int
    category: str
    label: str
    by: str
    at: datetime
    note: str


class PackShelf:
    """The pack in force and the older ones; `changed` is called when administrators made another."""

    def __init__(self, shipped: Pack) -> None:
        self._shipped = shipped
        self._stored: dict[str, Any] = {}
        self.library = PackLibrary(shipped)
        self.changed: Callable[[], None] = lambda: None

    @property
    def history(self) -> list[CategoryChange]:
        """Every change, the newest first."""
        return [_told(key, self._stored[key]) for key in sorted(self._stored, reverse=True)]

    async def refresh(self, database: Database) -> int:
        """Look whether another process changed something; 1 if so."""
        found = await database.read(partial(settings.under, prefix=self._prefix))
        if len(found) == len(self._stored):
            return 0
        await self._turn(database, found)
        return 1

    async def open(self, database: Database) -> None:
        """What is stored, and the document of the pack in force kept for the cases that will pin it."""
        await self._turn(database, await database.read(partial(settings.under, prefix=self._prefix)))

    async def _turn(self, database: Database, stored: dict[str, Any]) -> None:
        pack = _effective(self._shipped, stored)
        documents = await database.write(partial(settings.keep, prefix=_PACKS, name=pack.ref, value=pack.document))
        self._stored, self.library = stored, PackLibrary.of(pack, documents)

    async def change(
        self,
        database: Database,
        category: str,
        *,
        draft: CategoryDraft,
        by: str,
        note: str,
        now: datetime,
        agencies: AgencyTree,
    ) -> str:
        """
        Add (`category` empty) or change one → its id.

        Raises: NotFound; CategoryRefused: nothing is changed; VersionConflict: somebody did at the same moment.
        """
        await self.refresh(database)
        known = self.library.current.intake.categories
        if category and category not in known:
            raise NotFound(category)
        if reasons := list(_objections(self.library.current, category, draft, agencies)):
            raise CategoryRefused(*reasons)
        name = category or _name(draft.label, known)
        entry: dict[str, Any] = {
            "label": draft.label,
            "agencies": list(draft.agencies),
            "keywords": list(draft.keywords),
            "active": draft.active,
        }
        if not category:
            entry |= {"cites": list(next(iter(known.values())).cites), "beyond_text": True}
        value = {"category": name, "entry": entry, "by": by, "at": now.isoformat(), "note": note}
        _effective(self._shipped, self._stored | {f"{len(self._stored) + 1:04}": value}, strict=True)
        if not await database.write(partial(self._add, number=len(self._stored) + 1, value=value)):
            raise VersionConflict("the categories were changed meanwhile")
        await self.refresh(database)
        log.warning("categories_changed", category=name, pack=self.library.current.ref, by=by)
        self.changed()
        return name

    def _add(self, connection: Connection, *, number: int, value: Mapping[str, Any]) -> bool:
        return settings.add(connection, f"{self._prefix}{number:04}", value)

    @property
    def _prefix(self) -> str:
        return f"{_CHANGES}{self._shipped.id}:"


def _effective(shipped: Pack, stored: Mapping[str, Any], *, strict: bool = False) -> Pack:
    """The shipped pack with all changes laid over it; as it ships where an update left them behind."""
    if not stored:
        return shipped
    changes: dict[str, Any] = {}
    for key in sorted(stored):
        changes = overlay(changes, {stored[key]["category"]: stored[key]["entry"]})
    document = overlay(json.loads(shipped.document), {"intake": {"categories": changes}})
    try:
        return parse_pack(json.dumps(document, ensure_ascii=False))
    except PackError as error:
        if strict:
            raise CategoryRefused("Danh mục sau khi sửa không còn hợp lệ với quy chế.") from error
        log.warning("categories_do_not_fit", pack=shipped.ref, problems=len(error.problems))
        return shipped


def _objections(pack: Pack, category: str, draft: CategoryDraft, agencies: AgencyTree) -> Iterable[str]:
    known = pack.intake.categories
    others = [one for key, one in known.items() if key != category and one.active]
    if not draft.label:
        yield "Vui lòng nhập tên lĩnh vực."
    if len(draft.label) > LONGEST_LABEL:
        yield f"Tên lĩnh vực dài nhất {LONGEST_LABEL} ký tự."
    if draft.active and any(fold(one.label) == fold(draft.label) for one in others):
        yield "Đã có lĩnh vực cùng tên."
    if not draft.active and not others:
        yield "Phải còn ít nhất một lĩnh vực đang dùng."
    had = known[category].agencies if category else ()  # an agency that ended still leads to whoever took over
    if gone := [name for name in draft.agencies if name not in had and not agencies.is_active(name)]:
        yield f"Cơ quan không còn hoạt động: {', '.join(map(agencies.name, gone))}."
    if len(draft.keywords) > MOST_WORDS or any(not 2 <= len(word) <= LONGEST_WORD for word in draft.keywords):
        yield f"Tối đa {MOST_WORDS} từ gợi ý, mỗi từ từ 2 đến {LONGEST_WORD} ký tự."


def _name(label: str, known: Mapping[str, object]) -> str:
    """An id out of the label that nobody has yet."""
    base = re.sub(r"[^a-z0-9]+", "_", fold(label)).strip("_")[:40]
    base = base if base[:1].isalpha() else f"linh_vuc_{base}".rstrip("_")
    return next(name for name in (base, *(f"{base}_{n}" for n in range(2, len(known) + 3))) if name not in known)


def _told(key: str, value: Mapping[str, Any]) -> CategoryChange:
    at = datetime.fromisoformat(value["at"])
    return CategoryChange(
        int(key.rpartition(":")[2]), value["category"], value["entry"]["label"], value["by"], at, value["note"]
    )
