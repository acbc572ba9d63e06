"""
Web and worker as processes of their own on one PostgreSQL: what one takes in wakes the other.

A worker here looks by itself only once a minute, and nobody waits that long: what is answered was rung for. Without
Redis it looks often, and nothing is lost.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from sqlalchemy import select

from channels.email.adapter import EmailChannel
from channels.email.sandbox import MailSandbox
from core.contract.schema import new_id
from core.service.answering import Answering
from core.storage.tables import conversation
from gateway.deployment import Deployment, open_deployment
from gateway.process import running
from tests.support.deployments import MAILBOX, settings_for
from tests.support.hooked import HookedTestChannel, signed
from tests.support.servers import PostgresServer, RedisServer
from tests.support.waiting import until

CITIZEN = "an@hopthu.example.vn"
LAMP = "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng ba hôm nay."
WELL = {"database": True, "journal": True, "loops": True}
SELDOM = 60.0
SOON = 30.0  # half of it


@dataclass
class RunningClock:
    """Time that passes as usual, from Monday 23 November 2026, 08:00 in Việt Nam."""

    begun: float = field(default_factory=time.monotonic)

    def __call__(self) -> datetime:
        return datetime(2026, 11, 23, 1, 0, tzinfo=UTC) + timedelta(seconds=time.monotonic() - self.begun)


@dataclass
class Split:
    """A web process and a worker, and the citizens' mail provider."""

    web: Deployment
    worker: Deployment
    url: str
    mail: MailSandbox
    chat: HookedTestChannel

    @property
    def connected(self) -> bool:
        return bool(self.web.events.connected and self.worker.events.connected)

    async def write_mail(self, text: str = LAMP) -> None:
        """A citizen's mail, taken by the web process."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = f"Nguyễn Văn An <{CITIZEN}>", MAILBOX, "Đèn hỏng"
        mail["Message-ID"] = make_msgid(domain="hopthu.example.vn")
        mail["Date"] = format_datetime(self.web.now())
        mail.set_content(text)
        await self.mail.send(mail.as_bytes(), sender=CITIZEN, recipients=[MAILBOX])

    async def ready(self) -> dict[str, Any]:
        """What the web process says of itself."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.url}/readyz") as answer:
            return {"status": answer.status, **await answer.json()}


@pytest.fixture
def redis(redis_server: RedisServer) -> Iterator[RedisServer]:
    """The server, running again for whoever comes after."""
    yield redis_server
    if not redis_server.running:
        redis_server.restart()


Open = Callable[..., Any]


@pytest_asyncio.fixture
async def opened(migrated_postgres: PostgresServer, tmp_path: Path) -> AsyncIterator[Open]:
    """Opens one web and one worker process's worth on a fresh database."""
    url = migrated_postgres.create_database(f"split_{new_id()}", template="langnghe_template")
    async with AsyncExitStack() as stack:

        async def open_split(*, redis_url: str, poll: float) -> Split:
            mail, clock = MailSandbox(gateway=("127.0.0.1", 0)), RunningClock()
            await mail.start()
            stack.push_async_callback(mail.stop)
            settings = settings_for(
                tmp_path / "var",
                database_url=url,
                relay_port=mail.smtp[1],
                redis_url=redis_url,
                workers={"poll": poll},
            )
            web, address = await stack.enter_async_context(_process(settings, "web", clock))
            worker, _ = await stack.enter_async_context(_process(settings, "worker", clock))
            channel = web.channels["email"]
            assert isinstance(channel, EmailChannel)
            mail.gateway = channel.listening_on["smtp"]
            chat = worker.channels["testchat"]
            assert isinstance(chat, HookedTestChannel)
            return Split(web, worker, address, mail, chat)

        yield open_split


@asynccontextmanager
async def _process(settings: Any, role: str, clock: RunningClock) -> AsyncIterator[tuple[Deployment, str]]:
    async with open_deployment(settings.model_copy(update={"roles": (role,)}), now=clock) as deployment:
        chat = HookedTestChannel()
        channels = {**deployment.channels, chat.name: chat}
        deployment.intake._channels = channels
        split = replace(deployment, channels=channels)
        async with running(split) as address:
            yield split, address


async def test_a_mail_that_web_takes_is_answered_by_the_worker_at_once(opened: Open, redis: RedisServer) -> None:
    """Woken for the inbox; its answer wakes the outbox."""
    split: Split = await opened(redis_url=redis.url(), poll=SELDOM)
    await until(lambda: split.connected, "connecting")

    await split.write_mail()
    await until(lambda: split.mail.mails, "the receipt", within=SOON)
    await split.write_mail("Rác thải chất đống trước chợ Đông Ba, phường Phú Hòa, mùi hôi thối.")
    await until(lambda: len(split.mail.mails) == 2, "the second receipt", within=SOON)

    assert await split.ready() == {"status": 200, "ready": True, "checks": {**WELL, "redis": True}}


async def test_a_webhook_that_web_takes_is_answered_when_its_burst_is_over(opened: Open, redis: RedisServer) -> None:
    """A due time that was not there when the worker looked last is waited for by nobody but the worker itself."""
    split: Split = await opened(redis_url=redis.url(), poll=SELDOM)
    await until(lambda: split.connected, "connecting")
    event = {"id": "m1", "user": "u1", "at": split.web.now().timestamp(), "text": LAMP}
    body = json.dumps({"events": [event]}).encode()

    hook = f"{split.url}/hooks/testchat/page"
    async with aiohttp.ClientSession() as session, session.post(hook, data=body, headers=signed(body)) as answer:
        assert answer.status == 200
    await until(lambda: split.chat.sent, "the receipt", within=SOON)


async def test_what_staff_write_in_the_web_process_is_sent_at_once(opened: Open, redis: RedisServer) -> None:
    """The web process writes the outbox row; the worker is woken for it."""
    split: Split = await opened(redis_url=redis.url(), poll=SELDOM)
    await until(lambda: split.connected, "connecting")
    await split.write_mail()
    await until(lambda: split.mail.mails, "the receipt", within=SOON)
    (talk,) = await split.web.database.read(lambda c: list(c.scalars(select(conversation.c.id))))

    await Answering(split.web.clerk).reply(talk, "Chúng tôi đã nhận được.", author="staff", cause="1")
    await until(lambda: len(split.mail.mails) == 2, "the reply", within=SOON)

    assert "Chúng tôi đã nhận được." in split.mail.mails[-1].shown()["text"]


async def test_losing_redis_loses_nothing(opened: Open, redis: RedisServer) -> None:
    """Taken and answered while it is away, by looking; shown, and no reason to take anything out of service."""
    split: Split = await opened(redis_url=redis.url(), poll=0.25)
    await until(lambda: split.connected, "connecting")

    redis.kill()
    await until(lambda: not (split.web.events.connected or split.worker.events.connected), "noticing")
    await split.write_mail()
    await until(lambda: split.mail.mails, "the receipt")
    assert await split.ready() == {"status": 200, "ready": True, "checks": {**WELL, "redis": False}}
    redis.restart()
    await until(lambda: split.connected, "coming back")
    await split.write_mail("Rác thải chất đống trước chợ Đông Ba, phường Phú Hòa, mùi hôi thối.")
    await until(lambda: len(split.mail.mails) == 2, "the second receipt")


async def test_what_was_taken_while_redis_was_away_is_seen_when_it_is_back(opened: Open, redis: RedisServer) -> None:
    """The worker that looks seldom looks at once when it can be told again."""
    split: Split = await opened(redis_url=redis.url(), poll=SELDOM)
    await until(lambda: split.connected, "connecting")
    await split.write_mail()
    await until(lambda: split.mail.mails, "the receipt", within=SOON)

    redis.kill()
    await until(lambda: not (split.web.events.connected or split.worker.events.connected), "noticing")
    await split.write_mail("Rác thải chất đống trước chợ Đông Ba, phường Phú Hòa, mùi hôi thối.")
    redis.restart()
    await until(lambda: len(split.mail.mails) == 2, "the second receipt", within=SOON)


async def test_without_redis_the_worker_looks_for_itself(opened: Open) -> None:
    """Nothing configured, nothing checked."""
    split: Split = await opened(redis_url="", poll=0.25)

    await split.write_mail()
    await until(lambda: split.mail.mails, "the receipt")

    assert await split.ready() == {"status": 200, "ready": True, "checks": WELL}
