"""
Demo mode: everything somebody needs to try the gateway, without an account at any provider.

`langnghe sandbox` plays the providers in a process of its own, started and watched here. Every role gets a user and an
API token, kept stable in `demo.json`, which is written when all of it answers. Loopback only; never in production.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from gateway.demo_file import read_demo, withdraw, write_demo
from gateway.free_port import free_port
from gateway.sandbox.beside import Beside, sandbox_beside
from gateway.sandbox.connected import Addresses, connected, described, played
from gateway.sandbox.credentials import Credentials, held_credentials

if TYPE_CHECKING:
    from gateway.deployment import Deployment
    from gateway.settings import Settings

log = structlog.get_logger()


def fresh_password() -> str:
    """96 random bits in four groups, easy to copy."""
    return "-".join(secrets.token_hex(3) for _ in range(4))


def demo_file(settings: Settings) -> Path:
    """Where people and tests look up what to try."""
    return settings.data / "demo.json"


@dataclass(frozen=True)
class Demo:
    """A demo that is being prepared: settings with the sandbox filled in, and the sandbox that runs."""

    settings: Settings
    sandbox: Beside
    credentials: Credentials
    played: tuple[str, ...]

    async def announce(self, deployment: Deployment, base_url: str) -> None:
        """Make users and tokens, join the providers, then write demo.json: from now on everything in it works."""
        from gateway.auth.apps import portal_key
        from gateway.demo_access import make_access
        from gateway.sandbox.joining import join_providers
        from gateway.telephony.link import until_calls_arrive

        path = demo_file(self.settings)
        access = await make_access(deployment, known=read_demo(path))
        join = partial(join_providers, deployment, self.played)
        await join()
        self.sandbox.again = join
        told = describe(self.settings, base_url=base_url, sandbox=self.sandbox.addresses)
        secret = await asyncio.to_thread(deployment.safe.keys.system_secret, "telegram-hook")
        told["channels"] = described(self.settings, self.credentials, telegram_secret=secret.hex())
        told["channels"]["app"] = {"key": await portal_key(deployment.safe)}
        if "sip" in told:
            told["channels"]["sip"] = {"user": next(iter(self.settings.call_center.numbers), "1022")}
            await until_calls_arrive(deployment)
        await asyncio.to_thread(write_demo, path, told | access)
        log.info("demo_ready", file=str(path), roles=len(access["logins"]), page=told["sandbox"].get("page", ""))


def describe(settings: Settings, *, base_url: str, sandbox: Addresses) -> dict[str, Any]:
    """Where everything answers."""
    email = settings.email
    return {
        "ready": True,
        "pid": os.getpid(),
        "version": version("lang-nghe"),
        "http": base_url,
        "smtp": f"{email.host}:{email.smtp_port}",
        "lmtp": f"{email.host}:{email.lmtp_port}",
        **_hotline(settings),
        "sandbox": {name: addresses["http"] for name, addresses in sandbox.items()},
    }


def _hotline(settings: Settings) -> dict[str, str]:
    """Where calls arrive, if they do."""
    if not settings.takes_calls or "telephony" not in settings.roles:
        return {}
    return {"sip": f"{settings.call_center.sip_host}:{settings.call_center.sip_port}"}


@asynccontextmanager
async def demonstrating(settings: Settings) -> AsyncIterator[Demo]:
    """Run the sandbox beside the gateway; demo.json says that nothing answers any more when it ends."""
    settings = with_ports(settings)
    path = demo_file(settings)
    settings.data.mkdir(parents=True, exist_ok=True)
    if not _is_running(read_demo(path).get("pid")):
        withdraw(path)
    credentials = held_credentials(settings.data)
    async with sandbox_beside(settings) as beside:
        try:
            joined = connected(settings, beside.addresses, credentials)
            yield Demo(joined, beside, credentials, played(settings))
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
    calls = settings.call_center.model_copy(update={"sip_port": settings.call_center.sip_port or free_port()})
    return settings.model_copy(update={"http": http, "email": email, "call_center": calls, **changes})
