"""Whether figures and the lists of periodic reports say what raw events say (`oracle_parts`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial

from core.regulations.model import Pack
from core.service.statistics import AgencyRow, Figures
from core.service.statistics.explanations import wants_explanations
from core.service.statistics.sections import UNEXPLAINED
from core.service.statistics.sheets import Sheet
from gateway.deployment import Deployment
from gateway.statistics.reports import tables_of
from tests.gateway.statistics import oracle_parts as oracle

STILL = ("open", "aside")


async def carried_agrees(deployment: Deployment, made: Figures) -> None:
    """What was still open when a period began."""
    before = partial(oracle.open_at, until=made.period.first, stages=_still(deployment.regulation.current, "case"))
    assert made.carried == await deployment.database.read(before)


async def agrees_in_parts(deployment: Deployment, made: Figures) -> None:
    """
    Urgencies, communes, what was carried over, and each agency's part with what people said of its answers; of a period
    in which everything happened.
    """
    read, pack, until = deployment.database.read, deployment.regulation.current, made.period.until
    assert await read(oracle.hand_overs) == 0
    assert {one.id: one.count for one in made.urgencies} == await read(partial(oracle.urgencies, until=until))
    assert {one.id: one.count for one in made.communes} == await read(partial(oracle.communes, until=until))
    await carried_agrees(deployment, made)
    parts = await read(partial(oracle.parts, until=until, stages=_still(pack, "dispatch")))
    assert {one.id: _standing(one) for one in made.agencies} == parts
    told = await read(partial(oracle.verdicts, first=made.period.first, until=until))
    heard = {(one.id, level.id): level.count for one in made.agencies for level in one.ratings}
    assert heard == {key: many for key, many in told.items() if key[0] in parts}


async def lists_agree(deployment: Deployment, made: Figures) -> None:
    """What a periodic report lists beside its figures."""
    read, pack, until = deployment.database.read, deployment.regulation.current, made.period.until
    _, listed = await tables_of(deployment, "everything", made.period)
    tables = {sheet.id: sheet for sheet in listed}
    missed = await read(partial(oracle.missed, until=until))
    assert _codes(tables.get("qua-han")) == sorted(one.code for one in missed if one.runs)
    since = until - timedelta(days=deployment.settings.statistics.stuck_days)
    silent = partial(oracle.silent, until=until, since=since, stages=_still(pack, "case"))
    assert _codes(tables.get("ton-dong")) == await read(silent)
    if wants_explanations(pack):
        told = tables.get("giai-trinh")
        assert _codes(told) == sorted(one.code for one in missed)
        empty = [row for row in told.rows if row[-1] == UNEXPLAINED] if told else []
        assert len(empty) == sum(not one.explained for one in missed)
    parts = await read(partial(oracle.parts, until=until, stages=_still(pack, "dispatch")))
    ended = {
        deployment.regulation.agencies.name(key): (on_time + late, on_time)
        for key, (on_time, late, *_) in parts.items()
    }
    placed = tables.get("xep-hang")
    ranked = {str(row[1]): (row[3], row[4]) for row in placed.rows} if placed else {}
    assert ranked == {name: counts for name, counts in ended.items() if counts[0]}
    _, harmed = await tables_of(deployment, "reputation", made.period)
    known = await read(partial(oracle.harmed, first=made.period.first, until=until))
    assert [code for sheet in harmed for code in _codes(sheet)] == known


def _still(pack: Pack, level: str) -> list[str]:
    """Stages in which somebody has to act."""
    return [name for name, stage in getattr(pack.stages, level).items() if stage.kind in STILL]


def _standing(one: AgencyRow) -> tuple[int, int, int, int]:
    return one.counts.in_time, one.counts.late, one.counts.within, one.counts.overdue


def _codes(sheet: Sheet | None) -> list[str]:
    """The cases of a table, without the signs that make a code easy to read."""
    rows: Sequence[Iterable[object]] = sheet.rows if sheet else ()
    return sorted(re.sub(r"\W", "", str(next(iter(row)))) for row in rows)
