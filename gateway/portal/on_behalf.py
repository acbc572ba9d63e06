"""A report that reception writes down for somebody who tells it: over the API, or during a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import structlog
from aiohttp import web

from channels.own import Submission
from core.clock.zone import local
from core.intake.rules import DiversionKind
from core.service.public import Promise
from core.storage import people
from gateway.auth import staff_of
from gateway.deployment import DEPLOYMENT
from gateway.portal.checks import Problem, problems
from gateway.portal.communes import Spot, place_of
from gateway.portal.elsewhere import belongs_elsewhere, send_elsewhere
from gateway.portal.fields import Filled, agreed, to_form, told_agreement
from gateway.portal.shared import PORTAL, accept

log = structlog.get_logger()

RECEPTION = "receptionist"
"""The role that writes down what people tell."""
OVERRIDDEN = "diversion_overridden"
GROUNDS: Mapping[str, str] = MappingProxyType(
    {
        "wording": "Chỉ trùng từ ngữ, nội dung là phản ánh hiện trường",
        "service": "Góp ý về dịch vụ, không khiếu nại quyết định hay hành vi hành chính",
        "confirmed": "Đã hỏi lại, người dân xác nhận chỉ phản ánh sự việc",
    }
)
"""Why reception takes what reads like a khiếu nại, a tố cáo or about corruption and is none."""


@dataclass(frozen=True)
class Elsewhere:
    """A khiếu nại, a tố cáo or corruption: never stored; `text` says where the citizen goes with it (VN-1, VN-2)."""

    kind: DiversionKind
    text: str


async def write_down(
    request: web.Request, filled: Filled, *, submission_id: str, ground: str = "", known: bool = False
) -> Promise | Elsewhere | list[Problem]:
    """
    Take it as the portal does: stored durably before this returns, and given its code and PIN.

    `ground`: one of GROUNDS, from whoever knows better than we what it is; logged. `known`: this very submission was
    taken before; it gets the same code and is not stored again. What is missing or wrong comes back as problems.
    Raises: IntakeUnavailable.
    """
    kind = await belongs_elsewhere(filled)
    if kind and ground not in GROUNDS:
        return Elsewhere(kind, await send_elsewhere(request, kind))
    today = local(request.app[DEPLOYMENT].now()).date()
    if found := problems(filled, request.app[PORTAL].rules, today=today):
        return found
    promise = await request.app[PORTAL].desk.promise(submission_id)
    if not known:
        if kind:
            await _note_override(request, kind, ground, promise.code)
        await _store(request, filled, promise, submission_id, examined=kind is not None)
    return promise


async def _note_override(request: web.Request, kind: DiversionKind, ground: str, code: str) -> None:
    """Who took it all the same, and why: before it is stored, so that none is taken unseen."""
    deployment, user = request.app[DEPLOYMENT], staff_of(request).id
    what = f"{OVERRIDDEN}:{kind.value}:{ground}"
    await deployment.database.write(partial(people.log_access, user_id=user, what=what, ref=code, now=deployment.now()))
    log.info(OVERRIDDEN, kind=kind.value, ground=ground, user=user)


async def _store(request: web.Request, filled: Filled, promise: Promise, submission_id: str, *, examined: bool) -> None:
    deployment = request.app[DEPLOYMENT]
    now = deployment.now()
    consent = agreed(filled, told_agreement(deployment.settings.office), now=now)
    place = place_of(deployment, Spot(filled["place"], filled["commune"], filled.point))
    contact, hashed = filled.contact_id, promise.pin_hash
    form = to_form(filled, code=promise.code, pin_hash=hashed, contact_id=contact, place=place, consent=consent)
    form = form.model_copy(update={"examined": examined})
    submission = Submission(
        what="form",
        id=submission_id,
        code=promise.code,
        sent_at=now,
        text=form.content,
        form=form,
        attachments=filled.files,
    )
    await accept(request, submission)
