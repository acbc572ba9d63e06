"""The regulation in force and the agencies of today: what clients need to offer the right choices."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from core.cases.agencies import Agency
from core.cases.decide.refusals import button
from core.contract.schema import Model
from core.regulations.model import Pack
from core.regulations.words import Level
from core.service.reading.views import Labelled
from gateway.api.cursor import decode, encode
from gateway.api.operation import Answer, Call, Listing, Operation, Paged

TAG = "catalogue"


class AgencyQuery(Paged):
    """Which agencies."""

    q: str = Field(default="", max_length=100, description="Part of a name or code it has or had, in any spelling")
    kind: str = Field(default="", max_length=48)
    all: bool = Field(default=False, description="Also those that are gone")
    at: date | None = Field(default=None, description="As they stood on this day; usually today")


class AgencyView(Model):
    """One agency; one that is gone names those that took over."""

    id: str
    name: str
    short_name: str
    code: str
    former: tuple[str, ...]
    kind: str
    parent: str | None
    commune_code: str | None
    active: bool
    until: date | None
    replaced_by: tuple[str, ...]


class RoleView(Labelled):
    """A role and where it stands (centre, agency …)."""

    level: str


class StageView(Labelled):
    """A stage: what outsiders read, its kind, and whose work it is."""

    level: str
    public: str
    kind: str
    owner: str
    rules: tuple[str, ...]


class MoveRow(Model):
    """One row of the table: this command, by these roles, from these stages."""

    id: str
    command: str
    label: str
    at: str
    by: tuple[str, ...]
    origins: tuple[str, ...]
    to: str | None
    rules: tuple[str, ...]
    beyond_text: bool


class LimitView(Labelled):
    """A time limit as the regulation writes it; "unset": it gives none."""

    kind: str
    at: str
    allowance: str
    rules: tuple[str, ...]


class RegulationView(Model):
    """The regulation in force, in short."""

    id: str
    ref: str
    title: str
    place: str
    roles: tuple[RoleView, ...]
    stages: tuple[StageView, ...]
    moves: tuple[MoveRow, ...]
    limits: tuple[LimitView, ...]
    categories: tuple[Labelled, ...]
    urgencies: tuple[Labelled, ...]
    required: tuple[Labelled, ...]
    decline_reasons: tuple[Labelled, ...]
    cancel_reasons: tuple[Labelled, ...]
    ratings: tuple[Labelled, ...]


async def show_regulation(call: Call) -> Answer:
    """Roles, stages, moves, limits, categories, grounds and ratings of the regulation in force."""
    return Answer(_view(call.deployment.regulation.current))


async def list_agencies(call: Call) -> Answer:
    """Agencies by name; those that are gone only when asked for."""
    query, regulation = call.query, call.deployment.regulation
    tree = regulation.book.at(query.at) if query.at else regulation.agencies
    after = decode(query.cursor)
    found = sorted(
        (one for one in tree.search(query.q, gone=query.all) if query.kind in ("", one.kind)),
        key=lambda one: (one.name, one.id),
    )
    start = after[0] if after else 0
    shown = found[start : start + query.limit]
    more = (start + query.limit, "") if len(found) > start + query.limit else None
    items = tuple(_agency(one, active=tree.is_active(one.id)) for one in shown)
    return Answer(Listing[AgencyView](items=items, next=encode(more)))


def _agency(one: Agency, *, active: bool) -> AgencyView:
    shown = one.model_dump(include=set(AgencyView.model_fields) - {"active"})
    return AgencyView(active=active, **shown)


def _view(pack: Pack) -> RegulationView:
    intake = pack.intake
    return RegulationView(
        id=pack.id,
        ref=pack.ref,
        title=pack.meta.title,
        place=pack.meta.place,
        roles=tuple(RoleView(id=key, label=role.label, level=role.level) for key, role in pack.roles.items()),
        stages=tuple(one for level in ("case", "dispatch", "coordination") for one in _stages(pack, level)),
        moves=tuple(_moves(pack)),
        limits=tuple(_limits(pack)),
        categories=tuple(Labelled(id=key, label=one.label) for key, one in intake.categories.items() if one.active),
        urgencies=tuple(Labelled(id=key, label=one.label) for key, one in intake.urgencies.items()),
        required=tuple(Labelled(id=one.field, label=one.label) for one in intake.required.values()),
        decline_reasons=tuple(Labelled(id=key, label=one.label) for key, one in pack.decline_reasons.items()),
        cancel_reasons=tuple(Labelled(id=key, label=one.label) for key, one in pack.cancel_reasons.items()),
        ratings=tuple(Labelled(id=key, label=one.label) for key, one in pack.rating.levels.items()),
    )


def _stages(pack: Pack, level: Level) -> list[StageView]:
    stages = getattr(pack.stages, level)
    return [
        StageView(
            id=key,
            label=one.label,
            level=level,
            public=one.public,
            kind=one.kind,
            owner=one.owner,
            rules=one.cites,
        )
        for key, one in stages.items()
    ]


def _moves(pack: Pack) -> list[MoveRow]:
    return [
        MoveRow(
            id=key,
            command=move.command,
            label=button(move.command, move),
            at=move.at,
            by=move.by,
            origins=tuple(sorted(pack.origins(move))),
            to=move.to,
            rules=move.cites,
            beyond_text=move.beyond_text,
        )
        for key, move in pack.moves.items()
    ]


def _limits(pack: Pack) -> list[LimitView]:
    return [
        LimitView(id=key, label=one.label, kind=one.kind, at=one.at, allowance=str(one.allowance), rules=one.cites)
        for key, one in pack.clocks.items()
    ]


OPERATIONS = (
    Operation("showRegulation", "GET", "/regulation", TAG, "Quy chế đang áp dụng", show_regulation, RegulationView),
    Operation(
        "listAgencies", "GET", "/agencies", TAG, "Cơ quan", list_agencies, Listing[AgencyView], query=AgencyQuery
    ),
)
