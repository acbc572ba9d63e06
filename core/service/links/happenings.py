"""What happened to a case in one unit of work, as links are told it: read off the case before and after; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.cases.decide.facts import is_emergency, taking_part
from core.cases.events import AnswerRated, FeedbackClarified, FeedbackGiven
from core.cases.model import Case, Dispatch, Feedback, Publication
from core.service.actors import involved_agencies
from core.service.casefile import CaseFile
from core.service.links.book import Link
from core.service.links.news import MirrorState

PARTNER = "partner"
"""The channel by which cases of peers come."""


@dataclass(frozen=True)
class Happening:
    """One thing to tell. `dispatch`: the part that it is about; `version`: of the event that it is, where it is one."""

    type: str
    dispatch: Dispatch | None = None
    version: int = 0


def happenings_of(file: CaseFile) -> list[Happening]:
    """All of them, in order: the case first."""
    return [*_of_the_case(file), *_of_its_parts(file.before, file.now), *_of_its_urgency(file), *_of_its_answer(file)]


def concerns(link: Link, happening: Happening, case: Case) -> bool:
    """Whether a link is told of it: it wants the type, and it is about what it may know."""
    if link.events and happening.type not in link.events:
        return False
    if happening.dispatch is not None:
        return bool(link.agency) and link.agency in (happening.dispatch.agency_id, happening.dispatch.unit_id)
    return link.kind != "peer" and (not link.agency or link.agency in involved_agencies(case))


def is_from(case: Case, link: Link) -> bool:
    """Whether the case was handed to us by this peer."""
    return link.kind == "peer" and case.channel == PARTNER and case.account == link.name


def answers_of(case: Case) -> list[Publication]:
    """What was answered for good, the newest last; a promise is none."""
    return [one for one in case.publications if not one.interim]


def clarified_in(case: Case) -> list[Feedback]:
    """What was asked about an answer and made clear since then, the newest last."""
    last = answers_of(case)[-1:]
    made = [one for one in case.feedbacks if one.clarified_at and last and one.clarified_at >= last[0].at]
    return sorted(made, key=lambda one: one.clarified_at or one.at)


def is_news(before: Case, after: Case) -> bool:
    """Whether whoever handed a case to us has to hear of it: it stands elsewhere, or was answered or clarified."""
    said = [
        (len(answers_of(one)), sum(word.clarified_at is not None for word in one.feedbacks)) for one in (before, after)
    ]
    return mirror_of(before) != mirror_of(after) or said[0] != said[1]


def mirror_of(case: Case) -> MirrorState:
    """Where a case stands, for whoever handed it to us."""
    if answers_of(case):
        return "answered"
    if case.decline_code or case.cancel_code or case.diversion or case.merged_into:
        return "returned"
    return "taken" if case.dispatches or len(case.trail) > 1 else "received"


def _of_the_case(file: CaseFile) -> Iterator[Happening]:
    before, after = file.before, file.now
    if before is None:
        yield Happening("case.opened")
    elif file.public_stage_of(before) != file.public_stage:
        yield Happening("case.moved")
    if len(after.publications) > len(before.publications if before else ()):
        yield Happening("case.published")


def _of_its_parts(before: Case | None, after: Case) -> Iterator[Happening]:
    known = {one.id: one for one in before.dispatches} if before else {}
    for part in after.dispatches:
        if part.id not in known:
            yield Happening("dispatch.opened", part)
        elif (part.stage, part.unit_id) != (known[part.id].stage, known[part.id].unit_id):
            yield Happening("dispatch.moved", part)


def _of_its_urgency(file: CaseFile) -> Iterator[Happening]:
    """Who works on it already; whoever is given it now is told with it."""
    before, after = file.before, file.now
    if before is None or is_emergency(file.pack, before.urgency) == is_emergency(file.pack, after.urgency):
        return
    known = {part.id for part in before.dispatches}
    for part in after.dispatches:
        if part.id in known and file.pack.stage("dispatch", part.stage).kind == "open":
            yield Happening("dispatch.urgency", part)


def _of_its_answer(file: CaseFile) -> Iterator[Happening]:
    """Whoever answered hears of each verdict and question, and who has made it clear; the words are asked for."""
    for version, event in enumerate(file.events, start=file.stored_version + 1):
        if isinstance(event, AnswerRated | FeedbackGiven | FeedbackClarified):
            answered = (part for part in taking_part(file.pack, file.now) if part.resolutions)
            yield from (Happening("dispatch.remarked", part, version) for part in answered)
