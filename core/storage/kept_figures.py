"""Figures kept between two looks, and what has changed since: so that nothing is counted twice."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, delete, select

from core.storage import statistics
from core.storage.database import upsert
from core.storage.statistics import Fact, Numbers, Period
from core.storage.tables import case_clock, case_event, kept_figures

_AT_ONCE = 400
_MARGIN = timedelta(seconds=2)  # limits count by whole seconds


@dataclass(frozen=True)
class Kept:
    """What was counted of a period, as of `period.until`."""

    period: Period
    numbers: Numbers


def find(connection: Connection, period: Period, *, settled: bool) -> Kept | None:
    """What is kept of this question; `settled`: of this very moment of it. None: nothing is."""
    kept = kept_figures.c
    row = connection.execute(select(kept.until, kept.numbers).where(kept.key == _key(period, settled))).one_or_none()
    if row is None:
        return None
    made = Period(period.first, period.end, row[0], period.agencies)
    return Kept(made, Counter({_fact(one): many for one, many in json.loads(row[1])}))


def put(connection: Connection, kept: Kept, *, settled: bool, now: datetime) -> None:
    """Keep it, in the place of what was kept of the same question."""
    period = kept.period
    body = json.dumps([[list(fact), many] for fact, many in kept.numbers.items()], ensure_ascii=False)
    row = {
        "key": _key(period, settled),
        "first": period.first,
        "end": period.end,
        "until": period.until,
        "asked_at": now,
        "numbers": body.encode(),
    }
    connection.execute(upsert(connection, kept_figures, update=["until", "asked_at", "numbers"]).values(row))


def forget(connection: Connection, *, asked_before: datetime | None = None) -> None:
    """Let go of what nobody asked for since then; None: of everything, as milestones are read anew."""
    old = delete(kept_figures)
    connection.execute(old if asked_before is None else old.where(kept_figures.c.asked_at < asked_before))


def brought_to(connection: Connection, kept: Kept, until: datetime) -> Kept:
    """
    The same figures as of a later moment: what changed cases gave before is taken off, what they give now is added.

    Equal to counting all of it anew.
    """
    then = kept.period
    now = Period(then.first, then.end, until, then.agencies)
    total = Counter(kept.numbers)
    changed = sorted(changed_since(connection, then.until, until))
    for place in range(0, len(changed), _AT_ONCE):
        some = changed[place : place + _AT_ONCE]
        total.subtract(statistics.numbers(connection, then, only=some))
        total.update(statistics.numbers(connection, now, only=some))
    return Kept(now, +total)


def changed_since(connection: Connection, then: datetime, until: datetime) -> set[str]:
    """
    Cases that may stand otherwise at `until` than then: something happened to them, or a limit of theirs ran out.

    A limit that ran out is either still to be noticed, and waits as a clock, or its event came after its end.
    """
    happened = select(case_event.c.case_id).where(case_event.c.at >= then - _MARGIN)
    ran_out = select(case_clock.c.case_id).where(case_clock.c.fire_at < until)
    return {*connection.scalars(happened), *connection.scalars(ran_out)}


def _key(period: Period, settled: bool) -> str:
    agencies = None if period.agencies is None else sorted(period.agencies)
    moment = period.until.isoformat() if settled else ""
    asked_for = [period.first.isoformat(), period.end.isoformat(), moment, agencies]
    return sha256(json.dumps(asked_for).encode()).hexdigest()


def _fact(one: list[Any]) -> Fact:
    return Fact(*one)
