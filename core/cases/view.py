"""
What an outsider sees of a case: built from the pack's allow-list, field by field (A-4).

Nothing is taken away from a whole; what no list names cannot come out. Identity has no field here at all. A case
that is confidential, withheld or suspected secret has a narrower list of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from core.cases.agencies import AgencyTree
from core.cases.decide.facts import taking_part
from core.cases.model import Case, Publication
from core.cases.sealed import SealedText
from core.contract.schema import Model
from core.regulations.model import Pack
from core.regulations.sections import PublicField


class PublicStep(Model):
    """One public stage and when it was entered."""

    label: str
    at: datetime


class PublicView(Model):
    """
    The public face of a case. A field that its list does not name is None.

    `answer` and `decline_reason` are sealed: whoever shows them opens them from the vault. `place` is the commune,
    `point` the place in thousandths of a degree.
    """

    code: str | None = None
    category: str | None = None
    commune_code: str | None = None
    point: tuple[int, int] | None = None
    received_at: datetime | None = None
    stage: str | None = None
    progress: tuple[PublicStep, ...] | None = None
    agencies: tuple[str, ...] | None = None
    answer: SealedText | None = None
    interim: bool | None = None
    media: tuple[str, ...] | None = None
    answered_at: datetime | None = None
    decline_label: str | None = None


def public_view(case: Case, pack: Pack, agencies: AgencyTree) -> PublicView:
    """The case as anybody with its code may see it."""
    shown: dict[str, Any] = {}
    for name in public_fields(case, pack):
        shown |= _READERS[name](case, pack, agencies)
    return PublicView(**shown)


def public_fields(case: Case, pack: Pack) -> tuple[PublicField, ...]:
    """Which list holds for this case: the narrowest that applies."""
    rules = pack.publication
    latest = case.publications[-1].kind if case.publications else ""
    if case.flags.secret or case.diversion is not None or latest == "withheld":
        return rules.withheld_fields
    if case.flags.confidential or case.flags.reputation != "none" or latest == "private":
        return rules.confidential_fields
    return rules.public_fields


def is_published(case: Case, pack: Pack) -> bool:
    """May it stand in the public list of answers?"""
    return _published(case) is not None and "answer" in public_fields(case, pack)


def _published(case: Case) -> Publication | None:
    return next((item for item in reversed(case.publications) if item.kind in ("public", "agency")), None)


def _category(case: Case, pack: Pack, agencies: AgencyTree) -> dict[str, Any]:
    found = pack.intake.categories.get(case.category or "")
    return {"category": found.label if found else None}


def _place(case: Case, pack: Pack, agencies: AgencyTree) -> dict[str, Any]:
    return {"commune_code": case.commune_code, "point": case.point}


def _public_label(case: Case, pack: Pack) -> str:
    """The public word for where it stands; a stage without one keeps the word of the stage before."""
    labels = [pack.stages.case[visit.stage].public for visit in case.trail if visit.stage in pack.stages.case]
    return next((label for label in reversed(labels) if label), "")


def _progress(case: Case, pack: Pack, agencies: AgencyTree) -> dict[str, Any]:
    steps: list[PublicStep] = []
    for visit in case.trail:
        label = pack.stages.case[visit.stage].public if visit.stage in pack.stages.case else ""
        if label and (not steps or steps[-1].label != label):
            steps.append(PublicStep(label=label, at=visit.at))
    return {"progress": tuple(steps)}


def _agencies(case: Case, pack: Pack, agencies: AgencyTree) -> dict[str, Any]:
    return {"agencies": tuple(dict.fromkeys(agencies.name(item.agency_id) for item in taking_part(pack, case)))}


def _answer(case: Case, pack: Pack, agencies: AgencyTree) -> dict[str, Any]:
    found = _published(case)
    return {"answer": found.text, "interim": found.interim} if found else {}


def _media(case: Case, pack: Pack, agencies: AgencyTree) -> dict[str, Any]:
    found = _published(case)
    return {"media": found.media if found else ()}


def _answered_at(case: Case, pack: Pack, agencies: AgencyTree) -> dict[str, Any]:
    found = _published(case)
    return {"answered_at": found.at if found else None}


def _decline(case: Case, pack: Pack, agencies: AgencyTree) -> dict[str, Any]:
    """The ground in the pack's words, never what anybody wrote (A-QB-7); only where the pack lists refusals."""
    ground = pack.decline_reasons.get(case.decline_code or "")
    return {"decline_label": ground.label} if ground and pack.publication.declined_public else {}


_READERS: Mapping[PublicField, Callable[[Case, Pack, AgencyTree], dict[str, Any]]] = MappingProxyType(
    {
        "code": lambda case, pack, agencies: {"code": case.code},
        "category": _category,
        "place": _place,
        "received_at": lambda case, pack, agencies: {"received_at": case.received_at},
        "stage": lambda case, pack, agencies: {"stage": _public_label(case, pack)},
        "progress": _progress,
        "agencies": _agencies,
        "answer": _answer,
        "media": _media,
        "answered_at": _answered_at,
        "decline_reason": _decline,
    }
)
