"""Afterwards: is every caller in the books, with a recording that plays and somebody who has to care by a moment?"""

from __future__ import annotations

import io
import wave
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from core.contract.errors import NotFound
from core.service.calls import GIVEN_UP, REACHED, After, HeldCall
from core.storage import cases, reports
from gateway.deployment import Deployment
from tests.surge.agents import TRIES
from tests.surge.plan import Caller

WHOLE = "Toàn bộ cuộc gọi"
_BEFORE_THE_NOTICE = frozenset({"", "entry", "storm_welcome"})


@dataclass
class Books:
    """
    What was found, a number each.

    Args:
        calls: that came in. `unknown`: callers without a call, or with several.
        unheard: callers for whom nothing is to be done by any moment: neither a case nor a call that was owed.
        unplayable: callers who were on the line after the notice, and of whom there is no recording that plays.
        unannounced: who hung up before the notice; nothing of them was recorded (VN-5),
            else it counts as `recorded_unasked`.
        too_few_tries: given up before somebody had tried as often as they must.
    """

    calls: int = 0
    unknown: int = 0
    unheard: int = 0
    unplayable: int = 0
    unannounced: int = 0
    recorded_unasked: int = 0
    cases: int = 0
    owed: int = 0
    waiting: int = 0
    reached: int = 0
    given_up: int = 0
    too_few_tries: int = 0
    seconds: list[float] = field(default_factory=list)

    @property
    def longest_s(self) -> float:
        """From answer to hang-up, p95."""
        ordered = sorted(self.seconds) or [0.0]
        return ordered[int(0.95 * (len(ordered) - 1))]


async def audit(deployment: Deployment, callers: Sequence[Caller]) -> Books:
    """Read all of it with the deployment's own keys."""
    calls = [call for call in await _all_calls(deployment) if call.facts and call.facts.way == "in"]
    by_number = Counter(call.facts.call_back_to for call in calls if call.facts)
    books = Books(calls=len(calls), unknown=sum(by_number[one.e164] != 1 for one in callers))
    for call in calls:
        books.seconds.append((call.row.ended_at - call.row.began_at).total_seconds())
        _count_callback(books, call)
        known = await _case_of(deployment, call)
        books.cases += known
        books.unheard += not known and call.row.due_at is None
        await _count_recording(books, call, deployment)
    return books


def _count_callback(books: Books, call: HeldCall) -> None:
    row = call.row
    books.owed += row.due_at is not None
    books.waiting += call.owed
    books.reached += row.result == REACHED
    books.given_up += row.result == GIVEN_UP
    books.too_few_tries += row.result == GIVEN_UP and row.attempts <= TRIES


async def _case_of(deployment: Deployment, call: HeldCall) -> bool:
    """Whether the caller has a case that something is to be done about by a moment."""
    rows = await deployment.database.read(partial(reports.of_contact, contact_id=call.row.subject_id))
    found = [await deployment.database.read(partial(cases.load, case_id=row.case_id)) for row in rows]
    return any(case.next_due_at is not None for case in found)


async def _count_recording(books: Books, call: HeldCall, deployment: Deployment) -> None:
    if call.facts is not None and call.facts.step in _BEFORE_THE_NOTICE:
        books.unannounced += 1
        books.recorded_unasked += bool(call.labels)
    else:
        books.unplayable += not await _plays(deployment, call)


async def _plays(deployment: Deployment, call: HeldCall) -> bool:
    """Whether every recording is one that any player opens, and the whole call is among them."""
    for key in call.labels:
        try:
            held = await deployment.media.open(key)
        except NotFound:
            return False
        if not seconds_of(held.data):
            return False
    return WHOLE in call.labels.values()


def seconds_of(recording: bytes) -> float:
    """How long a recording is, as any player reads it; 0 for what is none."""
    try:
        with wave.open(io.BytesIO(recording)) as sound:
            return float(sound.getnframes() / sound.getframerate())
    except (wave.Error, EOFError):
        return 0.0


async def _all_calls(deployment: Deployment) -> list[HeldCall]:
    found: list[HeldCall] = []
    after: After | None = None
    while True:
        page = await deployment.intake.calls.newest(after=after)
        found += page.items
        if page.after is None:
            return found
        after = page.after
