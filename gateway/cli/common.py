"""What commands share: adding themselves, and having something done by whoever holds the database."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gateway.settings import Settings

Commands = "argparse._SubParsersAction[argparse.ArgumentParser]"
Run = Callable[[argparse.Namespace], int]


def command(commands: Any, name: str, run: Run, *, about: str) -> argparse.ArgumentParser:
    """Add one command that calls `run`."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
    parser.set_defaults(run=run)
    return parser


def group(commands: Any, name: str, *, about: str) -> Any:
    """Add a command that has commands of its own; returns where to add them."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
    return parser.add_subparsers(title="commands", metavar="COMMAND", required=True)


def perform(action: str, **arguments: Any) -> Any:
    """
    Have an action of `gateway.admin.actions` carried out: by the running process if there is one, else by this one.

    Raises: ConfigError: wrong settings, or another process holds the database and does not answer.
            AdminRefused: what the running process refused; GatewayError: what was refused here.
    """
    from gateway.admin.wire import NOT_RUNNING, ask, socket_path
    from gateway.settings import load_settings

    settings = load_settings()
    answer = ask(socket_path(settings.data), action, arguments)
    if answer is NOT_RUNNING:
        quiet_logs()
        return asyncio.run(_here(settings, action, arguments))
    return answer


async def _here(settings: Settings, action: str, arguments: dict[str, Any]) -> Any:
    from gateway.admin.actions import ACTIONS
    from gateway.deployment import open_deployment

    async with open_deployment(settings) as deployment:
        return await ACTIONS[action](deployment, arguments)


def quiet_logs() -> None:
    """On the command line only what goes wrong is worth a log line."""
    import structlog

    from gateway.logs import configure_logs
    from gateway.settings.model import Logs

    configure_logs(Logs(level="warning", format="console"))
    structlog.configure(cache_logger_on_first_use=False)  # one command is no life: what is cached stays


def show_json(value: Any) -> None:
    """Print for machines and people alike."""
    print(json.dumps(value, ensure_ascii=False, indent=2))
