"""On a case page: how a part of it stands in the system of the agency that has it, and whether that has heard of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from core.service.links.book import Link
from core.service.links.newer import NewerAnswer
from core.service.links.origins import Mirror
from core.service.reading.views import CaseView
from core.storage import links
from core.storage.links import ToldLine
from gateway.deployment import Deployment


@dataclass(frozen=True)
class PartnerState:
    """
    `heard_at`: when the last news of the case was taken there; `waits` and `failed`: what became of it else.

    `asks`: they wait for an answer of whoever reported. `newer`: they answered anew, and nothing has come of it here.
    """

    label: str
    stage: str = ""
    since: datetime | None = None
    heard_at: datetime | None = None
    waits: bool = False
    failed: bool = False
    asks: bool = False
    newer: NewerAnswer | None = None


async def partners_of(deployment: Deployment, view: CaseView) -> Mapping[str, PartnerState]:
    """Dispatch id → state, for agencies that have a system of their own."""
    linked = {one.agency: one for one in await deployment.clerk.links.current() if one.agency and one.url}
    parts = {part.id: linked[part.agency.id] for part in view.dispatches if part.agency.id in linked}
    if not parts:
        return {}
    told = await deployment.database.read(partial(links.told_of, case_id=view.id))
    mirrors = await deployment.clerk.origins.mirrors(view.id)
    asking = {one.dispatch_id for one in await deployment.clerk.questions.of(view.id)}
    states = {
        part: _state(link, [line for line in told if line.channel == link.lane], mirrors.get(part))
        for part, link in parts.items()
    }
    newer = {part: one for part, one in (await deployment.clerk.newer.of(view.id)).items() if _is_open(view, part, one)}
    return {part: replace(state, asks=part in asking, newer=newer.get(part)) for part, state in states.items()}


def _is_open(view: CaseView, part: str, newer: NewerAnswer) -> bool:
    """Whether nobody has reported, published or made clear anything here since."""
    results = (made for one in view.dispatches if one.id == part for made in one.resolutions)
    said = [*(made.at for made in results), *(answer.at for answer in view.answers)]
    said += [one.clarified_at for one in view.feedbacks if one.clarified_at]
    return all(at <= newer.at for at in said)


def _state(link: Link, told: list[ToldLine], mirror: Mirror | None) -> PartnerState:
    states = {line.state for line in told}
    return PartnerState(
        label=link.label,
        stage=mirror.stage if mirror else "",
        since=mirror.at if mirror else None,
        heard_at=max((line.sent_at for line in told if line.sent_at), default=None),
        waits=bool(states & {"pending", "claimed"}),
        failed="failed" in states,
    )
