"""What is asked of a large store: the questions whose cost may not grow, put to the product's own functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, func, select

from bench.growth.texts import PHRASE
from core.intake.fold import fold
from core.storage import case_search, due_clocks, inbox_queue, outbox, queues, reports, timers
from core.storage.case_search import Search
from core.storage.tables import case, case_clock, case_task
from core.storage.types import to_microseconds

Ask = Callable[[Connection], Any]

FLAT = ("queue page", "next page", "centre's page", "due-time sweeper", "inbox claim", "outbox claim")
SEARCHES = (
    "search: rare words",
    "search: phrase",
    "search: common words",
    "search: agency's",
    "search: small agency's",
)
COMMON = "duong nuoc rac"
RARE = "ngiem 399"
CENTRE = tuple((role, "") for role in ("receptionist", "distributor", "editor"))
FAR_AHEAD = timedelta(days=40)


@dataclass(frozen=True)
class Known:
    """What questions need to know of a store: its largest and a small agency, and from where to go on."""

    as_of: datetime
    largest: str
    small: str
    after: tuple[int, str]
    before: tuple[datetime, str]
    due: datetime


def know(connection: Connection, *, as_of: datetime) -> Known:
    """Look a store over, once."""
    by_size = select(case_task.c.agency_id).where(case_task.c.role == "officer").group_by(case_task.c.agency_id)
    agencies = list(connection.scalars(by_size.order_by(func.count().desc(), case_task.c.agency_id)))
    last = queues.page(connection, seats=CENTRE)[-1]
    newest = connection.execute(
        select(case.c.received_at, case.c.id).order_by(case.c.received_at.desc(), case.c.id.desc()).limit(1)
    ).one()
    fires = select(case_clock.c.fire_at).order_by(case_clock.c.fire_at).offset(200).limit(1)
    return Known(
        as_of=as_of,
        largest=agencies[0],
        small=agencies[len(agencies) * 9 // 10],
        after=(to_microseconds(last.due_at) if last.due_at else 2**62, last.case_id),
        before=(newest.received_at, newest.id),
        due=connection.scalar(fires) or as_of + FAR_AHEAD,
    )


def questions(known: Known) -> Mapping[str, Ask]:
    """Every question by name. The sweeper is asked at an instant when two hundred clocks are due."""
    mine = _seats(known.largest)
    words = partial(case_search.search, before=known.before)
    return {
        "queue page": partial(queues.page, seats=mine),
        "next page": partial(queues.page, seats=CENTRE, after=known.after),
        "centre's page": partial(queues.page, seats=CENTRE),
        "badges of an agency": partial(queues.count_tasks, seats=mine),
        "badges of the centre": partial(queues.count_tasks, seats=CENTRE),
        "due-time sweeper": partial(due_clocks.due, now=known.due),
        "due-time timers": partial(timers.due, now=known.as_of),
        "next due time": due_clocks.oldest,
        "inbox claim": partial(inbox_queue.waiting_conversations, now=known.as_of),
        "inbox figures": inbox_queue.inbox_state,
        "outbox claim": partial(_claim, now=known.as_of),
        "outbox figures": outbox.outbox_state,
        "all cases": partial(case_search.search, wanted=Search(), before=known.before),
        "cases of a stage": partial(case_search.search, wanted=Search(stage="awaiting_publication")),
        "open cases": partial(case_search.search, wanted=Search(open_only=True)),
        "cases of the largest agency": partial(case_search.search, wanted=Search(agencies=(known.largest,))),
        "cases of a small agency": partial(case_search.search, wanted=Search(agencies=(known.small,))),
        "open ones of an agency": partial(case_search.search, wanted=Search(agencies=(known.largest,), open_only=True)),
        "search: rare words": partial(words, wanted=Search(text=RARE)),
        "search: phrase": partial(words, wanted=Search(text=f'"{fold(PHRASE)}"')),
        "search: common words": partial(words, wanted=Search(text=COMMON)),
        "search: agency's": partial(words, wanted=Search(text=COMMON, agencies=(known.largest,))),
        "search: small agency's": partial(words, wanted=Search(text="duong", agencies=(known.small,))),
        "public results": partial(reports.published, kind="result"),
        "public search": partial(reports.published, kind="result", text="giao thong"),
    }


def _seats(agency: str) -> list[tuple[str, str]]:
    return [("officer", agency), ("leader", agency)]


def _claim(connection: Connection, *, now: datetime) -> None:
    """The outbox's claim; nothing is due, so that nothing is claimed."""
    outbox.claim(connection, owner="bench", now=now)
