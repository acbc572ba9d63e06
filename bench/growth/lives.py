"""
Some hundred cases, taken through the real service code to different ends: what a large archive is multiplied from.

All of them live in one deployment under one clock. Some began weeks ago and are over; the others began this week and
wait where officials left them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random

from channels.own import Submission
from channels.web.adapter import WebChannel
from core.cases.decide import Actor
from core.contract.schema import Place, Reporter, ReportForm, new_id
from core.identity.codes import hash_pin, new_code
from core.service.desk import Issued
from core.storage import due_clocks, reports, timers
from gateway.deployment import Deployment
from tests.support.deployments import World

AGENCY = "cty_dien_luc"
AFTER = timedelta(days=52)
"""How long the whole story takes: longer than the longest window of the regulation, which is 30 days."""

_LATE = timedelta(days=43)
_CENTRE = Actor("ioc", frozenset({"receptionist", "distributor", "editor"}))
_OFFICER = Actor("officer", frozenset({"officer"}), AGENCY)
_LEADER = Actor("leader", frozenset({"leader"}), AGENCY)
_RESULT = "Đơn vị đã kiểm tra hiện trường, thay thiết bị hỏng và dọn sạch khu vực."
_ANSWER = "Đơn vị đã khắc phục xong sự cố, cảm ơn người dân đã phản ánh."

_NAME = "Nguyễn Văn An"
_BODIES = (
    "Đèn đường trước nhà tôi hỏng ba hôm nay, buổi tối rất khó đi lại.",
    "Rác thải chất đống trước cổng trường nhiều ngày, mùi hôi thối rất khó chịu.",
    "Mặt đường có ổ gà rất sâu, xe máy đi qua dễ ngã, mong sớm khắc phục.",
    "Hàng quán lấn chiếm vỉa hè suốt ngày, người đi bộ phải xuống lòng đường.",
    "Nắp cống bị vỡ, nước thải tràn ra ngõ mỗi khi trời mưa lớn.",
)

Step = tuple[timedelta, str, Actor, dict[str, object]]


def _hours(number: float) -> timedelta:
    return timedelta(hours=number)


_ACCEPT: Step = (_hours(1), "accept", _CENTRE, {})
_DISPATCH: Step = (_hours(2), "dispatch", _CENTRE, {"agencies": [AGENCY], "note": "Đề nghị kiểm tra, xử lý sớm."})
_TAKE: Step = (_hours(2.3), "accept_dispatch", _OFFICER, {})
_TAKE_LATE: Step = (_hours(7), "accept_dispatch", _OFFICER, {})
_SUBMIT: Step = (_hours(20), "submit_result", _OFFICER, {"result": _RESULT})
_APPROVE: Step = (_hours(26), "approve", _LEADER, {})
_PUBLISH: Step = (_hours(30), "publish", _CENTRE, {"text": _ANSWER})
_RATE: Step = (_hours(40), "say", _CENTRE, {"text": "Hài lòng"})
_ASK: Step = (_hours(1), "request_supplement", _CENTRE, {"fields": ["place"], "note": "Xin cho biết rõ số nhà."})
_DECLINE: Step = (_hours(3), "decline", _CENTRE, {"reason_code": "private_matter", "reason": "Đây là việc dân sự."})
_CANCEL: Step = (_hours(2), "cancel", _CENTRE, {"reason_code": "mistake", "reason": "Người gửi báo gửi thử."})

_WORKED = (_ACCEPT, _DISPATCH, _TAKE, _SUBMIT, _APPROVE)
LIVES: dict[str, tuple[Step, ...]] = {
    "published": (*_WORKED, _PUBLISH),
    "rated": (*_WORKED, _PUBLISH, _RATE),
    "late": (_ACCEPT, _DISPATCH, _TAKE_LATE, _SUBMIT, _APPROVE, _PUBLISH),
    "declined": (_DECLINE,),
    "cancelled": (_CANCEL,),
    "published lately": (*_WORKED, _PUBLISH),
    "received": (),
    "asked": (_ASK,),
    "accepted": (_ACCEPT,),
    "dispatched": (_ACCEPT, _DISPATCH),
    "in work": (_ACCEPT, _DISPATCH, _TAKE),
    "to approve": (_ACCEPT, _DISPATCH, _TAKE, _SUBMIT),
    "to publish": _WORKED,
}
_SHARES = {"published": 9, "rated": 5, "late": 2, "published lately": 6}
OVER = frozenset({"published", "rated", "late", "declined", "cancelled"})


@dataclass(frozen=True)
class Life:
    """One case as it was lived: what its copies have in common with it, and what they say in its place."""

    kind: str
    case_id: str
    code: str
    body: str
    place: str
    name: str
    email: str


def kinds(many: int) -> Iterator[str]:
    """At least one life of every kind, the usual ones more often."""
    weighted = [kind for kind in LIVES for _ in range(_SHARES.get(kind, 1))]
    for number in range(max(many, len(LIVES))):
        yield list(LIVES)[number] if number < len(LIVES) else weighted[number % len(weighted)]


async def live(world: World, *, many: int, chance: Random) -> list[Life]:
    """Let everything happen, each step at its time; the clock stands at the end of it afterwards."""
    began = world.clock.at
    plans = [_Plan(kind, began + _begin(kind, chance), number) for number, kind in enumerate(kinds(many))]
    steps = sorted(step for plan in plans for step in plan.steps())
    lives: dict[int, Life] = {}
    for at, number, place in steps:
        await _pass(world, at)
        if place < 0:
            lives[number] = await _report(world, plans[number], chance)
        else:
            await _issue(world, lives[number], LIVES[plans[number].kind][place])
    await _pass(world, began + AFTER)
    return [lives[number] for number in sorted(lives)]


async def _pass(world: World, at: datetime) -> None:
    """Until an instant, with a stop wherever a clock fires."""
    while at > world.clock.at:
        due = [await world.deployment.database.read(one) for one in (due_clocks.oldest, timers.next_due)]
        coming = [one for one in due if one is not None and one > world.clock.at]
        world.clock.at = min([at, *coming])
        await world.settle()


def _begin(kind: str, chance: Random) -> timedelta:
    """Weekday and minute of receipt: by day more than by night, and the last day is kept free for what follows."""
    day, hour = chance.randrange(5 if kind in OVER else 4), chance.choice((7, 8, 8, 9, 10, 13, 14, 15, 16, 20))
    return (timedelta() if kind in OVER else _LATE) + timedelta(days=day, hours=hour, minutes=chance.randrange(60))


@dataclass(frozen=True)
class _Plan:
    kind: str
    begins: datetime
    number: int

    def steps(self) -> Iterator[tuple[datetime, int, int]]:
        yield self.begins, self.number, -1
        for place, step in enumerate(LIVES[self.kind]):
            yield self.begins + step[0], self.number, place


async def _report(world: World, plan: _Plan, chance: Random) -> Life:
    """A form from our page; one person in four leaves a mail address besides."""
    body, place = chance.choice(_BODIES), f"{plan.number + 1} Hương Sen, phường Thanh Trà"
    email = "" if plan.number % 4 else f"nguoidan{plan.number:04}@hopthu.example.vn"
    code = await report(world.deployment, body, place, email=email)
    await world.settle()
    row = await world.deployment.database.read(partial(reports.by_code, code=code))
    return Life(plan.kind, row.case_id, code, body, place, _NAME, email)


async def report(deployment: Deployment, body: str, place: str, *, email: str = "") -> str:
    """Hand in a form as our page does; its code."""
    code = new_code()
    key = await asyncio.to_thread(deployment.safe.keys.system_secret, "pin")
    form = ReportForm(
        content=body,
        place=Place(text=place),
        reporter=Reporter(name=_NAME, emails=(email,) if email else ()),
        code=code,
        pin_hash=hash_pin("246813", code=code, key=key),
        contact_id=new_id(),
    )
    await _hand_in(deployment, Submission(what="form", id=new_id(), code=code, sent_at=deployment.now(), form=form))
    return code


async def _hand_in(deployment: Deployment, submission: Submission) -> None:
    web = deployment.channels["web"]
    assert isinstance(web, WebChannel)
    await deployment.inbox.accept(*web.compose(submission))


async def _issue(world: World, life: Life, step: Step) -> None:
    _, name, actor, payload = step
    if name == "say":
        text = str(payload["text"])
        said = Submission(what="text", id=new_id(), code=life.code, sent_at=world.clock(), text=text)
        await _hand_in(world.deployment, said)
        return await world.settle()
    answer = await world.deployment.clerk.execute(life.case_id, name, payload, actor=actor)
    if not isinstance(answer, Issued):
        raise RuntimeError(f"{life.kind}: {name} was refused: {answer}")
    await world.settle()
