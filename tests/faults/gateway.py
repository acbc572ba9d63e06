"""
The real gateway in a process of its own, with the tests' chat channel in its registry: nothing else is different.

    python -m tests.faults.gateway --data DIR --key FILE [--database-url URL] [--budget S]
                                   [--synchronous OFF] [--commit off]

Prints its address once it is ready, logs JSON, stops on SIGTERM. `--synchronous` and `--commit` weaken SQLite and
PostgreSQL on purpose, to see that the tests notice.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from core.contract.errors import ConfigError
from core.contract.ports import Channel
from core.storage import postgres
from gateway import registry, stores
from gateway.deployment import Deployment
from gateway.logs import configure_logs
from gateway.process import run
from tests.support.deployments import settings_for
from tests.support.hooked import HookedTestChannel

READY = "ready at "


def build_chat(_given: registry.Supplies) -> Channel:
    """What a line in the registry names."""
    return HookedTestChannel()


def weaken(*, synchronous: str, commit: str) -> None:
    """Take away what makes a commit durable."""
    if synchronous:
        assert stores._synchronous(durable=True) == "FULL"  # or what is weakened here is not what opens the database
        stores._synchronous = lambda durable: synchronous
    if commit:
        postgres._SERVER_SETTINGS["synchronous_commit"] = commit


async def announce(_deployment: Deployment, address: str) -> None:
    """Tell the test where to write."""
    print(READY + address, flush=True)


def main() -> int:
    """Serve until told to stop; 1 with one sentence when the start is refused."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--database-url", default="")
    parser.add_argument("--key", type=Path, required=True)
    parser.add_argument("--budget", type=float, default=0.3)
    parser.add_argument("--synchronous", default="")
    parser.add_argument("--commit", default="")
    given = parser.parse_args()
    weaken(synchronous=given.synchronous, commit=given.commit)
    registry.CHANNELS["testchat"] = build_chat
    settings = settings_for(
        given.data,
        database_url=given.database_url,
        master_key=f"file:{given.key}",
        intake={"database_budget": given.budget},
    )
    configure_logs(settings.logs)
    try:
        asyncio.run(run(settings, ready=announce))
    except ConfigError as error:
        print(f"langnghe: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
