"""What stands around a measurement: settings, a backlog, the providers, the workers."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bench.gateway import settings_for
from bench.launch import Child
from core.storage.tables import outbox
from gateway.deployment import open_deployment
from gateway.settings import Settings
from tests.support.backlog import numbers, write_backlog

BRAND, PAGE = "LANGNGHE", "1111"
PATIENCE = 240.0


class TooSlow(RuntimeError):
    """What was waited for did not come."""


@dataclass
class Stage:
    """One deployment with its providers; `further` is added to its settings."""

    folder: Path
    provider: Child
    ports: dict[str, int]
    database_url: str = ""
    further: dict[str, Any] = field(default_factory=dict)
    workers: list[Child] = field(default_factory=list)

    def settings(self, number: int = 1) -> Settings:
        """Of one process: its own data folder, where processes share a database."""
        key = self.folder / "master.key"
        if not key.exists():
            key.write_text(secrets.token_hex(32))
        made = settings_for(
            self.folder / f"data-{number}", database_url=self.database_url, roles=("web", "worker"), key=key
        )
        healthy, sick = (f"http://127.0.0.1:{self.ports[name]}" for name in ("healthy", "sick"))
        esms = {"api_key": "api-key-for-tests", "secret_key": "secret-key-for-tests", "hook_secret": "x" * 32}
        secret = "x" * 32
        facebook = {
            "app_id": "1",
            "app_secret": secret,
            "verify_token": secret,
            "pages": {PAGE: "t"},
            "graph_url": sick,
        }
        channels = {"sms": {"carrier": "esms", "sender": BRAND, "esms": esms | {"base_url": healthy}}}
        return Settings.model_validate(_plain(made) | channels | {"facebook": facebook} | self.further)

    def write(self, *, sms: int, facebook: int = 0) -> None:
        """So many notices wait."""
        asyncio.run(self._write(sms, facebook))

    async def _write(self, sms: int, facebook: int) -> None:
        async with open_deployment(self.settings(), durable=False) as deployment:
            await write_backlog(deployment, "facebook", PAGE, [f"u{number}" for number in range(facebook)])
            await write_backlog(deployment, "sms", BRAND, list(numbers(sms)))

    def start(self, number: int = 1) -> Child:
        """One more process; returns when it is ready."""
        path = self.folder / f"settings-{number}.json"
        path.write_text(json.dumps(_plain(self.settings(number))))
        child = Child("bench.outbox.worker", str(path), log=self.folder / f"worker-{number}.log")
        self.workers.append(child)
        child.read()
        return child

    def states(self) -> Counter[str]:
        """How many notices are in which state, while no process runs."""
        return asyncio.run(self._states())

    async def _states(self) -> Counter[str]:
        async with open_deployment(self.settings()) as deployment:
            query = select(outbox.c.state, func.count()).group_by(outbox.c.state)
            rows = await deployment.database.read(lambda connection: connection.execute(query).all())
        return Counter({str(state): int(count) for state, count in rows})

    def seen(self, do: str = "tell") -> dict[str, float]:
        """What the healthy provider has seen."""
        return self.provider.ask({"do": do})

    def until(self, count: int) -> dict[str, float]:
        """Wait for so many messages. Raises: TooSlow."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            told = self.seen()
            if told["count"] >= count:
                return told
            time.sleep(0.05)
        raise TooSlow(f"{told['count']:.0f} of {count} messages within {PATIENCE:.0f} s")


@contextmanager
def staged(folder: Path, **given: Any) -> Iterator[Stage]:
    """Providers that are up; whatever was started is stopped in the end."""
    folder.mkdir(parents=True, exist_ok=True)
    provider = Child("bench.outbox.provider", log=folder / "provider.log")
    stage = Stage(folder, provider, {name: int(port) for name, port in provider.read().items()}, **given)
    try:
        yield stage
    finally:
        for child in (*stage.workers, provider):
            child.stop()


def _plain(settings: Settings) -> dict[str, Any]:
    """As a file would hold it, secrets too."""
    found = settings.model_dump(mode="json")

    def shown(value: Any, raw: Any) -> Any:
        if isinstance(raw, dict):
            return {name: shown(value[name], raw[name]) for name in raw}
        return raw.get_secret_value() if hasattr(raw, "get_secret_value") else value

    return dict(shown(found, settings.model_dump()))
