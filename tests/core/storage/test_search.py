"""Search by words and by agency: the same answers on both engines, the newest first, and nothing of what was erased."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update

from core.intake.fold import fold
from core.storage import case_search, cases, reports, search_schema
from core.storage.case_search import Search
from core.storage.cases import CaseRow
from core.storage.database import Connection, Database
from core.storage.tables import case
from core.storage.together import store_together
from core.storage.wordsearch import Phrase, phrases
from tests.support.canary import find_in_files
from tests.support.databases import on_both_engines

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
BODIES = (
    "Đèn đường hỏng trước số 12/5 Lê Lợi, phường Vĩnh Ninh.",
    "Rác thải chất đống trên đường Đống Đa; đèn vẫn sáng.",
    "Nước tràn ra đường, hỏng cả vỉa hè trước nhà số 125.",
    "Hố ga mất nắp ở chợ Đông Ba.",
)


def opened(number: int, body: str, *, agencies: Sequence[str] = (), **changes: Any) -> CaseRow:
    """A case that is `number` minutes old."""
    values: dict[str, Any] = {
        "id": f"c{number}",
        "code": f"{number:012}",
        "regulation": "r@1",
        "version": 1,
        "head": b"h",
        "stage": "received",
        "open": True,
        "urgency": "normal",
        "category": "",
        "received_at": NOW - timedelta(minutes=number),
        "closed_at": None,
        "published_at": None,
        "next_due_at": None,
        "state": {},
        "search_text": fold(body),
        "agencies": json.dumps(list(agencies)),
    }
    return CaseRow(**values | changes)


async def store(database: Database, *rows: CaseRow) -> None:
    await database.write(lambda connection: store_together(connection, [(cases.CASES, row.__dict__) for row in rows]))


async def found(database: Database, text: str = "", **wanted: Any) -> list[str]:
    """Ids, as they are listed."""
    asked = Search(text=fold(text), **wanted)
    return [row.id for row in await database.read(partial(case_search.search, wanted=asked))]


@pytest.fixture
async def archive(database: Database) -> Database:
    """Four cases, the first of them the newest."""
    await store(database, *(opened(number, body) for number, body in enumerate(BODIES)))
    return database


@on_both_engines
@pytest.mark.parametrize(
    ("typed", "hits"),
    [
        ("duong", ["c0", "c1", "c2"]),
        ("Đường", ["c0", "c1", "c2"]),
        (unicodedata.normalize("NFD", "đường"), ["c0", "c1", "c2"]),
        ("hong den", ["c0"]),
        ('"đèn đường"', ["c0"]),
        ('"đường hỏng"', ["c0", "c2"]),
        ('"hỏng đường"', []),
        ("Đống Đa", ["c1"]),
        ("12/5", ["c0"]),
        ("12 5", ["c0"]),
        ("12", ["c0"]),
        ("12*", ["c0", "c2"]),
        ("trư*", ["c0", "c2"]),
        ("trư", []),
        ("chợ -ga", ["c3"]),
        ('den" OR "rac', []),
        ("words:den AND NOT", []),
        ("%", []),
        ("'; --", []),
        ("hố | ga & !chợ", ["c3"]),
    ],
)
async def test_what_is_typed_finds_the_same_on_both_engines(archive: Database, typed: str, hits: list[str]) -> None:
    """Words in any spelling, phrases, beginnings; nothing typed is an operator."""
    assert await found(archive, typed) == hits


@on_both_engines
async def test_pages_go_on_through_cases_of_one_instant(database: Database) -> None:
    """Nothing twice, nothing left out, with and without words, with and without agencies."""
    rows = [opened(number, "đèn hỏng", agencies=["a", "b"], received_at=NOW) for number in range(7)]
    await store(database, *rows)

    for wanted in (Search(), Search(text="den"), Search(agencies=("b", "a")), Search(text="den", agencies=("a",))):
        seen: list[str] = []
        before = None
        while True:
            page = await database.read(partial(case_search.look, wanted=wanted, before=before, most=2))
            seen += [row.id for row in page.rows]
            before = page.last
            if before is None:
                break
        assert sorted(seen) == sorted(row.id for row in rows), wanted


@on_both_engines
async def test_an_agency_lists_and_searches_what_it_has_a_part_in(database: Database) -> None:
    """From the moment it has one, in whatever company; its id may hold any character."""
    odd = "phòng_1.a-b"
    await store(
        database,
        opened(0, "đèn hỏng", agencies=["water"]),
        opened(1, "đèn hỏng", agencies=["lights", odd]),
        opened(2, "đèn sáng"),
        opened(3, "đèn hỏng", agencies=["lights"], open=False),
    )

    assert await found(database, agencies=("lights",)) == ["c1", "c3"]
    assert await found(database, "den hong", agencies=("lights",)) == ["c1", "c3"]
    assert await found(database, "den", agencies=(odd,)) == ["c1"]
    assert await found(database, agencies=("lights", "water")) == ["c0", "c1", "c3"]
    assert await found(database, agencies=("lights",), open_only=True) == ["c1"]
    assert await found(database, "den", agencies=("lights",), open_only=True) == ["c1"]
    assert await found(database, agencies=()) == await found(database, "den", agencies=()) == []

    change = update(case).where(case.c.id == "c2")
    await database.write(lambda one: one.execute(change.values(agencies='["lights"]', open=False)))
    assert await found(database, agencies=("lights",)) == await found(database, "den", agencies=("lights",))
    assert await found(database, agencies=("lights",)) == ["c1", "c2", "c3"]
    assert await found(database, agencies=("lights",), open_only=True) == ["c1"]
    await database.write(lambda one: one.execute(delete(case).where(case.c.id == "c1")))
    assert await found(database, agencies=(odd, "lights")) == ["c2", "c3"]
    assert await found(database, "den") == ["c0", "c2", "c3"]


@on_both_engines
async def test_a_filtered_search_goes_on_where_it_stopped_looking(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The only closed case lies behind more hits than one look takes in."""
    monkeypatch.setattr(case_search, "_LOOKED_AT", 3)
    rows = [opened(number, "đèn hỏng", stage="done" if number in (5, 6) else "received") for number in range(8)]
    await store(database, *rows)

    seen: list[str] = []
    before = None
    for _ in range(10):
        look = partial(case_search.look, wanted=Search(text="den", stage="done"), before=before, most=1)
        page = await database.read(look)
        seen += [row.id for row in page.rows]
        before = page.last
        if before is None:
            break
    assert before is None
    assert seen == ["c5", "c6"]


@on_both_engines
async def test_publications_are_found_by_kind(database: Database) -> None:
    """Shown, shown anew with other words, taken down."""

    def row(number: int, **changes: Any) -> reports.PublicationRow:
        shown = {"case_id": f"c{number}", "published_at": NOW - timedelta(days=number), "view": {}, "kind": "result"}
        return reports.PublicationRow(**{**shown, "search_text": "da thay bong den", **changes})

    def publish(connection: Connection) -> None:
        for one in (row(0), row(1, kind="declined"), row(2)):
            reports.publish(connection, one)

    async def ids(text: str, kind: str = "result") -> list[str]:
        return [one.case_id for one in await database.read(partial(reports.published, kind=kind, text=text))]

    await database.write(publish)
    assert await ids("bong den") == ["c0", "c2"]
    assert await ids("bong den", kind="declined") == ["c1"]
    await database.write(
        lambda one: reports.publish(one, row(2, search_text="da don rac", published_at=NOW + timedelta(days=1)))
    )
    assert (await ids("den"), await ids("da"), await ids("100%")) == (["c0"], ["c2", "c0"], [])
    await database.write(partial(reports.unpublish, case_id="c2"))
    assert await ids("rac") == []


@on_both_engines
async def test_the_index_made_anew_is_the_one_that_triggers_kept(archive: Database) -> None:
    """Also after a pause in which rows came and went."""
    kept = [await found(archive, typed) for typed in ("duong", '"đèn đường"', "cho")]
    await archive.write(search_schema.fill)
    assert [await found(archive, typed) for typed in ("duong", '"đèn đường"', "cho")] == kept

    await archive.write(search_schema.pause)
    await store(archive, opened(-1, "Đèn đường nhấp nháy.", agencies=["lights"]))
    assert await found(archive, "nhap nhay") == []
    await archive.write_at_length(search_schema.catch_up)
    assert await found(archive, "nhap nhay") == await found(archive, agencies=("lights",)) == ["c-1"]
    await store(archive, opened(9, "Lá rụng."))
    assert await found(archive, "la rung") == ["c9"]


@pytest.mark.rule("VN-4")
async def test_erased_words_are_in_no_page_of_the_index(database: Database, tmp_path: Path) -> None:
    """FTS5 would keep them until its pages are merged; they must be gone from the file at once."""
    canary = "quéoquảyxyz"
    others = [opened(number, f"Đèn đường hỏng lần {number}.") for number in range(1, 40)]
    await store(database, opened(0, f"Đèn {canary} hỏng."), *others)
    await database.erase_traces()
    assert find_in_files(tmp_path, [canary])

    await database.write(lambda one: one.execute(update(case).where(case.c.id == "c0").values(search_text="")))
    await database.erase_traces()

    assert find_in_files(tmp_path, [canary]) == []
    assert len(await found(database, "den duong")) == 39


def test_a_question_is_cut_into_phrases() -> None:
    """Quoted words and joined ones stay together; signs alone ask for nothing."""
    assert phrases('den "duong hong" 12/5 tru*') == (
        Phrase(("den",)),
        Phrase(("duong", "hong")),
        Phrase(("12", "5")),
        Phrase(("tru",), begins=True),
    )
    assert phrases('"" * - "den') == (Phrase(("den",)),)
