"""The socket between the command line and the running process."""

from __future__ import annotations

import asyncio
import socket
import stat
from pathlib import Path

import pytest

from gateway.admin import start_admin
from gateway.admin.wire import NOT_RUNNING, AdminRefused, ask, socket_path
from gateway.deployment import Deployment, open_deployment
from gateway.settings import Settings, load_settings
from tests.gateway.cli.conftest import CommandLine
from tests.support.deployments import settings_for


async def test_only_its_owner_may_open_it(beside: CommandLine, data: Path) -> None:
    """Whoever may write to it may erase people."""
    mode = socket_path(data).stat().st_mode

    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


async def test_it_goes_with_the_process(data: Path) -> None:
    """And a path that an earlier process left is taken over."""
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(socket_path(data)))
    left.close()
    assert await asyncio.to_thread(ask, socket_path(data), "agency.list", {}) is NOT_RUNNING

    async with open_deployment(load_settings()) as deployment:
        server = await start_admin(deployment)
        assert server is not None
        assert await asyncio.to_thread(ask, socket_path(data), "agency.list", {})
        await server.stop()

    assert not socket_path(data).exists()
    assert await asyncio.to_thread(ask, socket_path(data), "agency.list", {}) is NOT_RUNNING


async def test_a_long_path_is_reached_all_the_same(tmp_path: Path) -> None:
    """A socket's path has room for 108 bytes; data folders may be deeper."""
    data = tmp_path / ("thư-mục-" * 12) / "var"

    async with open_deployment(settings_for(data)) as deployment:
        server = await start_admin(deployment)
        assert server is not None
        answer = await asyncio.to_thread(ask, socket_path(data), "user.list", {})
        await server.stop()

    assert len(str(socket_path(data)).encode()) > 108
    assert answer == []


async def test_a_process_that_holds_the_database_without_a_socket_is_told(alone: CommandLine, data: Path) -> None:
    """While it starts or stops: the command says who stands in the way."""
    async with open_deployment(load_settings()):
        answer = await alone("user", "list")

    assert answer.code == 1
    assert "another process holds" in answer.err


async def test_on_postgresql_nobody_listens(tmp_path: Path) -> None:
    """The command line opens the database itself; several processes may share one data folder."""
    settings = settings_for(tmp_path, database_url="postgresql://langnghe@127.0.0.1/langnghe")

    assert await start_admin(_with_settings(settings)) is None
    assert not socket_path(tmp_path).exists()


def _with_settings(settings: Settings) -> Deployment:
    """A deployment of which only the settings are asked for."""
    deployment = object.__new__(Deployment)
    object.__setattr__(deployment, "settings", settings)
    return deployment


@pytest.mark.parametrize("line", [b"\n", b"hello\n", b'{"action": "no.such"}\n', b"[1, 2]\n"])
async def test_nonsense_is_refused(beside: CommandLine, data: Path, line: bytes) -> None:
    """And the process goes on."""
    reader, writer = await asyncio.open_unix_connection(str(socket_path(data)))
    writer.write(line)
    answer = await reader.read()
    writer.close()

    assert b"bad_request" in answer
    assert (await beside("user", "list")).code == 0


async def test_a_failure_inside_is_told_without_its_details(beside: CommandLine, data: Path) -> None:
    """Details belong in the log of the process, not on every terminal."""
    with pytest.raises(AdminRefused, match="KeyError; see the log") as refused:
        await asyncio.to_thread(ask, socket_path(data), "user.grant", {})

    assert refused.value.code == "failed"
