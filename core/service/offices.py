"""
People in their offices: one account each (LS-3.1), two focal points an agency (TG-15.1), deputies while somebody is
away, and open work that goes to a successor when somebody leaves or an agency ends.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from core.cases.agencies import AgencyTree
from core.cases.decide import Actor, Refusal
from core.cases.decide.handing import Giver, open_coordinations, open_dispatches
from core.cases.model import Case
from core.cases.routing import DISPATCH
from core.clock.zone import end_of, midnight
from core.contract.errors import GatewayError
from core.contract.schema import new_id
from core.privacy.blind import BlindIndex
from core.regulations.model import Pack
from core.service.actors import ADMIN
from core.service.clerk import Clerk
from core.service.regulation import Regulation
from core.storage import case_search, cases, offices, people
from core.storage.agency_lists import having_open
from core.storage.case_search import Search
from core.storage.database import Connection, Database
from core.storage.offices import PARTS, FocalPoint, StandIn

_NUMBER = re.compile(r"[0-9A-Z]{3,30}")
_BATCH = 200
_LONGEST_AWAY_DAYS = 366


class OfficeRefused(GatewayError):
    """It would not be right like this; nothing was changed. The text is a sentence for whoever asked."""

    code = "office_refused"

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.vi = text


def identity_of(blind: BlindIndex, number: str) -> str:
    """
    The keyed hash of an official's own number (số hiệu cán bộ), however it is written.

    Raises: OfficeRefused: no number.
    """
    plain = re.sub(r"[\s.\-/]", "", number).upper()
    if not _NUMBER.fullmatch(plain):
        raise OfficeRefused("Số hiệu cán bộ gồm 3 đến 30 chữ cái không dấu hoặc chữ số.")
    return blind.other("official", plain)


def check_alone(connection: Connection, identity_blind: str, *, but: str = "") -> None:
    """One account for each official (LS-3.1). OfficeRefused: there is one already."""
    known = people.user_by_identity(connection, identity_blind)
    if known is not None and known.id != but:
        text = f"Người có số hiệu này đã có tài khoản {known.login}; mỗi cán bộ một tài khoản, hãy giao thêm vai trò."
        raise OfficeRefused(text)


def appoint(
    connection: Connection,
    *,
    tree: AgencyTree,
    agency_id: str,
    part: str,
    user_id: str,
    document: str = "",
    now: datetime,
) -> None:
    """
    Register a leader or an officer as focal point of an agency (TG-15.1: one of each).

    Raises: OfficeRefused: the agency is closed or unknown, the person is off, holds no role there, or is the other one.
    """
    if part not in PARTS:
        raise OfficeRefused("Đầu mối là lãnh đạo (leader) hoặc chuyên viên (officer).")
    if not tree.is_active(agency_id):
        raise OfficeRefused(f"{tree.name(agency_id)} không hoạt động.")
    person = people.user_by_id(connection, user_id)
    if not person.active or not offices.holds_role_at(connection, user_id, agency_id):
        raise OfficeRefused(f"{person.display_name} không có vai trò nào tại {tree.name(agency_id)}.")
    held = (one for one in offices.focal_points(connection) if one.agency_id == agency_id)
    if any(one.user_id == user_id and one.part != part for one in held):
        raise OfficeRefused(f"{person.display_name} đã là đầu mối còn lại; cần một lãnh đạo và một chuyên viên.")
    offices.appoint(connection, agency_id=agency_id, part=part, user_id=user_id, document=document[:200], now=now)


def appoint_all(
    connection: Connection,
    *,
    tree: AgencyTree,
    agency_id: str,
    named: Mapping[str, str],
    document: str = "",
    now: datetime,
) -> None:
    """Register these people (user ids by part); whoever is registered so already stays. OfficeRefused: as `appoint`."""
    present = {one.part: one.user_id for one in offices.focal_points(connection) if one.agency_id == agency_id}
    make = partial(appoint, connection, tree=tree, agency_id=agency_id, document=document, now=now)
    for part, user_id in named.items():
        if present.get(part) != user_id:
            make(part=part, user_id=user_id)


@dataclass(frozen=True)
class Gap:
    """
    Something is missing: a focal point (leader, officer), somebody whose agency is no more (closed), or open work that
    was left with one (work; `who`: how many cases).
    """

    agency_id: str
    agency: str
    kind: str
    who: str = ""


def gaps(
    pack: Pack, tree: AgencyTree, points: Iterable[FocalPoint], seats: Iterable[tuple[str, str, str]]
) -> Iterator[Gap]:
    """Agencies that work is sent to and that lack a focal point; then people whose agency does not work any more."""
    serving = {(one.agency_id, one.part) for one in points if one.serves}
    for agency in sorted(_receivers(pack, tree), key=lambda one: one[1]):
        for part in PARTS:
            if (agency[0], part) not in serving:
                yield Gap(agency[0], agency[1], part)
    for agency_id, _, login in seats:
        if not tree.is_active(agency_id):
            yield Gap(agency_id, tree.name(agency_id), "closed", login)


def read_gaps(connection: Connection, *, regulation: Regulation) -> list[Gap]:
    """What is missing today."""
    points, seats = offices.focal_points(connection), offices.seats(connection)
    missing = gaps(regulation.current, regulation.agencies, points, seats)
    return [*missing, *_left_behind(connection, regulation)]


def _left_behind(connection: Connection, regulation: Regulation) -> Iterator[Gap]:
    """Agencies that ended with work, or got some afterwards (a citizen asked back): nobody is there to see it."""
    tree = regulation.agencies
    for agency in sorted(name for name in having_open(connection) if not tree.is_active(name)):
        rows = _batch(connection, places=(agency,), before=None)
        cases_of = ((regulation.packs.get(row.regulation), Case.model_validate(row.state)) for row in rows)
        count = sum(_open_work(pack, case, Giver(agency=agency)) is not None for pack, case in cases_of)
        if count:
            yield Gap(agency, tree.name(agency), "work", str(count))


def _receivers(pack: Pack, tree: AgencyTree) -> set[tuple[str, str]]:
    rows = pack.moves_for(DISPATCH)
    return {(item.id, item.name) for row in rows for item in tree.of_kinds(row.target.kinds)}


def stand_in(connection: Connection, *, away: str, deputy: str, first: date, last: date, by: str, now: datetime) -> str:
    """
    Somebody acts for somebody who is away, from the first day to the last; returns the id.

    Raises: OfficeRefused: the same person, switched off, a period that is none or over, or one that overlaps another ·
    NotFound: no such user.
    """
    since, until = midnight(first), end_of(last)
    absent, other = people.user_by_id(connection, away), people.user_by_id(connection, deputy)
    if away == deputy:
        raise OfficeRefused("Không ai thay chính mình.")
    if not other.active:
        raise OfficeRefused(f"Tài khoản của {other.display_name} đã khóa.")
    if until <= since or until <= now or (until - since).days > _LONGEST_AWAY_DAYS:
        raise OfficeRefused("Thời gian thay phải kết thúc sau khi bắt đầu, chưa qua, và không quá một năm.")
    known = offices.stand_ins(connection, now=now, user_id=away)
    if any(one.user_id == away and one.since < until and since < one.until for one in known):
        raise OfficeRefused(f"{absent.display_name} đã có người thay trong thời gian đó.")
    row = StandIn(new_id(), away, deputy, since, until, by, now, None)
    offices.add_stand_in(connection, row)
    return row.id


@dataclass(frozen=True)
class OpenWork:
    """One case in which somebody still has something to do; `stages` of the parts that are theirs."""

    case_id: str
    code: str
    received_at: datetime
    stage: str
    stages: tuple[str, ...]


@dataclass(frozen=True)
class HandedOver:
    """What a hand-over came to: cases that changed hands, and (code, sentence) of those that did not."""

    done: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


class Successions:
    """Lists open work of an agency or an official, and hands it over."""

    def __init__(self, database: Database, *, regulation: Regulation, clerk: Clerk) -> None:
        self._database = database
        self._regulation = regulation
        self._clerk = clerk

    async def of_agency(self, agency_id: str) -> list[OpenWork]:
        """Cases in which this agency (or unit) has open work or leads, the newest first."""
        return [found async for found in self._look((agency_id,), Giver(agency=agency_id))]

    async def of_official(self, user_id: str) -> list[OpenWork]:
        """Cases in which work was given to this person by name, the newest first."""
        held = await self._database.read(partial(people.grants, user_id=user_id))
        places = tuple(sorted({agency for _, agency in held if agency}))
        return [found async for found in self._look(places, Giver(staff=user_id))] if places else []

    async def hand_over(self, work: Sequence[OpenWork], *, reason: str, by: str, **whom: str) -> HandedOver:
        """
        Give these cases' open parts to the successor, each in its own transaction, with the reason in its events.

        Args:
            whom: from_agency and to_agency, or from_staff and to_staff.
        Raises: OfficeRefused: no reason, or a successor who cannot take it; nothing was changed.
        """
        await self._check(reason, whom)
        actor, done, refused = Actor(by, frozenset({ADMIN})), list[str](), list[tuple[str, str]]()
        for one in work:
            answer = await self._clerk.execute(one.case_id, "hand_over_work", {**whom, "reason": reason}, actor=actor)
            if isinstance(answer, Refusal):
                refused.append((one.code, answer.text_vi))
            else:
                done.append(one.case_id)
        return HandedOver(tuple(done), tuple(refused))

    async def _check(self, reason: str, whom: dict[str, str]) -> None:
        if not reason.strip():
            raise OfficeRefused("Cần nêu lý do bàn giao.")
        tree = self._regulation.agencies
        heir = whom.get("to_agency")
        if heir is not None and (heir == whom.get("from_agency") or not tree.is_active(heir)):
            raise OfficeRefused(f"{tree.name(heir)} không nhận bàn giao được: không hoạt động, hoặc chính là bên giao.")
        if (person := whom.get("to_staff")) is not None:
            found = await self._database.read(partial(people.user_by_id, user_id=person))
            if not found.active or person == whom.get("from_staff"):
                raise OfficeRefused(f"{found.display_name} không nhận bàn giao được.")

    async def _look(self, places: tuple[str, ...], giver: Giver) -> AsyncIterator[OpenWork]:
        before: tuple[datetime, str] | None = None
        while True:
            read = partial(_batch, places=places, before=before)
            rows = await self._database.read(read)
            for row in rows:
                case = Case.model_validate(row.state)
                found = _open_work(self._regulation.packs.get(row.regulation), case, giver)
                if found is not None:
                    yield found
            if len(rows) < _BATCH:
                return
            before = rows[-1].received_at, rows[-1].id


def _batch(
    connection: Connection, *, places: tuple[str, ...], before: tuple[datetime, str] | None
) -> list[cases.CaseRow]:
    return case_search.search(connection, Search(open_only=True, agencies=places), before=before, most=_BATCH)


def _open_work(pack: Pack, case: Case, giver: Giver) -> OpenWork | None:
    parts = [pack.stage("dispatch", one.stage).label for one in open_dispatches(pack, case) if giver.has(one)]
    helps = [pack.stage("coordination", one.stage).label for one in open_coordinations(pack, case) if giver.has(one)]
    if not parts and not helps and not giver.leads(pack, case):
        return None
    stage = pack.stage("case", case.stage).label
    return OpenWork(case.id, case.code, case.received_at, stage, (*parts, *helps))
