"""
The answer for those whose reports joined a case after it was given (A-3): it is told to them, and to nobody twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from core.cases.events import Event, ReportsLinked
from core.cases.model import Case, Publication
from core.notify.plan import REPORTER, Notice
from core.regulations.sections import Notification
from core.service.casefile import CaseFile

_TOLD_BY: Mapping[str, str] = MappingProxyType(
    {"public": "publish", "agency": "answer_reporter", "private": "reply_privately"}
)
"""Kind of answer → the command that gives it; one that is withheld is told to nobody."""


def late_answers(file: CaseFile) -> Iterator[Notice]:
    """What whoever was linked in this unit of work has to be told, in the words in which the others heard it."""
    for version, event in enumerate(file.events, start=file.stored_version + 1):
        answer = answer_to_link(file, event)
        told_by = _notification(file, answer) if answer else None
        if answer and told_by:
            yield Notice(
                key=f"{version}/{told_by.id}",
                notification=told_by.id,
                template=told_by.template,
                to=(REPORTER,),
                via=(),
                event=event,
                version=version,
                texts={"text": answer.text},
            )


def answer_to_link(file: CaseFile, event: Event) -> Publication | None:
    """The answer that reports were linked to; None: there is none, or it is being worked out anew (DL-II.2.3c.2)."""
    case = file.now
    if not isinstance(event, ReportsLinked) or case.flags.secret or not case.publications:
        return None
    answer = case.publications[-1]
    return answer if answer.kind in _TOLD_BY and not _is_reopened(case, answer) else None


def _is_reopened(case: Case, answer: Publication) -> bool:
    mark = case.marks.get("reopen")
    return mark is not None and mark.at >= answer.at


def _notification(file: CaseFile, answer: Publication) -> Notification | None:
    command = _TOLD_BY[answer.kind]
    known = file.pack.notifications.values()
    return next((one for one in known if command in one.on and REPORTER in one.to), None)
