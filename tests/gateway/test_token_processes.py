"""Two processes on one PostgreSQL share one official account: no refresh token is ever shown twice."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest_asyncio

from channels.zalo.sandbox import Mood, ZaloSandbox
from core.contract.schema import new_id
from core.service.provider_tokens import SealedTokens
from gateway.deployment import open_deployment
from tests.support.deployments import settings_for
from tests.support.servers import PostgresServer

MEMBERS, EACH = 2, 25
PATIENCE = 60


@dataclass
class Fleet:
    """The provider, the stored tokens, and the processes that use them."""

    sandbox: ZaloSandbox
    tokens: SealedTokens
    members: list[Process] = field(default_factory=list)

    async def age(self) -> None:
        """A pair that has just expired, in the store and at the provider."""
        access, refresh = self.sandbox.tokens.grant()
        ended = datetime.now(UTC) - timedelta(seconds=1)
        await self.tokens.connect(self.sandbox.account.oa_id, access=access, refresh=refresh, expires=ended)
        self.sandbox.tokens.expire()
        self.sandbox.tokens.refreshes = 0

    async def send(self) -> list[str]:
        """All of them at once; what came of each message."""
        for member in self.members:
            assert member.stdin is not None
            member.stdin.write(f"{EACH}\n".encode())
        return [outcome for member in self.members for outcome in json.loads(await line_of(member))]


async def line_of(member: Process) -> str:
    """The next line that it says."""
    assert member.stdout is not None
    async with asyncio.timeout(PATIENCE):
        while not (line := (await member.stdout.readline()).decode()).startswith(("ready", "[")):
            assert line, "the member ended"
    return line


@pytest_asyncio.fixture
async def fleet(migrated_postgres: PostgresServer, tmp_path: Path) -> AsyncIterator[Fleet]:
    """Everything, on a fresh database."""
    url = migrated_postgres.create_database(f"tokens_{new_id()}", template="langnghe_template")
    sandbox = ZaloSandbox()
    await sandbox.start()
    account = sandbox.account
    urls = dict.fromkeys(("api_url", "oauth_url", "template_url"), sandbox.url)
    order = {"data": str(tmp_path / "var"), "database": url, "zalo": {**account.__dict__, **urls}}
    settings = settings_for(tmp_path / "var", database_url=url)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(sandbox.stop)
        ours = await stack.enter_async_context(open_deployment(settings))
        tokens = SealedTokens(ours.database, safe=ours.safe, channel="zalo", now=lambda: datetime.now(UTC))
        opened = Fleet(sandbox, tokens)
        for _ in range(MEMBERS):
            opened.members.append(await stack.enter_async_context(_member(order)))
        for member in opened.members:
            await line_of(member)
        yield opened


@asynccontextmanager
async def _member(order: dict[str, Any]) -> AsyncIterator[Process]:
    words = (sys.executable, "-m", "tests.gateway.token_member", json.dumps(order))
    member = await asyncio.create_subprocess_exec(*words, stdin=PIPE, stdout=PIPE)
    try:
        yield member
    finally:
        assert member.stdin is not None
        member.stdin.close()
        await member.wait()


async def test_two_processes_never_burn_a_refresh_token(fleet: Fleet) -> None:
    """
    Each time the pair expires one of them renews it, and every message of both goes out.

    Where the answer to a renewal is lost, it is tried once more and then left to a person, however many wait for it.
    """
    for _ in range(5):
        await fleet.age()
        outcomes = await fleet.send()

        assert outcomes == ["sent"] * MEMBERS * EACH
        assert (fleet.sandbox.tokens.refreshes, fleet.sandbox.tokens.burnt) == (1, set())

    await fleet.age()
    fleet.sandbox.mood = Mood.REFRESH_CUT_AFTER
    outcomes = await fleet.send()
    stands = await fleet.tokens.current(fleet.sandbox.account.oa_id)

    assert set(outcomes) == {"needs_reauth"}
    assert stands is not None
    assert stands.needs_reauth
    assert fleet.sandbox.tokens.refreshes == 2
