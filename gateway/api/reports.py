"""Reports: written down by reception on behalf of a citizen, and one of them read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Literal

import structlog
from pydantic import Field

from channels.own import Submission
from core.clock.zone import local
from core.contract.errors import NotFound
from core.contract.schema import Model, new_id
from core.identity.codes import format_code, parse_code
from core.intake.rules import DiversionKind
from core.service.public import Promise
from core.service.reading.views import ReportView
from core.storage import people, reports
from core.storage.people import Remembered
from gateway.api.errors import ApiError
from gateway.api.idempotency import REPLAYED, Key
from gateway.api.operation import Answer, Call, Operation, Reveal
from gateway.auth.errors import NotAllowed
from gateway.portal.checks import problems
from gateway.portal.communes import Spot, place_of
from gateway.portal.elsewhere import belongs_elsewhere, send_elsewhere
from gateway.portal.fields import Filled, agreed, to_form, told_agreement
from gateway.portal.shared import PORTAL, accept

log = structlog.get_logger()

TAG = "reports"
OVERRIDDEN = "diversion_overridden"
RECEPTION = "receptionist"
GROUNDS: Mapping[str, str] = MappingProxyType(
    {
        "wording": "Chỉ trùng từ ngữ, nội dung là phản ánh hiện trường",
        "service": "Góp ý về dịch vụ, không khiếu nại quyết định hay hành vi hành chính",
        "confirmed": "Đã hỏi lại, người dân xác nhận chỉ phản ánh sự việc",
    }
)
"""Why reception takes what reads like a khiếu nại, a tố cáo or about corruption and is none."""


class GivenPlace(Model):
    """Where it happened: words, or degrees (WGS 84)."""

    text: str = Field(default="", max_length=300)
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)


class GivenReporter(Model):
    """Who reports, as far as they said."""

    name: str = Field(default="", max_length=300)
    phone: str = Field(default="", max_length=40)
    email: str = Field(default="", max_length=300)
    address: str = Field(default="", max_length=300)
    identity_number: str = Field(default="", max_length=20)


class NewReport(Model):
    """What a citizen told reception. `consent`: they agreed that what they told about themselves is used."""

    content: str = Field(max_length=8000)
    place: GivenPlace = GivenPlace()
    occurred: str = Field(default="", max_length=300)
    category: str = Field(default="", max_length=64)
    reporter: GivenReporter = GivenReporter()
    confidential: bool = False
    consent: bool = False
    none_of_these: Literal["", "wording", "service", "confirmed"] = Field(
        default="", description="Why this is no khiếu nại, no tố cáo, not about corruption, though it was taken for it"
    )
    declared_none: tuple[str, ...] = Field(default=(), max_length=12, description="Fields the citizen does not have")


class Accepted(Model):
    """Durably taken. The citizen follows it with code and PIN; the case exists a moment later."""

    code: str
    pin: str


async def take_report(call: Call) -> Answer:
    """
    Take a report like the portal does: stored durably before this is answered, and given its code and PIN.

    What is a khiếu nại, a tố cáo or about corruption is never stored, and asked for nothing more: 422 says where the
    citizen goes with it (VN-1, VN-2). Whoever typed it in and knows better says so in `none_of_these`, which is logged.
    A repeat with the same Idempotency-Key is the same report with the same code; the PIN is stored nowhere.
    """
    if not call.staff.may(RECEPTION):
        raise NotAllowed("reception takes reports")
    key = Key.of(call)
    known = await _earlier(call, key)
    filled = _filled(call.body)
    kind = await belongs_elsewhere(filled)
    if kind and not call.body.none_of_these:
        text = await send_elsewhere(call.request, kind)
        details = {"kind": kind.value, "none_of_these": dict(GROUNDS)}
        raise ApiError(422, "diverted", text, rules=("VN-1", "VN-2"), details=details)
    _check(call, filled)
    promise = await call.request.app[PORTAL].desk.promise(_submission_id(key))
    if not known:
        if kind:
            await _note_override(call, kind, promise.code)
        await _accept(call, filled, promise, key, examined=kind is not None)
    done = Accepted(code=format_code(promise.code), pin=promise.pin)
    return Answer(done, status=202, headers=REPLAYED if known else {})


async def show_report(call: Call) -> Answer:
    """One report, by id or by code."""
    report_id, case_id = await _find(call)
    view = await call.reader.case_page(case_id, call.member, reveal=call.query.reveal)
    found = next((one for one in view.reports if one.id == report_id), None)
    if found is None:
        raise NotFound(report_id)
    return Answer(found)


async def _find(call: Call) -> tuple[str, str]:
    wanted = call.path("report_id")
    code, database = parse_code(wanted), call.deployment.database
    read = partial(reports.by_code, code=code) if code else partial(reports.load, report_id=wanted)
    row = await database.read(read)
    return row.id, row.case_id


async def _note_override(call: Call, kind: DiversionKind, code: str) -> None:
    """Who took it all the same, and why: before it is stored, so that none is taken unseen."""
    what, deployment = f"{OVERRIDDEN}:{kind.value}:{call.body.none_of_these}", call.deployment
    note = partial(people.log_access, user_id=call.staff.id, what=what, ref=code, now=deployment.now())
    await deployment.database.write(note)
    log.info(OVERRIDDEN, kind=kind.value, ground=call.body.none_of_these, user=call.staff.id)


def _submission_id(key: Key | None) -> str:
    return hashlib.sha256(f"{key.scope}\0{key.key}".encode()).hexdigest() if key else new_id()


async def _earlier(call: Call, key: Key | None) -> bool:
    if key is None:
        return False
    found = await call.deployment.database.read(partial(people.remembered, scope=key.scope, key=key.key))
    return key.check(found) is not None


async def _accept(call: Call, filled: Filled, promise: Promise, key: Key | None, *, examined: bool) -> None:
    """Into the inbox first; the note of the key may be missed, since the submission's id makes a repeat harmless."""
    deployment = call.deployment
    consent = agreed(filled, told_agreement(deployment.settings.office), now=deployment.now())
    place = place_of(deployment, Spot(filled["place"], filled["commune"], filled.point))
    form = to_form(filled, code=promise.code, pin_hash=promise.pin_hash, contact_id="", place=place, consent=consent)
    form = form.model_copy(update={"examined": examined})
    submission = Submission(
        what="form", id=_submission_id(key), code=promise.code, sent_at=deployment.now(), text=form.content, form=form
    )
    await accept(call.request, submission)
    if key is not None:
        kept = Remembered(key.body_hash, 202, b"")
        write = partial(people.remember, scope=key.scope, key=key.key, answer=kept, now=deployment.now())
        await deployment.database.write(write)


def _filled(body: NewReport) -> Filled:
    """The same form that citizens fill in, so that the same rules hold."""
    who, place = body.reporter, body.place
    texts = {
        "content": body.content,
        "place": place.text,
        "latitude": "" if place.latitude is None else f"{place.latitude:.7f}",
        "longitude": "" if place.longitude is None else f"{place.longitude:.7f}",
        "occurred": body.occurred,
        "category": body.category,
        "name": who.name,
        "phone": who.phone,
        "email": who.email,
        "address": who.address,
        "identity": who.identity_number,
    }
    return Filled(texts, lacking=frozenset(body.declared_none), confidential=body.confidential, consent=body.consent)


def _check(call: Call, filled: Filled) -> None:
    """ApiError 422: what the regulation requires is missing, or a value is no phone, no mail address …"""
    found = problems(filled, call.request.app[PORTAL].rules, today=local(call.deployment.now()).date())
    if found:
        text = " ".join(problem.text for problem in found)
        raise ApiError(422, "data_missing", text, details={"fields": {one.field: one.text for one in found}})


OPERATIONS = (
    Operation(
        "takeReport",
        "POST",
        "/reports",
        TAG,
        "Ghi nhận phản ánh thay người dân",
        take_report,
        Accepted,
        body=NewReport,
        status=202,
        keyed=True,
    ),
    Operation("showReport", "GET", "/reports/{report_id}", TAG, "Một phản ánh", show_report, ReportView, query=Reveal),
)
