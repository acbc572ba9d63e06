"""
Messages that Twilio takes for us while no telephony process can: each is a call that somebody is owed.

The call is in the inbox before the caller hears a word; its recording and a number that was typed are added to it.
"""

from __future__ import annotations

from datetime import datetime

import structlog

from channels.call_center.adapter import CallCenterChannel
from channels.call_center.facts import CallRecord, Recording
from channels.call_center.tapes import source_of
from channels.call_center.twilio.forms import Arrived, Tape
from channels.call_center.twilio.settings import NAME
from core.contract.errors import IntakeUnavailable
from core.identity import phones
from core.storage.inbox import Inbox

log = structlog.get_logger()
MESSAGE = "message"
STEP = "message"


class Captures:
    """Stores what is captured."""

    def __init__(self, inbox: Inbox, channel: CallCenterChannel) -> None:
        self._inbox, self._channel = inbox, channel

    async def begin(self, arrived: Arrived, *, now: datetime) -> None:
        """Somebody is asked to leave a message. Where it cannot be noted they leave it all the same."""
        try:
            await self._take(_record(arrived, now=now))
        except IntakeUnavailable:
            log.error("capture_not_noted", call=arrived.sid)

    async def number(self, arrived: Arrived, typed: str, *, now: datetime) -> None:
        """They typed by which number they are reached."""
        number = phones.normalise(typed)
        if number is not None:
            await self._take(_record(arrived, now=now).model_copy(update={"adds": "number", "call_back_to": number}))

    async def message(self, arrived: Arrived, tape: Tape, *, now: datetime) -> None:
        """What they said is there to be fetched. Raises: IntakeUnavailable: Twilio keeps it, and tells it again."""
        recording = Recording(
            part=MESSAGE, file=f"{MESSAGE}.wav", source=source_of(tape.recording), seconds=tape.seconds
        )
        more = {"adds": tape.recording.lower(), "recordings": (recording,)}
        await self._take(_record(arrived, now=now).model_copy(update=more))

    async def _take(self, record: CallRecord) -> None:
        delivery, items = self._channel.compose(record.model_dump_json(exclude_defaults=True).encode())
        await self._inbox.accept(delivery, items)
        log.info("call_captured", call=record.id, adds=record.adds.partition("re")[0])


def _record(arrived: Arrived, *, now: datetime) -> CallRecord:
    """Twilio's name of the call is ours too, so that what comes later finds it."""
    return CallRecord(
        id=arrived.sid.removeprefix("CA"),
        trunk=NAME,
        caller=phones.normalise(arrived.caller) or "",
        called=arrived.called,
        began_at=now,
        ended_at=now,
        ended_by="trunk",
        step=STEP,
        notice=True,
    )
