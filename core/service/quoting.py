"""
Which report a message is about that answers one of ours: the provider names the message, its words name the code.

Looked up only where somebody has several results, since nothing else asks for it.
"""

from __future__ import annotations

from functools import partial

from core.contract.schema import InboundMessage
from core.intake.signals.status import read_code
from core.intake.words import Text
from core.service.safe import Safe
from core.service.talk import MessageContent, Talk
from core.storage import conversations
from core.storage.conversations import MessageRow
from core.storage.database import Database

_SEVERAL = 2


class Quotes:
    """Reads what we said and somebody answers."""

    def __init__(self, database: Database, *, safe: Safe) -> None:
        self._database = database
        self._safe = safe

    async def noted(self, talk: Talk, message: InboundMessage) -> InboundMessage:
        """The message, with the code of the report whose news it answers, where one of several may be meant."""
        results = [report for report in talk.dialogue.reports if report.published]
        if len(results) < _SEVERAL or not message.thread_hints:
            return message
        blinds = [self._safe.blind.other("provider", message.channel, hint) for hint in message.thread_hints]
        find = partial(conversations.said_by_us, conversation_id=talk.row.id, provider_blinds=blinds)
        rows = {row.provider_blind: row for row in await self._database.read(find)}
        answered = next((rows[blind] for blind in blinds if blind in rows), None)
        return message.model_copy(update={"about": await self._code_in(talk, answered)}) if answered else message

    async def _code_in(self, talk: Talk, row: MessageRow) -> str:
        place, subject = f"message:{row.id}", talk.contact_id
        unseal = partial(self._safe.open_or_none, row.content_sealed, MessageContent, subject_id=subject, place=place)
        content = await self._safe.aside(unseal, subject)
        return read_code(Text.of(content.text)) if content else ""
