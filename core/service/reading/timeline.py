"""The timeline of a case: every event in words, its free text beside it, and the limits it set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from core.cases.decide.refusals import label_of
from core.cases.events import CaseReceived, ClockEvent, Event, Fact
from core.cases.model import Case, CaseClock
from core.cases.moves import is_offered
from core.clock import BusinessCalendar
from core.clock.phrases import VIETNAMESE
from core.clock.render import limit_vi, sentence_en, sentence_vi
from core.clock.terms import WorkingDays, WorkingTime
from core.service.reading.curtain import Curtain
from core.service.reading.gathering import sealed_texts
from core.service.reading.names import FIELDS, REPORTER, Names
from core.service.reading.sentences import sentence
from core.service.reading.views import ClockView, Text, TimelineEntry

_FILES = ("files", "evidence", "media")


@dataclass(frozen=True)
class TimelineReader:
    """Puts events into words. `texts`: opened free text by id."""

    names: Names
    curtain: Curtain
    texts: Mapping[str, str]

    def entries(self, events: Iterable[tuple[int, Event]], case: Case) -> Iterator[TimelineEntry]:
        """Every event, the oldest first."""
        for version, event in events:
            yield TimelineEntry(
                version=version,
                at=event.at,
                kind=event.kind,
                sentence=sentence(event, self.names),
                by=self.names.person(event.by),
                texts=tuple(self._texts(event)),
                files=tuple(key for name in _FILES for key in getattr(event, name, ())),
                rules=event.rules,
                dispatch_id=_part(event, "dispatch_id", case),
                coordination_id=_part(event, "coordination_id", case),
            )

    def _texts(self, event: Event) -> Iterator[Text]:
        """What officials wrote is shown; what citizens wrote is masked while the curtain is drawn."""
        by_citizen = event.by.role == REPORTER or isinstance(event, CaseReceived)
        for name, sealed in sealed_texts(event):
            words = self.texts.get(sealed.id, "")
            yield Text(label=_label(event, name), text=self.curtain.said(words) if by_citizen else words)


def _label(event: Event, name: str) -> str:
    if isinstance(event, Fact) and not isinstance(event, CaseReceived):
        return label_of(event.command, name)
    return FIELDS[name]


def _part(event: Event, name: str, case: Case) -> str | None:
    """Which part an event is about; a clock's stands in the clock."""
    found: str | None = getattr(event, name, None)
    if found is None and isinstance(event, ClockEvent) and event.clock_id in case.clocks:
        found = getattr(case.clocks[event.clock_id], name)
    return found


def clock_view(clock: CaseClock, names: Names, *, now: datetime, calendar: BusinessCalendar) -> ClockView:
    """One limit with its reason, and what is left of it."""
    engine = clock.clock
    left = engine.remaining(now, calendar)
    warn_from = min((warning.at for warning in clock.warnings), default=None)
    running = clock.state == "running"
    return ClockView(
        id=clock.id,
        name=clock.name,
        label=names.clock(clock.name),
        purpose=clock.purpose,
        state=clock.state,
        status=engine.status(now, warn_from).value,
        role=names.role(clock.role) if clock.role else None,
        dispatch_id=clock.dispatch_id,
        coordination_id=clock.coordination_id,
        started_at=engine.started_at,
        due_at=clock.due_at,
        limit=limit_vi(engine.due),
        remaining_s=int((clock.late_from - now).total_seconds()) if running else None,
        left=VIETNAMESE.allowance(str(left)) if left else "",
        late_s=clock.late_s,
        explanation=sentence_vi(engine.due),
        explanation_en=sentence_en(engine.due).removesuffix(f"; {engine.due.explanation.cite}"),
        in_working_time=isinstance(left, WorkingTime | WorkingDays),
        rules=clock.rules,
        offer=clock.offer if is_offered(names.pack, clock, now) else "",
    )
