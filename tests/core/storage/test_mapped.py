"""The map of open cases: clusters, communes, and the list behind them; and marks of what was seen."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from core.storage import mapped, people, seen
from core.storage.cases import CASES, CaseRow
from core.storage.database import Connection, Database
from core.storage.mapped import Frame, Wanted
from tests.core.storage.test_repositories import case_row
from tests.support.databases import on_both_engines, put

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
ASKED = Wanted(NOW, NOW + timedelta(hours=4), urgent=frozenset({"emergency"}))


def placed(name: str, latitude: int | None, longitude: int | None, **changes: Any) -> CaseRow:
    given: dict[str, Any] = {"commune_code": "19753", "next_due_at": NOW + timedelta(days=2)} | changes
    return case_row(name, code=name, latitude=latitude, longitude=longitude, **given)


HERE = (
    placed("a", 16_461, 107_591, next_due_at=NOW - timedelta(hours=1)),
    placed("b", 16_462, 107_592, next_due_at=NOW + timedelta(hours=1), category="roads"),
    placed("c", 16_463, 107_590, next_due_at=None, commune_code=None),
    placed("d", 16_461, 107_592, urgency="emergency"),
    placed("e", 16_690, 107_800, agencies=json.dumps(["lights"]), commune_code="19999"),
    placed("f", None, None, agencies=json.dumps(["lights"])),
    placed("g", None, None, commune_code=None),
    placed("h", 16_462, 107_592, open=False, stage="done"),
)


async def fill(database: Database) -> None:
    await put(database, CASES, *(row.__dict__ for row in HERE))


@on_both_engines
async def test_near_cases_are_one_cluster_and_what_cannot_wait_stands_by_itself(database: Database) -> None:
    """Finished ones and those without a point are on no map; nearer squares part them."""
    await fill(database)
    read = partial(mapped.cells, wanted=ASKED, most=100)

    far = await database.read(partial(read, step=64))
    assert [(one.count, one.overdue, one.soon, one.urgent, one.one) for one in far] == [
        (1, 0, 0, True, "d"),
        (3, 1, 1, False, ""),
        (1, 0, 0, False, "e"),
    ]
    assert (round(far[1].latitude, 3), round(far[1].longitude, 3)) == (16.462, 107.591)
    near = await database.read(partial(read, step=1))
    assert sorted(one.one for one in near) == ["a", "b", "c", "d", "e"]
    assert await database.read(partial(mapped.extent, wanted=ASKED)) == Frame(16_461, 107_590, 16_690, 107_800)
    assert await database.read(partial(mapped.named, ids=["b"])) == {"b": ("b", "roads")}


@on_both_engines
async def test_communes_and_cases_are_those_that_were_asked_for(database: Database) -> None:
    """By field, by clock, by place, by agency; a case without a point stands in the list of its commune."""
    await fill(database)

    async def codes(**changes: Any) -> str:
        wanted = Wanted(**{**ASKED.__dict__, **changes})
        return "".join(row.code for row in await database.read(partial(mapped.listed, wanted=wanted, most=10)))

    areas = await database.read(partial(mapped.areas, wanted=ASKED))
    assert [(one.commune, one.count, one.overdue, one.soon, one.urgent) for one in areas] == [
        ("19753", 4, 1, 1, 1),
        ("", 1, 0, 0, 0),
        ("19999", 1, 0, 0, 0),
    ]
    assert await codes() == "dabefc"
    assert await codes(category="roads") == "b"
    assert [await codes(state=state) for state in ("overdue", "soon", "ok", "unset")] == ["a", "b", "def", "c"]
    assert await codes(urgent_only=True) == "d"
    assert await codes(commune="19999") == "e"
    assert await codes(frame=Frame(16_600, 107_700, 16_700, 107_900)) == "e"
    assert await codes(agencies=frozenset({"lights"})) == "ef"
    assert await codes(agencies=frozenset()) == ""
    assert [row.code for row in await database.read(partial(mapped.listed, wanted=ASKED, most=2, skip=1))] == ["a", "b"]
    assert await database.read(partial(mapped.extent, wanted=Wanted(**{**ASKED.__dict__, "category": "x"}))) is None


@on_both_engines
async def test_what_one_person_saw_is_seen_by_nobody_else(database: Database) -> None:
    """A mark goes forward only, and is forgotten when nobody moved it for long."""
    later = NOW + timedelta(days=1)
    await database.write(_add_people)

    async def saw(who: str, upto: int, now: datetime) -> None:
        await database.write(partial(seen.note, user_id=who, ref="case:c", upto=upto, now=now))

    async def marks(who: str) -> dict[str, int]:
        return await database.read(partial(seen.marks, user_id=who, refs=["case:c", "case:d"]))

    await saw("u", 3, NOW)
    await saw("v", 1, NOW)
    await saw("u", 5, later)
    await saw("u", 4, later)
    assert [await marks("u"), await marks("v")] == [{"case:c": 5}, {"case:c": 1}]
    assert await database.write(partial(seen.forget, before=later)) == 1
    assert [await marks("u"), await marks("v")] == [{"case:c": 5}, {}]


def _add_people(connection: Connection) -> None:

    for name in ("u", "v"):
        people.add_user(connection, people.UserRow(name, name, name, "-", None, 0, True, NOW))
