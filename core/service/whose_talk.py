"""
Which conversation a message belongs to.

It is found by a token that only we could have signed, by a message it answers, or by the address itself; channels with
threads of their own (mail) begin a new one where chats go on with the last.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.contract.schema import InboundMessage, MessageKind
from core.storage import conversations
from core.storage.conversations import ConversationRow
from core.storage.database import Connection


@dataclass(frozen=True)
class Blinds:
    """Keyed hashes of a message's address and hints; `newcomer`: a contact id that follows from the message."""

    address: str
    hints: tuple[str, ...]
    newcomer: str


@dataclass(frozen=True)
class Wanted:
    """A message whose conversation is looked for."""

    message: InboundMessage
    blind: Blinds
    threaded: bool


def find(connection: Connection, wanted: Wanted, *, contact_id: str | None) -> ConversationRow | str | None:
    """The conversation, else the contact whose address this is (`contact_id`), else None."""
    named = _named(connection, wanted, contact_id=contact_id)
    if named is not None or wanted.threaded or contact_id is None:
        return named or contact_id
    message = wanted.message
    last = conversations.newest_at(
        connection, channel=message.channel, account=message.account, address_blind=wanted.blind.address
    )
    return last or contact_id


def _named(connection: Connection, wanted: Wanted, *, contact_id: str | None) -> ConversationRow | None:
    """The conversation whose token a message bears, or that it answers, also from another channel (a mail copy)."""
    hints = wanted.blind.hints
    known = conversations.of_provider_ids(connection, hints) if hints else {}
    for conversation_id in filter(None, (wanted.message.conversation_hint, *map(known.get, hints))):
        named = conversations.find(connection, conversation_id)
        if named is not None and named.address_blind and _may_join(named, wanted, contact_id=contact_id):
            return named
    return None


def _may_join(named: ConversationRow, wanted: Wanted, *, contact_id: str | None) -> bool:
    """
    Whether it is the sender's own: whoever was sent a copy of a mail holds its ids and its token as well, and begins a
    conversation of their own. Only a machine's answer, which nobody acts on, joins from anywhere.
    """
    if not wanted.threaded or wanted.message.kind is MessageKind.AUTO_REPLY or named.channel != wanted.message.channel:
        return True
    return named.address_blind == wanted.blind.address or named.contact_id == contact_id
