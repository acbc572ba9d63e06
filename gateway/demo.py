"""
Demo mode: everything somebody needs to try the gateway, without an account at any provider.

`langnghe sandbox` plays the providers in a process of its own, started and watched here. Every role gets a user and an
API token, kept stable in `demo.json`, which is written when all of it answers. Loopback only; never in production.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from gateway.deployment import Deployment
    from gateway.settings import Settings

log = structlog.get_logger()

_START_SECONDS = 60.0
_RESTART_SECONDS = 1.0


def fresh_password() -> str:
    """96 random bits in four groups, easy to copy."""
    return "-".join(secrets.token_hex(3) for _ in range(4))


def demo_file(settings: Settings) -> Path:
    """Where people and tests look up what to try."""
    return settings.data / "demo.json"


@dataclass(frozen=True)
class Demo:
    """A demo that is being prepared: settings with the sandbox filled in, and where the sandbox answers."""

    settings: Settings
    sandbox: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    async def announce(self, deployment: Deployment, base_url: str) -> None:
        """Make users and tokens, then write demo.json: from now on everything in it works."""
        from gateway.demo_access import make_access

        path = demo_file(self.settings)
        access = await make_access(deployment, known=read_demo(path))
        described = describe(self.settings, base_url=base_url, sandbox=self.sandbox) | access
        await asyncio.to_thread(write_demo, path, described)
        log.info("demo_ready", file=str(path), roles=len(access["logins"]))


def describe(settings: Settings, *, base_url: str, sandbox: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Everything of demo.json but the log-ins."""
    email = settings.email
    return {
        "ready": True,
        "pid": os.getpid(),
        "version": version("lang-nghe"),
        "http": base_url,
        "smtp": f"{email.host}:{email.smtp_port}",
        "lmtp": f"{email.host}:{email.lmtp_port}",
        "channels": {"email": {"address": email.address}} if email.enabled else {},
        "sandbox": {name: addresses["http"] for name, addresses in sandbox.items()},
    }


@asynccontextmanager
async def demonstrating(settings: Settings) -> AsyncIterator[Demo]:
    """Run the sandbox beside the gateway; demo.json says that nothing answers any more when it ends."""
    settings = with_ports(settings)
    path = demo_file(settings)
    settings.data.mkdir(parents=True, exist_ok=True)
    if not _is_running(read_demo(path).get("pid")):
        withdraw(path)
    async with sandbox_beside(settings) as addresses:
        try:
            yield Demo(with_sandbox(settings, addresses), addresses)
        finally:
            if read_demo(path).get("pid") == os.getpid():
                withdraw(path)


def _is_running(pid: Any) -> bool:
    """Whether the process that wrote demo.json is still there: then it is its file, and we will be refused."""
    try:
        os.kill(int(pid), 0)
    except (TypeError, ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def with_ports(settings: Settings) -> Settings:
    """Real numbers for ports left to chance, since the sandbox must know them, and a public address that fits."""
    changes: dict[str, Any] = {}
    http = settings.http.model_copy(update={"port": settings.http.port or free_port()})
    email = settings.email.model_copy(
        update={
            "smtp_port": settings.email.smtp_port or free_port(),
            "lmtp_port": settings.email.lmtp_port or free_port(),
        }
    )
    if "public_url" not in settings.model_fields_set:
        changes["public_url"] = f"http://{http.host}:{http.port}"
    if "require_second_factor" not in settings.model_fields_set:
        changes["require_second_factor"] = False  # whoever tries the demo has no authenticator set up
    return settings.model_copy(update={"http": http, "email": email, **changes})


def with_sandbox(settings: Settings, addresses: Mapping[str, Mapping[str, str]]) -> Settings:
    """Settings in which every channel sends to its sandbox; a relay that somebody set is left alone."""
    if "email" not in addresses or settings.email.relay_host:
        return settings
    host, _, port = addresses["email"]["smtp"].rpartition(":")
    relay = {"relay_host": host, "relay_port": int(port), "relay_tls": "none"}
    return settings.model_copy(update={"email": settings.email.model_copy(update=relay)})


@asynccontextmanager
async def sandbox_beside(settings: Settings) -> AsyncIterator[Mapping[str, Mapping[str, str]]]:
    """The sandbox as a process of its own; yields name → addresses. One that dies is started again."""
    process, addresses = await _start_sandbox(settings, ports=())
    watch = asyncio.create_task(_keep_up(settings, process, addresses))
    try:
        yield addresses
    finally:
        watch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watch


async def _keep_up(settings: Settings, process: Process, addresses: Mapping[str, Mapping[str, str]]) -> None:
    ports = tuple(
        part
        for option, kind in (("--smtp-port", "smtp"), ("--http-port", "http"))
        for part in (option, addresses["email"][kind].rpartition(":")[2])
    )
    try:
        while True:
            await process.wait()
            log.warning("sandbox_died", code=process.returncode)
            await asyncio.sleep(_RESTART_SECONDS)
            process, _ = await _start_sandbox(settings, ports=ports)
    finally:
        await _end(process)


async def _start_sandbox(settings: Settings, *, ports: tuple[str, ...]) -> tuple[Process, dict[str, dict[str, str]]]:
    smtp = f"{settings.email.host}:{settings.email.smtp_port}"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway.cli", "sandbox", "--attached", "--gateway-smtp", smtp, *ports),
        stdin=PIPE,
        stdout=PIPE,
        start_new_session=True,  # Ctrl-C is for us; it ends when our end of its input closes, also if we are killed
    )
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), _START_SECONDS)
        return process, json.loads(line)
    except (TimeoutError, ValueError):
        await _end(process)
        raise RuntimeError("the sandbox did not start") from None


async def _end(process: Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


def free_port() -> int:
    """A port of this machine that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def read_demo(path: Path) -> dict[str, Any]:
    """What an earlier demo wrote; empty when there is nothing readable."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return held if isinstance(held, dict) else {}


def withdraw(path: Path) -> None:
    """Say in demo.json that nothing answers; what is stable in it stays."""
    held = read_demo(path)
    if held:
        write_demo(path, held | {"ready": False})


def write_demo(path: Path, described: Mapping[str, Any]) -> None:
    """All of it or nothing (atomic rename), readable by its owner only."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with contextlib.suppress(FileNotFoundError):
        temporary.unlink()
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(described, stream, ensure_ascii=False, indent=2)
        stream.write("\n")
    temporary.replace(path)
