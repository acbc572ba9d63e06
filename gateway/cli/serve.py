"""`langnghe serve`: the gateway itself."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, Any

from gateway.cli.common import command

if TYPE_CHECKING:
    from gateway.settings import Settings


def add(commands: Any) -> None:
    """Mount `serve`."""
    parser = command(commands, "serve", serve, about="Run the gateway until SIGTERM or Ctrl-C")
    parser.add_argument(
        "--roles", help="web,worker,telephony (the default: all); web and worker can be split only on PostgreSQL"
    )
    parser.add_argument("--beside", action="store_true", help="with --roles telephony: end when the gateway stays away")


def serve(arguments: argparse.Namespace) -> int:
    """Settings first: a wrong one stops the start and says which."""
    import uvloop

    from core.storage.opening import explained
    from gateway.logs import configure_logs
    from gateway.settings import load_settings

    roles = {"LANGNGHE_ROLES": arguments.roles} if arguments.roles else {}
    settings = load_settings({**os.environ, **roles})
    configure_logs(settings.logs)
    if set(settings.roles) == {"telephony"}:
        from gateway.telephony.process import run as take_calls

        uvloop.run(take_calls(_played(settings), beside=arguments.beside))
        return 0
    with explained(settings.data, server=False):
        uvloop.run(_serve(settings))
    return 0


def _played(settings: Settings) -> Settings:
    """In a demo that told us where Twilio is played: the same line that the demo has."""
    ours = settings.call_center.twilio
    if settings.mode != "demo" or ours.account_sid or "base_url" not in ours.model_fields_set:
        return settings
    from gateway.sandbox.connected import with_line
    from gateway.sandbox.credentials import held_credentials

    return with_line(settings, held_credentials(settings.data), url=ours.base_url)


async def _serve(settings: Settings) -> None:
    from gateway.process import run

    if settings.mode != "demo":
        await run(settings)
        return
    from gateway.demo import demonstrating

    async with demonstrating(settings) as demo:
        await run(demo.settings, ready=demo.announce)
