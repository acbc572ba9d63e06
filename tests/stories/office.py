"""
Cases worked over HTTP by officials who also try what they may not, with words everywhere that no outsider may read.

Everything that is written carries its case and its field in one word ("kqbzsubmitresultresult"), so that whatever turns
up where it must not says by itself where it came from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

from sqlalchemy import select

from core.cases.commands import NAMES
from core.cases.decide.triggers import happenings
from core.cases.events import parse_event
from core.cases.model import Case
from core.cases.view import public_fields
from core.regulations.words import ALWAYS
from core.service.public import PublicDesk
from core.storage import cases
from core.storage.database import Connection
from core.storage.tables import case_event, outbox
from gateway.admin.services import auditor_of
from gateway.simulation.chart import FAR, Chart
from gateway.simulation.filling import ANYTHING, Field, Writer
from gateway.simulation.office import CENTRE, Office, Official, SimulatedClock
from gateway.simulation.player import NEVER, stage_of

PAGES = ("/cong-khai", "/khong-du-dieu-kien")
PUBLISHING = ("publish", "answerreporter")
IN_A_LETTER = ("name", "publishtext", "answerreportertext", "replyprivatelytext")
ENDING = frozenset(
    {"flag_secret", "flag_reputation", "report_deadlock", "raise_emergency", "set_confidential", "cancel"}
)
BACK = "send_back"
REFUSALS = (400, 403, 404, 409, 422)
RASH = 0.15
HOURS = (0.2, 1, 3, 9, 26, 75)


@dataclass(frozen=True)
class Secretive(Writer):
    """Writes a word of its own into every text."""

    mark: str = ""

    def word(self, command: str, name: str) -> str:
        """ "kqbz" and where it was written."""
        return f"{self.mark}{command}{name}".replace("_", "") + f" {ANYTHING}"


@dataclass
class Told:
    """One report of a story: `mark` begins every word of it, `digits` stand in its numbers."""

    mark: str
    digits: str
    code: str = ""
    case_id: str = ""
    tried: set[str] = field(default_factory=set)

    def report(self) -> dict[str, Any]:
        """What reception types in."""
        return {
            "content": f"{self.mark}content đèn đường hỏng",
            "place": {"text": f"{self.mark}place số 4"},
            "occurred": f"{self.mark}occurred hôm qua",
            "reporter": {
                "name": f"{self.mark}name",
                "phone": f"0912{self.digits}",
                "email": f"{self.mark}mail@example.vn",
                "address": f"{self.mark}address",
                "identity_number": f"001090{self.digits}",
            },
            "consent": True,
        }


@dataclass
class OfficeStory:
    """A few reports and many steps; the same seed tells the same story."""

    office: Office
    clock: SimulatedClock
    random: Random
    told: list[Told] = field(default_factory=list)
    done: int = 0

    async def tell(self, *, reports: int, steps: int) -> None:
        """All of it, looking at the public side now and then."""
        chart = Chart(self.office.pack)
        for number in range(reports):
            await self._report(number)
        for step in range(steps):
            await self._step(self.random.choice(self.told), chart)
            if step % 10 == 9:
                await self.look_from_outside()

    async def _report(self, number: int) -> None:
        told = Told(f"kq{chr(97 + number)}z", f"345{number:03}")
        reception = self.office.staff[CENTRE][0]
        body = told.report() | {"confidential": self.random.random() < 0.3}
        taken = await self.office.call(reception, "POST", "/reports", body)
        assert taken.status == 202, taken
        await self.office.work()
        told.code = taken.body["code"].replace(" ", "")
        told.case_id = (await self.office.call(reception, "GET", f"/reports/{told.code}")).body["case_id"]
        self.told.append(told)

    async def _step(self, told: Told, chart: Chart) -> None:
        if self.random.random() < RASH:
            await self._try_anything(told)
            self.clock.pass_time(timedelta(hours=self.random.choice(HOURS)))
            await self.office.work()
            return
        for who in self._people():
            view = await self.office.call(who, "GET", f"/cases/{told.case_id}")
            assert view.status in (200, 404)
            moves = view.body["moves"] if view.status == 200 else ()
            choice = self._choose(view.body, [one for one in moves if one["command"] not in NEVER], chart)
            if choice is not None:
                await self._issue(told, who, choice)
                return

    def _people(self) -> Iterator[Official]:
        everybody = [one for house in self.office.staff.values() for one in house]
        yield from self.random.sample(everybody, len(everybody))

    def _choose(self, view: Mapping[str, Any], moves: list[Any], chart: Chart) -> Any:
        onward = [one for one in moves if chart.gain(stage_of(view, one), one["command"]) > 0]
        if onward:
            return self.random.choice(onward)
        return self.random.choice(moves) if moves and self.random.random() < RASH else None

    async def _issue(self, told: Told, who: Official, move: Mapping[str, Any]) -> None:
        writer = Secretive(self.random, mark=told.mark)
        payload = writer.fill(move["command"], [Field.of(one) for one in move["fields"]], now=self.clock())
        payload |= {name: move[name] for name in ("dispatch_id", "coordination_id") if move[name]}
        answer = await self.office.call(who, "POST", f"/cases/{told.case_id}/commands/{move['command']}", payload)
        assert answer.status == 200 or answer.status in REFUSALS, answer
        self.done += answer.status == 200

    async def _try_anything(self, told: Told) -> None:
        """A command nobody offered, with nothing or nonsense in it: refused in words, and nothing changes."""
        who, name = next(self._people()), self.random.choice(sorted(NAMES - NEVER))
        before = await self._case(told)
        answer = await self.office.call(who, "POST", f"/cases/{told.case_id}/commands/{name}", {"reason": told.mark})
        assert answer.status == 200 or answer.status in REFUSALS, answer
        if answer.status != 200:
            assert answer.body["message"]
            assert await self._case(told) == before

    async def _case(self, told: Told) -> Case:
        row = await self.office.deployment.database.read(partial(cases.load, case_id=told.case_id))
        return Case.model_validate(row.state)

    async def look_from_outside(self) -> None:
        """Every public page, what a code alone opens, and each reporter's own page: no word of where it must not be."""
        deployment = self.office.deployment
        desk = await PublicDesk.open(
            deployment.database, safe=deployment.safe, regulation=deployment.regulation, now=deployment.now
        )
        public = [await self._page(path) for path in (*PAGES, *(f"/cong-khai/{one.case_id}" for one in self.told))]
        public += [
            repr(await desk.glance(one.code, client=f"10.0.0.{self.random.randint(1, 250)}")) for one in self.told
        ]
        for told in self.told:
            allowed = await self._allowed(told)
            for text in public:
                assert not leaks(text, told, allowed), f"{leaks(text, told, allowed)} is public"
        for reader in self.told:
            own = repr(await desk.follow(reader.code)) + await self._letter(reader)
            assert [one.mark for one in self.told if one is not reader and leaks(own, one, ())] == []

    def check_the_log(self, written: str) -> None:
        """No line of it holds what somebody wrote, or a number of theirs."""
        for told in self.told:
            found = leaks(written, Told(told.mark, told.report()["reporter"]["phone"]), ())
            assert not found, f"{found} is in the log"

    async def _letter(self, reader: Told) -> str:
        """The answer on paper: in it stand whom it is to and what was answered, and nothing that staff told staff."""
        made = await self.office.deployment.clerk.letters.of_report(reader.code)
        if made is None:
            return ""
        text = made.page + made.text
        assert not leaks(text, reader, tuple(f"{reader.mark}{name}" for name in IN_A_LETTER)), text
        return text

    async def _allowed(self, told: Told) -> tuple[str, ...]:
        """The published words of a case that may be read by everybody."""
        case, pack = await self._case(told), self.office.pack
        return tuple(f"{told.mark}{name}text" for name in PUBLISHING) if "answer" in public_fields(case, pack) else ()

    async def _page(self, path: str) -> str:
        async with self.office.session.get(f"{self.office.base}{path}") as response:
            assert response.status in (200, 404), path
            return await response.text()

    async def check_the_archive(self) -> None:
        """Every chain verifies, every row is the fold of its events, and every stage is one of the pack's."""
        report = await auditor_of(self.office.deployment).verify()
        assert report.findings == []
        assert report.cases == len(self.told)
        assert {(await self._case(one)).stage for one in self.told} <= self.office.pack.stages.case.keys()

    async def check_the_notices(self) -> None:
        """What the pack says a reporter is told was written exactly once, whatever happened around it."""
        for told in self.told:
            case = await self._case(told)
            if case.diversion is None:
                written = await self.office.deployment.database.read(partial(_causes, case_id=told.case_id))
                for cause, certain in await self._owed(case):
                    found = sum(one.endswith(cause) for one in written)
                    assert found == 1 if certain else found <= 1, f"{cause}: {found} times"

    async def _owed(self, case: Case) -> list[tuple[str, bool]]:
        """(what causes a letter, whether it is owed in any case: a condition is judged when it happens)."""
        events = await self.office.deployment.database.read(partial(_events, case_id=case.id))
        owed = []
        for version, body in events:
            words = {one.word for one in happenings(parse_event(body))}
            for notice in self.office.pack.notifications.values():
                if "reporter" in notice.to and words & set(notice.on):
                    for report in case.reports:
                        owed.append((f"/web/{case.id}/{version}/{notice.id}/{report.report_id}", notice.when == ALWAYS))
        return owed


async def work_through(office: Office, clock: SimulatedClock, told: Told) -> None:
    """Whoever can take a step towards the answer takes it, until the case is done."""
    chart, random = Chart(office.pack), Random(2)
    for _ in range(60):
        view = (await office.call(office.staff[CENTRE][0], "GET", f"/cases/{told.case_id}")).body
        if office.pack.stage("case", view["stage"]["id"]).kind == "done":
            return
        assert await take_a_step(office, chart, random, told), f"nobody can go on from {view['stage']['id']}"
        clock.pass_time(timedelta(hours=random.choice((1, 5, 30))))
        await office.work()
    timeline = (await office.call(office.staff[CENTRE][0], "GET", f"/cases/{told.case_id}/timeline")).body
    raise AssertionError(f"the case has not come to its answer: {[one['kind'] for one in timeline['items']][-30:]}")


async def take_a_step(office: Office, chart: Chart, random: Random, told: Told) -> bool:
    """
    The first step towards an answer that is offered and carried out, work at hand before opening more of it; else
    something that may be needed first.
    """
    onward, aside, back = list[tuple[Official, Any]](), list[tuple[Official, Any]](), list[tuple[Official, Any]]()
    for who in [one for house in office.staff.values() for one in house]:
        seen = await office.call(who, "GET", f"/cases/{told.case_id}")
        for move in seen.body["moves"] if seen.status == 200 else ():
            gain = chart.gain(stage_of(seen.body, move), move["command"])
            if move["command"] in NEVER | ENDING:
                continue
            if move["command"] == BACK:
                back.append((who, move))
            elif gain > 0 and not move["dispatch_id"]:
                onward.append((who, move))
            elif gain > 0 and await carried_out(office, who, random, told, move):
                return True
            elif FAR // -2 < gain <= 0 and move["command"] not in told.tried:
                aside.append((who, move))
    for who, move in onward:
        if await carried_out(office, who, random, told, move):
            return True
    for who, move in [*aside, *back]:
        told.tried.add(move["command"])
        if await carried_out(office, who, random, told, move):
            return True
    return False


async def carried_out(office: Office, who: Official, random: Random, told: Told, move: Mapping[str, Any]) -> bool:
    """Issue a command as the form asks."""
    payload = Secretive(random, mark=told.mark).fill(
        move["command"], [Field.of(one) for one in move["fields"]], now=office.deployment.now()
    )
    payload |= {name: move[name] for name in ("dispatch_id", "coordination_id") if move[name]}
    answer = await office.call(who, "POST", f"/cases/{told.case_id}/commands/{move['command']}", payload)
    assert answer.status < 500, (move["command"], answer.body)
    return answer.status == 200


def leaks(text: str, told: Told, allowed: tuple[str, ...]) -> str:
    """The first word of this report in a text, beside those allowed; empty: none."""
    for word in allowed:
        text = text.replace(word, "")
    for word in (told.mark, told.digits):
        place = text.find(word)
        if place >= 0:
            return text[place : place + 60]
    return ""


def _causes(connection: Connection, *, case_id: str) -> list[str]:
    return list(connection.scalars(select(outbox.c.dedupe_key).where(outbox.c.case_id == case_id)))


def _events(connection: Connection, *, case_id: str) -> list[tuple[int, bytes]]:
    rows = select(case_event.c.version, case_event.c.body).where(case_event.c.case_id == case_id)
    return [(version, body) for version, body in connection.execute(rows.order_by(case_event.c.version))]
