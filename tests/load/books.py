"""What stands in the database at the end, compared with what was acknowledged and with what the phones received."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text

from core.contract.schema import Report
from core.intake.happenings import TimerKind
from core.storage import inbox_queue, outbox
from core.storage.tables import case_clock, case_event, inbox_item, inbox_lease, message, report, timer
from core.storage.tables import outbox as outbox_table
from gateway.deployment import Deployment
from tests.load.chat import CHANNEL, Sink
from tests.load.script import MARKER


async def read(deployment: Deployment) -> bool:
    """Nothing waits to be shipped or read."""
    waiting = await deployment.database.read(inbox_queue.inbox_state)
    return deployment.journal.empty and waiting.waiting == 0


async def newest_item(deployment: Deployment) -> int:
    """The number of the item that was stored last."""
    return int(await deployment.database.read(lambda c: c.execute(select(func.max(inbox_item.c.id))).scalar_one()))


async def read_up_to(deployment: Deployment, number: int) -> bool:
    """Whether no item up to this one waits."""
    query = select(inbox_item.c.id).where(inbox_item.c.state == "new", inbox_item.c.id <= number).limit(1)
    return await deployment.database.read(lambda c: c.execute(query).first()) is None


async def items(deployment: Deployment) -> Counter[str]:
    """How many inbox items are in which state."""
    query = select(inbox_item.c.state, func.count()).group_by(inbox_item.c.state)
    return Counter(dict(await deployment.database.read(lambda c: [(row[0], row[1]) for row in c.execute(query)])))


async def said(deployment: Deployment, ids: Iterable[str]) -> dict[str, list[str]]:
    """Ids of messages as they stand in their conversations, in the order in which they were taken up."""
    known = await asyncio.to_thread(_blinds, deployment, ids)
    query = select(message.c.conversation_id, message.c.provider_blind).where(message.c.direction == "in")
    rows = await deployment.database.read(
        lambda c: list(c.execute(query.order_by(message.c.conversation_id, message.c.seq)))
    )
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.provider_blind in known:
            found[row.conversation_id].append(known[row.provider_blind])
    return found


def _blinds(deployment: Deployment, ids: Iterable[str]) -> dict[str, str]:
    return {deployment.safe.blind.other("provider", CHANNEL, one): one for one in ids}


async def reporters(deployment: Deployment, prefix: str) -> Counter[str]:
    """How many reports each user has whose name begins so."""
    return Counter(user for user, _ in await _reports(deployment) if user.startswith(prefix))


async def _reports(deployment: Deployment) -> list[tuple[str, str]]:
    """(user, case id) of all reports; the user stands in what was said."""
    columns = (report.c.id, report.c.contact_id, report.c.case_id, report.c.content_sealed)
    rows = await deployment.database.read(lambda c: list(c.execute(select(*columns))))

    def opened() -> list[tuple[str, str]]:
        return [(_user(deployment, row.id, row.contact_id, row.content_sealed), row.case_id) for row in rows]

    return await asyncio.to_thread(opened)


def _user(deployment: Deployment, report_id: str, contact_id: str, sealed: bytes) -> str:
    told = deployment.safe.open_model(sealed, Report, subject_id=contact_id, place=f"report:{report_id}")
    return told.content_as_sent.partition(MARKER)[2].split()[0]


@dataclass(frozen=True)
class Answers:
    """What became of the gateway's messages: `wrong` are those that the books and the phones tell differently."""

    sent: int
    unknown: int
    wrong: tuple[str, ...]


async def answers(deployment: Deployment, sink: Sink) -> Answers:
    """Sent means received once; unknown means received once or not at all; nothing else may be left."""
    query = select(outbox_table.c.id, outbox_table.c.state)
    rows = await deployment.database.read(lambda c: list(c.execute(query)))
    right = {"sent": {1}, "unknown": {0, 1}}
    states = Counter(row.state for row in rows)
    wrong = [f"{row.id} {row.state}" for row in rows if sink.taken[row.id] not in right.get(row.state, ())]
    strange = sorted(sink.taken.keys() - {row.id for row in rows})
    return Answers(states["sent"], states["unknown"], (*wrong, *strange))


async def unanswered(deployment: Deployment) -> int:
    """Reports in whose conversation nothing was ever said to the citizen."""
    told = select(outbox_table.c.conversation_id)
    query = select(func.count()).where(report.c.conversation_id.not_in(told))
    return int(await deployment.database.read(lambda c: c.execute(query).scalar_one()))


async def no_bursts(deployment: Deployment) -> bool:
    """Nobody may still be writing."""
    query = select(func.count()).where(timer.c.kind == TimerKind.BURST)
    return await deployment.database.read(lambda c: c.execute(query).scalar_one()) == 0


async def sent(deployment: Deployment) -> bool:
    """Nothing waits to be sent."""
    return (await deployment.database.read(outbox.outbox_state)).pending == 0


async def next_limits(deployment: Deployment, case_ids: Collection[str]) -> list[datetime]:
    """When each of the running limits of these cases wants to be looked at."""
    query = select(case_clock.c.fire_at).where(case_clock.c.case_id.in_(case_ids))
    return await deployment.database.read(lambda c: list(c.scalars(query)))


async def told_of_limits(deployment: Deployment, case_ids: Collection[str]) -> dict[str, Counter[str]]:
    """Case id → how many warnings and breaches stand in its chain."""
    query = select(case_event.c.case_id, case_event.c.name).where(
        case_event.c.case_id.in_(case_ids), case_event.c.name.in_(("clock_warned", "clock_breached"))
    )
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for row in await deployment.database.read(lambda c: list(c.execute(query))):
        told[row.case_id][row.name] += 1
    return told


async def cases_of(deployment: Deployment, prefix: str) -> list[str]:
    """The cases of users whose names begin so."""
    return [case_id for user, case_id in await _reports(deployment) if user.startswith(prefix)]


async def leases(deployment: Deployment) -> dict[str, str]:
    """Conversation key → who works on it, dead or alive."""
    query = select(inbox_lease.c.conversation_key, inbox_lease.c.owner)
    return dict(await deployment.database.read(lambda c: [(row[0], row[1]) for row in c.execute(query)]))


async def deadlocks(deployment: Deployment) -> int:
    """What PostgreSQL counted in this database."""
    query = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    return int(await deployment.database.read(lambda c: c.execute(query).scalar_one()))
