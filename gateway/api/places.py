"""Communes by new and old names, where a case should go, and the tree of agencies for whoever keeps it."""

from __future__ import annotations

from datetime import date
from functools import partial

from pydantic import Field

from core.agencies import Entry, add, amend, close
from core.clock import local
from core.contract.schema import Model
from core.service.agencies import Change
from core.service.reading.views import Labelled
from gateway.admin.services import successions_of
from gateway.api.operation import Answer, Call, Listing, Operation
from gateway.console.proposing import advise

TAG = "places"
_ONE = "/agencies/{agency_id}"
_ID = Field(min_length=1, max_length=64)


class CommuneQuery(Model):
    """What somebody has typed so far."""

    q: str = Field(min_length=1, max_length=100, description="Part of a name, new or old, in any spelling")
    at: date | None = Field(default=None, description="As of this day; usually today")


class CommuneView(Model):
    """A commune that may be meant; `formerly` is the old one that was named, `whole`: all of that became this."""

    code: str
    label: str
    formerly: str
    whole: bool


class ProposalView(Model):
    """Where a case should go, and why; empty `agencies`: a person must find out. `unit` would do the work."""

    agencies: tuple[Labelled, ...]
    unit: Labelled | None
    others: tuple[Labelled, ...]
    reason: str
    rules: tuple[str, ...]


class AgencyFields(Model):
    """What an agency is, from a day on."""

    name: str = Field(min_length=1, max_length=300)
    kind: str = Field(min_length=1, max_length=48)
    short_name: str = Field(default="", max_length=80)
    parent: str | None = Field(default=None, max_length=64)
    code: str = Field(default="", max_length=64)
    commune_code: str | None = Field(default=None, max_length=16)
    since: date
    note: str = Field(default="", max_length=200, description="Why: number of the decision, say")


class NewAgency(AgencyFields):
    """A new agency; its id is never given twice."""

    id: str = _ID


class Ending(Model):
    """The last day of an agency, and who takes over."""

    last_day: date
    replaced_by: tuple[str, ...] = ()
    children_to: str | None = Field(default=None, max_length=64)
    note: str = Field(default="", max_length=200)


class Succession(Model):
    """Who takes over all open work, and why."""

    to: str = _ID
    reason: str = Field(min_length=1, max_length=200)


class Edition(Model):
    """What is written down now is this edition of the tree."""

    edition: int


class HandedOver(Model):
    """How many cases changed hands, and how many did not."""

    done: int
    refused: int


async def search_communes(call: Call) -> Answer:
    """Communes for what was typed, those of old names included."""
    day = call.query.at or local(call.deployment.now()).date()
    gazetteer = await call.deployment.places.gazetteer(call.deployment.regulation.book.at(day))
    found = gazetteer.search(call.query.q, day, most=20)
    return Answer(
        Listing[CommuneView](
            items=tuple(
                CommuneView(
                    code=one.commune.code,
                    label=one.commune.label,
                    formerly=one.formerly.label if one.formerly else "",
                    whole=one.whole,
                )
                for one in found
            )
        )
    )


async def show_proposal(call: Call) -> Answer:
    """Where this case should go under its regulation, with the reason."""
    case = await call.reader.case(call.path("case_id"), call.member)
    found = await advise(call.deployment, case, words=[])
    unit, name = found.proposal.unit, call.deployment.regulation.agencies.name
    return Answer(
        ProposalView(
            agencies=found.agencies,
            unit=Labelled(id=unit, label=name(unit)) if unit else None,
            others=found.others,
            reason=found.proposal.reason,
            rules=found.proposal.rules,
        )
    )


async def add_agency(call: Call) -> Answer:
    """A new agency. 422 where the tree would not hold together; nothing is changed then."""
    fields = call.body.model_dump(exclude={"id", "note"})
    return await _write(call, partial(add, new=Entry(agency_id=call.body.id, **fields)), status=201)


async def change_agency(call: Call) -> Answer:
    """Another name, parent or code from a day on."""
    fields = call.body.model_dump(exclude={"since", "note"})
    return await _write(call, partial(amend, agency_id=call.path("agency_id"), since=call.body.since, **fields))


async def end_agency(call: Call) -> Answer:
    """Its last day, its successors, and where those below it belong."""
    fields = call.body.model_dump(exclude={"note"})
    return await _write(call, partial(close, agency_id=call.path("agency_id"), **fields))


async def hand_over(call: Call) -> Answer:
    """All open work of an agency goes to another one, with the reason in every case."""
    call.need_admin()
    agency = call.path("agency_id")
    successions = successions_of(call.deployment)
    work = await successions.of_agency(agency)
    whom = {"from_agency": agency, "to_agency": call.body.to}
    done = await successions.hand_over(work, reason=call.body.reason, by=call.staff.id, **whom)
    return Answer(HandedOver(done=len(done.done), refused=len(done.refused)))


async def _write(call: Call, change: Change, *, status: int = 200) -> Answer:
    call.need_admin()
    book = call.deployment.regulation.book
    await book.write(call.deployment.database, change, by=call.staff.id, note=call.body.note)
    return Answer(Edition(edition=book.history.edition), status=status)


OPERATIONS = (
    Operation(
        "searchCommunes",
        "GET",
        "/communes",
        TAG,
        "Xã, phường theo tên mới và cũ",
        search_communes,
        Listing[CommuneView],
        query=CommuneQuery,
    ),
    Operation(
        "showProposal", "GET", "/cases/{case_id}/proposal", TAG, "Đề xuất nơi phân phối", show_proposal, ProposalView
    ),
    Operation("addAgency", "POST", "/agencies", TAG, "Thêm cơ quan", add_agency, Edition, body=NewAgency, status=201),
    Operation(
        "changeAgency", "POST", f"{_ONE}/changes", TAG, "Đổi tên, cấp trên", change_agency, Edition, body=AgencyFields
    ),
    Operation("endAgency", "POST", f"{_ONE}/end", TAG, "Kết thúc cơ quan", end_agency, Edition, body=Ending),
    Operation(
        "handOverAgency", "POST", f"{_ONE}/hand-over", TAG, "Bàn giao việc", hand_over, HandedOver, body=Succession
    ),
)
