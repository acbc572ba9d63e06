"""What the flows have in common: citizens who chat, officials who work, and a look at what came of it."""

from __future__ import annotations

import io
import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from PIL import Image
from sqlalchemy import select

from core.cases.decide import Actor
from core.cases.model import Case
from core.contract.ports import RawDelivery
from core.contract.schema import Report
from core.service.desk import Issued
from core.storage import case_search, cases, reports, staff_lists
from core.storage.case_search import Search
from core.storage.cases import CaseRow
from core.storage.conversations import ConversationRow
from core.storage.tables import report as report_table
from tests.support.deployments import World
from tests.support.hooked import HookedTestChannel, signed

CENTRE = Actor("ioc", frozenset({"receptionist", "distributor", "editor"}))
LAMP = "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng ba hôm nay."
RUBBISH = "Rác thải chất đống trước chợ Đông Ba, phường Phú Hòa, mùi hôi thối."
RESULT = "Đơn vị đã thay bóng đèn ngày 23/11/2026."


@dataclass
class Chat:
    """A citizen on the test chat; what they say is taken like a provider's webhook."""

    world: World
    channel: HookedTestChannel
    user: str = "u1"
    count: int = field(default=0)

    async def say(self, text: str = "", *, after: float = 0, pause: float = 5, **more: Any) -> str:
        """Write, then be quiet for `pause` seconds (0: nothing is worked on yet). Returns the message's id."""
        self.count += 1
        key = f"{self.user}-{self.count}"
        event = {"id": key, "user": self.user, "at": self.world.clock().timestamp() + after, **more}
        await self.hand_in(event | ({"text": text} if text else {}))
        if pause:
            await self.world.settle()
            await self.world.pass_time(seconds=pause)
        return key

    async def hand_in(self, *events: dict[str, Any]) -> None:
        """One webhook, proved and split, in the inbox."""
        body = json.dumps({"events": list(events)}).encode()
        at = self.world.clock()
        delivery = RawDelivery(self.channel.name, "page", body, signed(body), received_at=at)
        self.channel.verify(delivery)
        await self.world.deployment.inbox.accept(delivery, self.channel.split(delivery))

    @property
    def heard(self) -> list[str]:
        """What this person was told, oldest first."""
        return [message.text for message in self.channel.sent if message.recipient.value == self.user]


def picture(colour: str = "gray") -> bytes:
    """A photo with coordinates and a camera's name in its EXIF."""
    image, exif, made = Image.new("RGB", (32, 24), colour), Image.Exif(), io.BytesIO()
    exif[0x010F] = "Camera Canary"
    exif.get_ifd(0x8825)[2] = (16.0, 27.0, 49.0)
    image.save(made, "JPEG", exif=exif)
    return made.getvalue()


def encoded(data: bytes) -> str:
    """As the chat provider writes files."""
    return b64encode(data).decode()


async def all_cases(world: World) -> list[CaseRow]:
    """Every case, the oldest first."""
    found = await world.deployment.database.read(partial(case_search.search, wanted=Search()))
    return sorted(found, key=lambda row: row.received_at)


async def only_case(world: World) -> CaseRow:
    """The one case there is."""
    (case,) = await all_cases(world)
    return case


async def state_of(world: World, case_id: str) -> Case:
    """A case as folded."""
    row = await world.deployment.database.read(partial(cases.load, case_id=case_id))
    return Case.model_validate(row.state)


async def stored_reports(world: World) -> list[Report]:
    """Every report, opened, the oldest first."""
    safe = world.deployment.safe
    ids = select(report_table.c.id).order_by(report_table.c.received_at)
    known = await world.deployment.database.read(lambda connection: list(connection.scalars(ids)))
    rows = await world.deployment.database.read(partial(reports.find, report_ids=known))
    return sorted(
        (
            safe.open_model(row.content_sealed, Report, subject_id=row.contact_id, place=f"report:{row.id}")
            for row in rows
            if row.content_sealed
        ),
        key=lambda one: one.received_at,
    )


async def wanted(world: World) -> list[ConversationRow]:
    """Conversations in which a person is waited for."""
    found = await world.deployment.database.read(staff_lists.attended)
    return [row for row in found if row.needs_human]


async def issue(world: World, case_id: str, name: str, actor: Actor = CENTRE, **payload: object) -> None:
    """One command that must be allowed, and everything that follows."""
    answer = await world.deployment.clerk.execute(case_id, name, payload, actor=actor)
    assert isinstance(answer, Issued), answer
    await world.settle()


@dataclass(frozen=True)
class Agency:
    """The agency that does the work, with its people."""

    id: str

    @property
    def officer(self) -> Actor:
        return Actor("officer", frozenset({"officer"}), self.id)

    @property
    def leader(self) -> Actor:
        return Actor("leader", frozenset({"leader"}), self.id)


async def dispatched(world: World, case_id: str) -> Agency:
    """The centre accepts and sends it to an agency."""
    agency = Agency(next(one.id for one in world.deployment.regulation.agencies.of_kinds(["enterprise"])))
    await issue(world, case_id, "accept")
    await issue(world, case_id, "dispatch", agencies=[agency.id])
    return agency


async def handled(world: World, case_id: str) -> Agency:
    """All the way to where only the answer is missing."""
    agency = await dispatched(world, case_id)
    await issue(world, case_id, "accept_dispatch", agency.officer)
    await issue(world, case_id, "submit_result", agency.officer, result="Đã thay bóng.")
    await issue(world, case_id, "approve", agency.leader)
    return agency


async def published(world: World, case_id: str, text: str = RESULT) -> Agency:
    """All the way to the published answer."""
    agency = await handled(world, case_id)
    await issue(world, case_id, "publish", text=text)
    return agency


def spoken(code: str) -> str:
    """A code as it is told: 1234 5678 9012."""
    return f"{code[:4]} {code[4:8]} {code[8:]}"


def assert_decent(texts: Sequence[str]) -> None:
    """No holes, no names of fields, nothing said twice in a message, no empty brackets."""
    for text in texts:
        assert not any(slip in text for slip in ("{", "}", "()", "[]", "None", "  ", " .", " ,", "@opened", "PIN .")), (
            text
        )
        lines = [line for line in text.splitlines() if line.strip()]
        assert len(lines) == len(set(lines)), text
