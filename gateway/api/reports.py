"""Reports: written down by reception on behalf of a citizen, and one of them read."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import Literal, NoReturn

from pydantic import Field

from core.contract.errors import NotFound
from core.contract.schema import Model, new_id
from core.identity.codes import format_code, parse_code
from core.service.reading.views import ReportView
from core.storage import answers, reports
from core.storage.answers import Remembered
from gateway.api.errors import ApiError
from gateway.api.idempotency import REPLAYED, Key, earlier
from gateway.api.operation import Answer, Call, Operation, Reveal
from gateway.auth.errors import NotAllowed
from gateway.portal.checks import Problem
from gateway.portal.fields import Filled
from gateway.portal.on_behalf import GROUNDS, RECEPTION, Elsewhere, write_down

TAG = "reports"


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
    known = await earlier(call.deployment, key) is not None
    submission_id, ground = _submission_id(key), call.body.none_of_these
    taken = await write_down(call.request, _filled(call.body), submission_id=submission_id, ground=ground, known=known)
    if isinstance(taken, Elsewhere):
        details = {"kind": taken.kind.value, "none_of_these": dict(GROUNDS)}
        raise ApiError(422, "diverted", taken.text, rules=("VN-1", "VN-2"), details=details)
    if isinstance(taken, list):
        _refuse(taken)
    if key is not None and not known:
        await _remember(call, key)
    done = Accepted(code=format_code(taken.code), pin=taken.pin)
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


def _submission_id(key: Key | None) -> str:
    return hashlib.sha256(f"{key.scope}\0{key.key}".encode()).hexdigest() if key else new_id()


async def _remember(call: Call, key: Key) -> None:
    """After the inbox: the note may be missed, since the submission's id makes a repeat harmless."""
    kept = Remembered(key.body_hash, 202, b"")
    write = partial(answers.remember, scope=key.scope, key=key.key, answer=kept, now=call.deployment.now())
    await call.deployment.database.write(write)


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


def _refuse(found: list[Problem]) -> NoReturn:
    """ApiError 422: what the regulation requires is missing, or a value is no phone, no mail address …"""
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
