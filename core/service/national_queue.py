"""
Reports about administrative regulations are put into the queue for the national system with the case itself (VN-7).

Which they are says the regulation: categories, and the ways by which a report came that is not in that system already.
"""

from __future__ import annotations

from functools import partial

from core.cases.events import RegisteredExternally
from core.service.casefile import CaseFile
from core.service.work import Work
from core.storage import national
from core.storage.national import ENTERED, WAITING, NationalItem


def note_national(work: Work) -> None:
    """Keep the queue in step with the cases of this unit."""
    for file in work.cases.values():
        if file.events:
            _note(work, file)


def _note(work: Work, file: CaseFile) -> None:
    now, before = file.now, file.before
    if before is None or before.category != now.category or len(before.reports) != len(now.reports):
        if _is_asked_for(file):
            work.add(partial(national.put_in, item=NationalItem(now.id, WAITING, since=now.received_at)))
        elif before is not None:
            work.add(partial(national.let_go, case_id=now.id))
    for event in file.events:
        if isinstance(event, RegisteredExternally):
            item = NationalItem(
                now.id, ENTERED, now.received_at, ended_at=event.at, ended_by=event.by.id, reference=event.reference
            )
            work.add(partial(national.entered, item=item))


def _is_asked_for(file: CaseFile) -> bool:
    rules, case = file.pack.intake.national_system, file.now
    by_way = any(report.channel in rules.channels for report in case.reports)
    return case.category in rules.categories and by_way and not (case.external_reference or case.diversion)
