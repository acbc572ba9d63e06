"""
A burst is over: what do these messages want?

First what stops everything (state secrets, diversion, a person, cancelling), then questions and ratings, then the
facts of a report. Each reader answers True when the burst is dealt with.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.contract.schema import InboundMessage, MessageKind
from core.intake import afterwards, drafting
from core.intake.effects import AskStatus, Button, Divert, EraseRequest
from core.intake.happenings import TimerKind
from core.intake.parts import draft_id, message_text, part_of
from core.intake.reading.message import Reading, read
from core.intake.reporting import set_confidential
from core.intake.rules import DiversionKind, IntakeField
from core.intake.signals.acts import Payload, cancels, mentions, opens_with_thanks, says, telling_words, wants_person
from core.intake.signals.diversion import hints_state_secret, read_diversion
from core.intake.signals.status import asks_status, only_code, read_code
from core.intake.state import Draft, Mode, Part
from core.intake.topics import split_topics
from core.intake.turn import Turn
from core.intake.words import Text

NONE_PAYLOAD = "none:"
CODE_PAYLOAD = "code:"
LONGEST_THANKS = 30


@dataclass(frozen=True)
class Burst:
    """The messages of a burst in the order they were said, and their words as one text."""

    messages: tuple[InboundMessage, ...]
    text: Text
    payload: str = ""

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of its messages."""
        return tuple(message.provider_message_id for message in self.messages)

    @property
    def shows(self) -> bool:
        """Whether it brings files, a pin or a contact card."""
        return any(message.attachments or message.place or message.contact_phone for message in self.messages)


def take_pending(turn: Turn) -> Burst:
    """The pending messages in the provider's order; nothing is pending afterwards."""
    messages = sorted(turn.state.pending, key=lambda message: (message.provider_time, message.provider_message_id))
    turn.change(pending=(), pending_since=None)
    turn.clear_timer(TimerKind.BURST)
    words = "\n".join(text for message in messages if (text := message_text(message)).strip())
    payload = next((message.payload for message in messages if message.payload), "")
    return Burst(tuple(messages), Text.of(words), payload)


def read_burst(turn: Turn) -> None:
    """Understand a finished burst and act on it; silently while a person answers."""
    if not turn.state.pending:
        return
    if turn.state.mode is not Mode.BOT:
        absorb_pending(turn)
        return
    burst = take_pending(turn)
    readers: tuple[Callable[[Turn, Burst], bool], ...] = (
        stop_for_secrets,
        divert,
        press_button,
        erase,
        ask_for_person,
        afterwards.rate,
        cancel,
        tell_status,
        fill_form,
    )
    if not any(reader(turn, burst) for reader in readers):
        talk(turn, burst)


def stop_for_secrets(turn: Turn, burst: Burst) -> bool:
    """Something is called a state secret: keep nothing of it, hand over with the flag (VN-3)."""
    if not hints_state_secret(burst.text):
        return False
    forget_drafts(turn)
    drafting.hand_over(turn, "secret_suspected")
    return True


def divert(turn: Turn, burst: Burst) -> bool:
    """Complaint, denunciation, corruption: keep nothing, tell where to go (VN-1, VN-2)."""
    kind = read_diversion(burst.text)
    if kind is None:
        return False
    known = tuple(part.message_id for draft in turn.state.drafts for part in draft.parts)
    forget_drafts(turn)
    turn.do(Divert(kind, (*known, *burst.ids)))
    turn.say(f"divert.{kind}", elsewhere=turn.rules.elsewhere.get(DiversionKind(kind), "@divert.elsewhere"))
    return True


def forget_drafts(turn: Turn) -> None:
    """Drop every unfinished report."""
    for draft in turn.state.drafts:
        turn.drop_draft(draft.id)


def press_button(turn: Turn, burst: Burst) -> bool:
    """A button or quick reply was pressed."""
    payload, report = burst.payload, turn.report
    if payload.startswith(NONE_PAYLOAD):
        return declare_none(turn, burst, payload.removeprefix(NONE_PAYLOAD))
    if payload.startswith(CODE_PAYLOAD):
        turn.do(AskStatus(payload.removeprefix(CODE_PAYLOAD)))
        return True
    if payload in (Payload.CONFIDENTIAL, Payload.OPEN):
        return wish(turn, burst, value=payload == Payload.CONFIDENTIAL)
    if payload == Payload.HUMAN:
        drafting.hand_over(turn, "asked")
        return True
    if payload == Payload.CANCEL:
        return call_off(turn, burst)
    if payload == Payload.REPORT and turn.draft is None:
        start(turn, burst)
        return True
    if payload == Payload.STATUS:
        return answer_status(turn, report.code if report else "")
    return payload == Payload.CONFIRM and report is not None and turn.draft is None and confirmed(turn)


def confirmed(turn: Turn) -> bool:
    """The summary was right; nothing more to do than to thank."""
    turn.say("smalltalk.thanks")
    return True


def declare_none(turn: Turn, burst: Burst, field: str) -> bool:
    """ "Không có" was pressed for a field (A-8)."""
    draft = turn.draft
    if draft is None or field not in drafting.CAN_BE_NONE:
        return False
    part = part_of(burst.messages[-1], burst=next_burst(draft)).model_copy(
        update={"text": "", "declares_none": IntakeField(field)}
    )
    turn.put_draft(draft.model_copy(update={"parts": (*draft.parts, part)}))
    drafting.advance(turn)
    return True


def wish(turn: Turn, burst: Burst, *, value: bool) -> bool:
    """Keep secret, or no longer: in the draft, else for the report sent last."""
    if turn.draft is not None:
        part = part_of(burst.messages[-1], burst=next_burst(turn.draft))
        part = part.model_copy(update={"text": "", "confidential": value})
        turn.put_draft(turn.draft.model_copy(update={"parts": (*turn.draft.parts, part)}))
        turn.say("secrecy.noted" if value else "secrecy.unset", code="")
        return True
    if turn.report is None:
        return False
    set_confidential(turn, turn.report, value=value)
    return True


def erase(turn: Turn, burst: Burst) -> bool:
    """The person wants their data erased (VN-4): a person checks who asks."""
    if not mentions("erase", burst.text):
        return False
    turn.do(EraseRequest())
    turn.say("erase")
    return True


def ask_for_person(turn: Turn, burst: Burst) -> bool:
    """Hand over; what was told so far goes along."""
    if not wants_person(burst.text):
        return False
    if read(burst.text, turn.rules).tells and (turn.draft is not None or telling_words(burst.text) > 4):
        absorb(turn, burst)
    drafting.hand_over(turn, "asked")
    return True


def cancel(turn: Turn, burst: Burst) -> bool:
    """The report is no longer wanted."""
    if not cancels(burst.text) or corrects_something(read(burst.text, turn.rules)):
        return False
    asked_none = turn.state.asking in drafting.CAN_BE_NONE and (says("no", burst.text) or says("none", burst.text))
    return not asked_none and call_off(turn, burst)


def corrects_something(reading: Reading) -> bool:
    """Whether a correction holds a fact: "gửi nhầm chỗ, hủy giúp" holds none."""
    right = reading.correction
    return right is not None and (right.facts_only or right.tells)


def call_off(turn: Turn, burst: Burst) -> bool:
    """Drop the unfinished report, or withdraw the one sent last."""
    if turn.draft is not None:
        forget_drafts(turn)
        turn.say("cancelled.draft")
        return True
    return afterwards.withdraw_report(turn, burst.text.raw)


def tell_status(turn: Turn, burst: Burst) -> bool:
    """ "Tới đâu rồi?" with a code, about the report of this conversation, or with the code still to be told."""
    code = only_code(burst.text) if turn.draft is None else ""
    if turn.state.asking_code and (code := code or read_code(burst.text)):
        return answer_status(turn, code)
    if turn.draft is not None and turn.state.asking is not None and not read_code(burst.text):
        return False
    code = read_code(burst.text)
    if not (asks_status(burst.text) or (code and only_code(burst.text) and turn.draft is None)):
        return False
    if not code and (
        read(burst.text, turn.rules).pieces or (turn.report is None and read(burst.text, turn.rules).categories)
    ):
        return False
    return answer_status(turn, code or (turn.report.code if turn.report else ""))


def answer_status(turn: Turn, code: str) -> bool:
    """Look a code up; ask for it where none is known."""
    turn.change(asking_code=not code)
    if code:
        turn.do(AskStatus(code))
    else:
        turn.say("ask.code")
    return True


def fill_form(turn: Turn, burst: Burst) -> bool:
    """A filled-in form is a report of its own: complete, it is submitted at once."""
    forms = [message for message in burst.messages if message.kind is MessageKind.FORM and message.form is not None]
    for message in forms:
        draft = emergency_draft(turn) or Draft(id=draft_id(message), channel=message.channel, language=message.language)
        turn.put_draft(draft.model_copy(update={"parts": (part_of(message, burst=0, traits=turn.traits),)}))
        drafting.advance(turn)
    return bool(forms)


def emergency_draft(turn: Turn) -> Draft | None:
    """The draft that an emergency in this very burst has begun."""
    return next((draft for draft in turn.state.drafts if draft.emergency and not draft.parts), None)


def talk(turn: Turn, burst: Burst) -> None:
    """The ordinary case: facts of a report, or small talk."""
    reading = read(burst.text, turn.rules, asked=turn.state.asking)
    if turn.draft is not None:
        go_on(turn, burst, reading)
    elif turn.report is not None and afterwards.belongs(turn, burst.text, reading, shows=burst.shows):
        afterwards.supply(turn, burst.messages, burst.text, reading)
    elif worth_a_draft(burst, reading):
        start(turn, burst)
    else:
        small_talk(turn, burst)


def worth_a_draft(burst: Burst, reading: Reading) -> bool:
    """Whether the burst begins a report: it tells something, shows something, or says that it wants to."""
    if praises(burst, reading):
        return False
    timed_only = reading.times and not (reading.pieces or reading.point or reading.phones or reading.name)
    told = reading.tells or reading.lines or (reading.facts_only and not timed_only) or burst.shows
    return bool(told) or (mentions("intent", burst.text) and not says("thanks", burst.text))


def praises(burst: Burst, reading: Reading) -> bool:
    """Thanks for something done: nothing is reported, though something is told."""
    quiet = not (burst.shows or reading.phones or reading.emails or mentions("feedback", burst.text))
    thanks = opens_with_thanks(burst.text) and len(burst.text.raw.split()) <= LONGEST_THANKS
    return quiet and thanks and not mentions("trouble", burst.text)


def go_on(turn: Turn, burst: Burst, reading: Reading) -> None:
    """More for the unfinished report; a mere "dạ", "cảm ơn" is no answer and asks for none."""
    draft = turn.draft
    idle = not (reading.tells or reading.lines or reading.facts_only or reading.correction or burst.shows)
    idle = idle and reading.confidential is None
    if draft is not None and idle and draft.asked and chatter(burst.text):
        return
    absorb(turn, burst)
    if reading.confidential and idle:
        turn.say("secrecy.noted")
        return
    drafting.advance(turn)


def chatter(text: Text) -> bool:
    """Yes, thanks, hello and nothing else."""
    return any(says(heading, text) for heading in ("yes", "thanks", "greeting"))


def start(turn: Turn, burst: Burst) -> None:
    """Begin a report; clearly enumerated matters begin one each."""
    topics = split_topics(burst.text.raw, turn.rules) if len(burst.messages) == 1 else (burst.text.raw,)
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


def small_talk(turn: Turn, burst: Burst) -> None:
    """Thanks, greetings, anger, and what nothing can be made of."""
    if says("thanks", burst.text) or mentions("thanks", burst.text):
        turn.say("smalltalk.thanks")
    elif mentions("profanity", burst.text):
        turn.say("smalltalk.calm", Button(Payload.REPORT), Button(Payload.HUMAN))
    elif burst.text.raw.strip():
        turn.say("smalltalk.greeting", Button(Payload.REPORT), Button(Payload.STATUS), Button(Payload.HUMAN))
    turn.change(greeted=True)
