"""
What our own side said, told back by the provider.

Our own words settle what nobody could know: an entry whose sending broke off did arrive. A person's words, typed in the
provider's own inbox, stand in the conversation like any other, and the dialogue keeps silent from then on.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from core.contract.errors import NotFound
from core.contract.schema import Echo
from core.service.answering import take
from core.service.clerk import Clerk
from core.service.safe import Safe
from core.service.talk import OUTSIDE
from core.service.work import Work
from core.storage import conversations, outbox
from core.storage.database import Database


class Echoes:
    """Makes something of echoes, within the unit of work of the delivery that they came in."""

    def __init__(self, database: Database, *, safe: Safe, clerk: Clerk) -> None:
        self._database = database
        self._safe = safe
        self._clerk = clerk

    async def note(self, work: Work, echo: Echo, *, raw_id: str | None) -> bool:
        """Whether it told us anything."""
        known = await self._is_known(echo)
        if echo.by == "us":
            return bool(echo.reference) and not known and await self._settle(work, echo)
        return not known and await self._step_aside(work, echo, raw_id=raw_id)

    async def moved(self, conversation_id: str, value: str) -> None:
        """The provider told, on taking a message, where its reader is known from now on."""
        work = Work()
        if await self._move(work, conversation_id, value):
            await self._clerk.finish(work)

    async def _move(self, work: Work, conversation_id: str, value: str) -> bool:
        talk = await self._clerk.talks.load(work, conversation_id)
        if talk.gone or talk.correspondent.address.value == value:
            return False
        self._clerk.talks.move(work, talk, value)
        return True

    async def _is_known(self, echo: Echo) -> bool:
        """Whether we hold this very message: our own, confirmed before its echo came, or an echo that came twice."""
        held = partial(conversations.of_provider_ids, provider_blinds=[self._blind(echo)])
        return bool(echo.provider_message_id) and bool(await self._database.read(held))

    async def _settle(self, work: Work, echo: Echo) -> bool:
        """What was `unknown` has arrived, perhaps at an address that we did not know yet."""
        conversation = await self._database.read(partial(outbox.conversation_of, entry_id=echo.reference))
        if conversation is None:
            return False
        with suppress(NotFound):  # a last word belongs to no conversation any more
            await self._move(work, conversation, echo.recipient.value)
        settled = partial(
            outbox.note_echo, entry_id=echo.reference, provider_message_id=echo.provider_message_id, at=echo.at
        )
        work.add(settled)
        work.put(conversations.PROVIDER_IDS, (echo.reference, self._blind(echo)))
        return True

    def _blind(self, echo: Echo) -> str:
        return self._safe.blind.other("provider", echo.channel, echo.provider_message_id)

    async def _step_aside(self, work: Work, echo: Echo, *, raw_id: str | None) -> bool:
        """A person talks to somebody whom we know; whom we do not know has never written to us."""
        talk = await self._clerk.talks.at(work, echo.recipient)
        if talk is None or talk.gone:
            return False
        if echo.text:
            await self._clerk.talks.overhear(work, talk, echo, raw_id=raw_id)
        await take(self._clerk, work, talk, by=OUTSIDE)
        return True
