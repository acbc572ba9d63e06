"""
The web side of the link: takes over what calls left, looks reports up for callers, says what the centre is like.

Whoever may open the socket (mode 0600, in the data folder) is one of our own telephony processes.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import structlog
from pydantic import ValidationError

from channels.call_center.adapter import CallCenterChannel
from channels.call_center.facts import CHANNEL
from channels.call_center.status import TelephonyStatus
from core.contract.errors import GatewayError
from core.contract.schema import new_id
from core.service.public import PublicDesk, Refused
from gateway.deployment import Deployment
from gateway.lines import LineServer
from gateway.telephony.paths import links_folder
from gateway.telephony.plans import PlanBook
from gateway.telephony.standing import standing_of
from gateway.telephony.told import looked

log = structlog.get_logger()

_ARRIVE_S = 20.0
_TAKEN_S = 1.5  # it is there, and still has no address
_LOOK_S = 0.05


class CallsLink:
    """Answers the telephony process."""

    def __init__(self, deployment: Deployment, channel: CallCenterChannel, desk: PublicDesk) -> None:
        self._deployment = deployment
        self._channel = channel
        self._desk = desk
        self._plans = PlanBook(deployment.database)
        self._actions: Mapping[str, Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]] = {
            "hand_over": self._hand_over,
            "look_up": self._look_up,
            "stage": self._stage,
            "report": self._report,
        }

    async def answer(self, line: bytes) -> dict[str, Any]:
        """One request; what goes wrong is said, and the telephony process comes again."""
        try:
            request = json.loads(line)
            return await self._actions[request["action"]](request)
        except (ValueError, KeyError, TypeError, ValidationError) as error:
            return {"error": "bad_request", "of": type(error).__name__}
        except GatewayError as error:
            return {"error": error.code}
        except Exception as error:
            log.exception("calls_link_failed")
            return {"error": type(error).__name__}

    async def _hand_over(self, request: dict[str, Any]) -> dict[str, Any]:
        delivery, items = self._channel.compose(str(request["record"]).encode())
        await self._deployment.inbox.accept(delivery, items)
        return {"kept": True}

    async def _look_up(self, request: dict[str, Any]) -> dict[str, Any]:
        """By code and PIN, under the same limits as the portal; each caller counts as one who asks."""
        client = f"call:{request['caller']}"
        opened = await self._desk.unlock(str(request["code"]), str(request["pin"]), client=client)
        view = None if isinstance(opened, Refused) else await self._desk.follow(opened.code)
        return looked(view, now=self._deployment.now())

    async def _stage(self, request: dict[str, Any]) -> dict[str, Any]:
        """For a call of ours, to a number that is proved to be the reporter's."""
        return looked(await self._desk.follow(str(request["code"])), now=self._deployment.now())

    async def _report(self, request: dict[str, Any]) -> dict[str, Any]:
        self._channel.note(TelephonyStatus.model_validate(request["status"]))
        now, settings = self._deployment.now(), self._deployment.settings
        calendar = self._deployment.regulation.calendar(now)
        storm = settings.call_center.storm or await self._deployment.intake.calls.storm()
        plan = await self._plans.newest()
        told = standing_of(calendar, storm=storm, now=now, seal_to=self._channel.seal_to, plan=plan)
        return told.model_dump(mode="json")


async def until_calls_arrive(deployment: Deployment) -> None:
    """Wait for the telephony process to say that it listens, but not for ever: its port may be somebody else's."""
    channel = deployment.channels.get(CHANNEL)
    told = 0
    for _ in range(int(_ARRIVE_S / _LOOK_S)):
        status = channel.status if isinstance(channel, CallCenterChannel) else None
        if status is not None and status.listening:
            return
        told += status is not None
        if told * _LOOK_S > _TAKEN_S:
            break
        await asyncio.sleep(_LOOK_S)
    log.warning("no_calls_arrive")


@asynccontextmanager
async def serving_calls(deployment: Deployment) -> AsyncIterator[None]:
    """Listen for the telephony process, for the length of a block, where there is a hotline."""
    channel = deployment.channels.get(CHANNEL)
    if not isinstance(channel, CallCenterChannel) or "web" not in deployment.settings.roles:
        yield
        return
    desk = await PublicDesk.open(
        deployment.database, safe=deployment.safe, regulation=deployment.regulation, now=deployment.now
    )
    folder = links_folder(deployment.settings.data)
    folder.mkdir(mode=0o700, exist_ok=True)
    server = LineServer(folder / f"{new_id()}.sock", CallsLink(deployment, channel, desk).answer)
    await server.start()
    try:
        yield
    finally:
        await server.stop()
