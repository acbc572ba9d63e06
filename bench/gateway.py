"""
The real gateway as `langnghe serve` runs it, with the tests' chat channel in its registry: nothing else is different.

Production mode, uvloop, JSON logs on stderr. Prints its address when it is ready, and how it took its deliveries when
it has stopped; stops when its input ends.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import uvloop

from bench.parent import ended
from gateway import registry
from gateway.deployment import Deployment
from gateway.logs import configure_logs
from gateway.process import run
from gateway.settings import Settings
from tests.support.hooked import HookedTestChannel
from tests.support.usual import REGULATION

COUNTED = ("stored", "journaled", "refused")
OFFICE = "Trung tâm tiếp nhận phản ánh (thử tải)"


def settings_for(data: Path, *, database_url: str, roles: tuple[str, ...], key: Path) -> Settings:
    """Settings of a production deployment that is reached by webhook only; an empty url is SQLite."""
    return Settings.model_validate(
        {
            "mode": "production",
            "regulation": REGULATION,
            "data": data,
            "database_url": database_url.replace("+asyncpg", ""),
            "roles": roles,
            "master_key": f"file:{key}",
            "office": OFFICE,
            "http": {"port": 0},
            "email": {"enabled": False},
        }
    )


@contextmanager
def with_channel() -> Iterator[None]:
    """The line that a new channel has in the registry, for the length of a block."""
    registry.CHANNELS["testchat"] = lambda *_: HookedTestChannel()
    try:
        yield
    finally:
        del registry.CHANNELS["testchat"]


class Running:
    """Keeps hold of the deployment, to read its counters in the end."""

    def __init__(self) -> None:
        self.deployment: Deployment | None = None

    async def ready(self, deployment: Deployment, address: str) -> None:
        """Tell the parent; from now on its going away stops us as SIGTERM does."""
        self.deployment = deployment
        print(json.dumps({"port": urlsplit(address).port, "pid": os.getpid()}), flush=True)
        threading.Thread(target=_stop_with_parent, daemon=True).start()


def _stop_with_parent() -> None:
    ended()
    os.kill(os.getpid(), signal.SIGTERM)


def parser() -> argparse.ArgumentParser:
    """What every gateway under measurement is told: where its data and its key are, and which database."""
    made = argparse.ArgumentParser()
    made.add_argument("--data", type=Path, required=True)
    made.add_argument("--key", type=Path, required=True)
    made.add_argument("--database-url", default="")
    return made


def serve(settings: Settings) -> Running:
    """Serve until the parent has enough; what is left to read then."""
    configure_logs(settings.logs)
    running = Running()
    uvloop.run(run(settings, ready=running.ready))
    return running


def main() -> None:
    """One gateway in these roles."""
    told = parser()
    told.add_argument("--roles", default="web")
    given = told.parse_args()
    settings = settings_for(
        given.data, database_url=given.database_url, roles=tuple(given.roles.split(",")), key=given.key
    )
    with with_channel():
        running = serve(settings)
    assert running.deployment is not None
    counters = running.deployment.inbox.counters
    print(json.dumps({name: getattr(counters, name) for name in COUNTED}), flush=True)


if __name__ == "__main__":
    main()
