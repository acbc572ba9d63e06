"""Troubles of what goes out: answers waiting, unknown or given up; staff, passwords and tokens not served."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import delete, insert

from core.contract.ports import Health
from core.contract.schema import new_id
from core.regulations.loader import load_pack
from core.service.categories import PackShelf
from core.storage import outbox, staff_notices, tables
from core.storage.outbox import NewEntry, Outcome, Settled
from gateway.watch.watch import Watch
from tests.gateway.watch.troubles.trouble import Trouble, nothing
from tests.support.codes import with_phones
from tests.support.deployments import World
from tests.support.hooked import HookedTestChannel


async def write_answer(world: World) -> str:
    """One message to send, as its cause would leave it; returns its id."""
    entry = NewEntry(
        id=new_id(),
        dedupe_key=new_id(),
        conversation_id=new_id(),
        case_id=None,
        channel="email",
        subject_id=new_id(),
        payload_sealed=b"sealed",
        next_at=world.clock(),
        created_at=world.clock(),
    )
    row = insert(tables.outbox).values(asdict(entry))
    await world.deployment.database.write(lambda connection: connection.execute(row))
    return entry.id


async def claim(world: World) -> None:
    """Somebody begins to send."""
    await world.deployment.database.write(partial(outbox.claim, owner="test", now=world.clock()))


async def settle(world: World, entry: str, outcome: Outcome) -> None:
    """What came of it."""
    told = partial(outbox.settle, settled=[Settled(entry, outcome, owner="test", at=world.clock())])
    await world.deployment.database.write(told)


@asynccontextmanager
async def outbox_old(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Written, and nobody sends."""
    entry = await write_answer(world)

    async def mend() -> None:
        await claim(world)
        await settle(world, entry, Outcome("sent"))

    yield Trouble(Watch(world.deployment), timedelta(seconds=601), mend)


@asynccontextmanager
async def outbox_unknown(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Its sender died."""
    entry = await write_answer(world)
    await claim(world)
    await world.deployment.database.write(outbox.mark_all_unknown)
    gone = delete(tables.outbox).where(tables.outbox.c.id == entry)
    yield Trouble(
        Watch(world.deployment),
        mend=lambda: world.deployment.database.write(lambda connection: connection.execute(gone)),
    )


@asynccontextmanager
async def outbox_failed(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Given up after the first look; an hour later it is old news."""
    watch = Watch(world.deployment)
    await watch.run_once()
    entry = await write_answer(world)
    await claim(world)
    await settle(world, entry, Outcome("failed", reason="recipient_unreachable"))
    yield Trouble(watch, mend=nothing)


@asynccontextmanager
async def staff_unreached(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """An officer was to have a short message, and there is no channel for one."""
    row = staff_notices.NoticeRow(
        id=new_id(),
        dedupe_key="c1/5/officer_new/d1/nobody/sms",
        user_id=None,
        role="officer",
        agency_id="so_xay_dung",
        case_id="c1",
        case_code="202611230017",
        notification="officer_new",
        form="sms",
        subject="Việc mới",
        text="Việc mới",
        state="no_channel",
        outbox_id=None,
        created_at=world.clock(),
    )
    await world.deployment.database.write(lambda one: one.execute(insert(tables.staff_notice), row.__dict__))
    gone = delete(tables.staff_notice)
    yield Trouble(
        Watch(world.deployment),
        mend=lambda: world.deployment.database.write(lambda connection: connection.execute(gone)),
    )


@asynccontextmanager
async def otp_uncarried(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """A regulation that wants numbers proved, in a deployment whose only carrier was switched off."""
    wanting = replace(world.deployment.regulation, shelf=PackShelf(load_pack("quang_binh")))
    channels = world.deployment.channels
    assert isinstance(channels, dict)
    del channels["email"]

    async def mend() -> None:
        with_phones(world)

    yield Trouble(Watch(replace(world.deployment, regulation=wanting)), mend=mend)


@dataclass
class Expiring(HookedTestChannel):
    """A channel whose provider gives tokens for a time."""

    health: Health = field(default_factory=lambda: Health(ok=True))

    async def check_health(self) -> Health:
        """As it stands."""
        return self.health


@asynccontextmanager
async def token_ends(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """Three days, and nobody has renewed it."""
    channel = Expiring(health=Health(ok=True, expires={"token": world.clock() + timedelta(days=3)}))

    async def renew() -> None:
        channel.health = Health(ok=True, expires={"token": world.clock() + timedelta(days=60)})
        world.clock.advance(minutes=5)

    yield Trouble(Watch(replace(world.deployment, channels={channel.name: channel})), mend=renew)


@asynccontextmanager
async def channel_down(world: World, tmp_path: Path) -> AsyncIterator[Trouble]:
    """The relay is gone."""
    await world.mail.stop()
    watch = Watch(world.deployment)
    await watch.run_once()
    yield Trouble(watch, timedelta(seconds=601))


OF_ANSWERS = (
    outbox_old,
    outbox_unknown,
    outbox_failed,
    staff_unreached,
    otp_uncarried,
    token_ends,
    channel_down,
)
