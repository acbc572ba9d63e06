"""Messages become parts of unfinished reports."""

from __future__ import annotations

from collections.abc import Sequence

from core.contract.schema import InboundMessage
from core.intake import drafting
from core.intake.burst import Burst, take_pending
from core.intake.parts import draft_id, part_of
from core.intake.reading.message import read
from core.intake.signals.diversion import hints_state_secret, read_diversion
from core.intake.state import Draft, Part
from core.intake.topics import split_topics
from core.intake.turn import Turn


def start(turn: Turn, burst: Burst) -> None:
    """Begin a report; clearly enumerated matters begin one each."""
    topics = split_topics(burst.text, turn.rules) if len(burst.messages) == 1 else (burst.text.raw,)
    if len(topics) < 2:
        absorb(turn, burst)
    else:
        turn.change(drafts=tuple(topic_draft(turn, burst, index, topic) for index, topic in enumerate(topics)))
    drafting.advance(turn)


def topic_draft(turn: Turn, burst: Burst, index: int, topic: str) -> Draft:
    """One of several matters: its own words, and the contacts that the message tells for all."""
    message = burst.messages[0]
    part = part_of(message, burst=0, traits=turn.traits).model_copy(update={"text": topic, "subject": ""})
    whole = read(burst.text, turn.rules)
    contacts = "\n".join((*whole.phones, *whole.emails, *((f"Tên: {whole.name}",) if whole.name else ())))
    shared = part.model_copy(
        update={"text": contacts, "attachments": (), "confidential": whole.confidential, "burst": 1}
    )
    emergency = emergency_draft(turn) if index == 0 else None
    base = emergency or Draft(id=draft_id(message, index), channel=message.channel, language=message.language)
    return base.model_copy(update={"parts": (part, shared)})


def emergency_draft(turn: Turn) -> Draft | None:
    """The draft that an emergency in this very burst has begun."""
    return next((draft for draft in turn.state.drafts if draft.emergency and not draft.parts), None)


def absorb(turn: Turn, burst: Burst) -> None:
    """Put a burst's messages into the draft, or begin one with them."""
    first = burst.messages[0]
    draft = turn.draft or Draft(id=draft_id(first), channel=first.channel, language=first.language)
    turn.put_draft(draft.model_copy(update={"parts": (*draft.parts, *new_parts(turn, draft, burst.messages))}))


def new_parts(turn: Turn, draft: Draft, messages: Sequence[InboundMessage]) -> tuple[Part, ...]:
    """The messages as parts of the next burst of a draft."""
    number = next_burst(draft)
    return tuple(part_of(message, burst=number, asked=turn.state.asking, traits=turn.traits) for message in messages)


def next_burst(draft: Draft) -> int:
    """The number of the draft's next burst."""
    return max((part.burst + 1 for part in draft.parts), default=0)


def absorb_pending(turn: Turn) -> None:
    """A person answers: remember what may belong to a report, say nothing."""
    burst = take_pending(turn)
    if not burst.messages:
        return
    if hints_state_secret(burst.text) or read_diversion(burst.text):
        return
    reading = read(burst.text, turn.rules)
    if turn.draft is not None or reading.tells or burst.shows:
        absorb(turn, burst)
