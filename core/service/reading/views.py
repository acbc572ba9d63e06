"""
What staff read, as values: the console renders them, the API sends them, both see the same.

Codes and ids are for machines; every `label` and `sentence` is Vietnamese. Instants are UTC. Words that citizens wrote
and everything that tells who they are come masked unless the view was asked for with `reveal` (`revealed` says so).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Generic, TypeVar

from pydantic import Field

from core.contract.schema import Attachment, Consent, FieldState, Model

T = TypeVar("T")


class Page(Model, Generic[T]):
    """One page of a list. `after` continues it: sort value and id of its last line; None at the end."""

    items: tuple[T, ...]
    after: tuple[int, str] | None = None


class Labelled(Model):
    """A code and how it reads."""

    id: str
    label: str


class CaseLine(Model):
    """A case in a list. `excerpt`: the first words of its content, masked."""

    id: str
    code: str
    stage: Labelled
    category: Labelled | None
    urgency: Labelled
    received_at: datetime
    due_at: datetime | None
    overdue: bool
    open: bool
    excerpt: str


class QueueLine(CaseLine):
    """
    A piece of work: the case, whose turn it is and at which step. `due_at` is the limit of that step.

    `channel`: how its first report came. `mine`: it was given to whoever reads this, by name.
    """

    role: Labelled
    agency: Labelled | None
    step: str
    channel: Labelled | None = None
    mine: bool = False


class Person(Model):
    """Who did something: an official by name, "Người phản ánh" or "Hệ thống"; `acting_for`: whom they stood in for."""

    id: str
    name: str
    role: str = ""
    agency: str = ""
    acting_for: str = ""


class Text(Model):
    """One free text, opened: what it is ("Lý do") and what it says."""

    label: str
    text: str


class File(Model):
    """A file of the case: its stored key, where it came from, and its description where one is known."""

    key: str
    label: str
    description: Attachment | None = None


class ClockView(Model):
    """
    A time limit with its reason.

    Args:
        status: on_time · due_soon · overdue · paused · met · missed.
        limit: the due time in words. `remaining_s`: seconds until it is late, negative once it is; None when stopped.
        left: what is left in the limit's own unit ("45 phút làm việc").
        explanation: how the due time was counted, in one sentence. `rules`: what it rests on.
        late_s: of a stopped one, seconds too late.
        offer: a command that its end proposes.
    """

    id: str
    name: str
    label: str
    purpose: str
    state: str
    status: str
    role: Labelled | None
    dispatch_id: str | None
    coordination_id: str | None
    started_at: datetime
    due_at: datetime
    limit: str
    remaining_s: int | None
    left: str
    late_s: int
    explanation: str
    rules: tuple[str, ...]
    offer: str = ""


class TimelineEntry(Model):
    """One event of the case in plain words. `rules` are what it rests on."""

    version: int
    at: datetime
    kind: str
    sentence: str
    by: Person
    texts: tuple[Text, ...] = ()
    files: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    dispatch_id: str | None = None
    coordination_id: str | None = None


class ReporterView(Model):
    """
    Who reported: masked, or in clear where `revealed`.

    `identity_number` shows more than its last three digits only to those who check it (A-LS-7); `identity_legacy`: it
    is that of a CMND, no longer valid (VN-12).
    """

    contact_id: str
    name: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    address: str = ""
    organisation: str = ""
    identity_number: str = ""
    identity_legacy: bool = False
    revealed: bool = False


class PlaceView(Model):
    """Where it happened; the point in degrees."""

    text: str = ""
    latitude: float | None = None
    longitude: float | None = None
    accuracy_m: float | None = None
    commune_code: str | None = None


class ReportView(Model):
    """What one reporter told us. `erased`: its words were erased on request; only the facts of receipt are left."""

    id: str
    code: str
    case_id: str
    received_at: datetime
    channel: Labelled
    conversation_id: str
    erased: bool = False
    content: str = ""
    content_as_sent: str = ""
    place: PlaceView = PlaceView()
    occurred: str = ""
    category_hint: str = ""
    confidential: bool = False
    consent: Consent | None = None
    terms: Consent | None = None
    completeness: dict[str, FieldState] = Field(default_factory=dict)
    declared_none: dict[str, str] = Field(default_factory=dict)
    files: tuple[File, ...] = ()
    reporter: ReporterView


class DeliveryStep(Model):
    """Another way that was taken where the one before had failed: `why`, in a sentence."""

    channel: str
    why: str
    state: str
    outcome: str = ""
    reason: str = ""


class DeliveryView(Model):
    """
    How far a message to a citizen got: pending · claimed · sent · failed · unknown · passed_on · dropped, and the
    provider's word. `steps`: the other ways, in order.
    """

    id: str
    state: str
    outcome: str = ""
    reason: str = ""
    sent_at: datetime | None = None
    steps: tuple[DeliveryStep, ...] = ()


class SenderProof(Model):
    """
    What the transport proved about a mail's sender address (RFC 8601): each of the three is pass, fail or none.

    `doubtful`: the address was checked and did not hold, whoever wrote may be somebody else. `text`: the line to show.
    """

    spf: str
    dkim: str
    dmarc: str
    doubtful: bool
    text: str


class MessageView(Model):
    """
    One message of a conversation. `author`: the official who wrote it; empty: the citizen, or the product.

    `proof`: about the sender of a mail that came in, where our own mail server checked it. `full_text`: the whole of a
    mail with what it quotes, where `text` is only what is new in it.
    """

    id: str
    number: int
    at: datetime
    direction: str
    kind: str
    author: str = ""
    subject: str = ""
    text: str = ""
    full_text: str = ""
    place: PlaceView | None = None
    files: tuple[File, ...] = ()
    erased: bool = False
    proof: SenderProof | None = None
    delivery: DeliveryView | None = None


class ConversationLine(Model):
    """
    A conversation in a list. `mode`: bot · doubted · waiting_for_person · person. Name and address are masked.

    `attendant`: the official who has taken it over, where that is known.
    """

    id: str
    channel: Labelled
    contact_id: str
    name: str
    address: str
    mode: str
    needs_human: bool
    unread: int
    last_message_at: datetime
    excerpt: str = ""
    attendant: Labelled | None = None


class ConversationView(ConversationLine):
    """
    One conversation with its messages, and the reports that came of it (report code → case id).

    `self_named`: the name is what the person calls themselves at the channel's provider.
    """

    self_named: bool = False
    revealed: bool = False
    messages: tuple[MessageView, ...] = ()
    cases: dict[str, str] = Field(default_factory=dict)


class ResolutionView(Model):
    """What an agency reported. `interim`: a promise with a date; `approved_text`: what the leader mended."""

    at: datetime
    by: Person
    interim: bool
    promised_date: date | None
    handled_at: datetime | None
    result: str
    draft_answer: str
    files: tuple[str, ...]
    approved_at: datetime | None
    approved_text: str


class DispatchView(Model):
    """One agency's part."""

    id: str
    agency: Labelled
    stage: Labelled
    opened_at: datetime
    unit: Labelled | None
    staff: Person | None
    suggested_agency: Labelled | None
    resolutions: tuple[ResolutionView, ...]


class CoordinationView(Model):
    """Help another agency was asked for."""

    id: str
    dispatch_id: str | None
    agency: Labelled
    stage: Labelled
    opened_at: datetime
    ask: str
    information: str
    refusal: str
    files: tuple[str, ...]


class RatingView(Model):
    """One reporter's verdict."""

    report_id: str
    level: Labelled
    at: datetime
    comment: str


class AnswerView(Model):
    """One answer that went out, or the reason why none did. `kind`: public · private · agency · withheld."""

    kind: str
    at: datetime
    by: Person
    agency: str
    text: str
    interim: bool
    files: tuple[str, ...]
    ratings: tuple[RatingView, ...]


class FeedbackView(Model):
    """A reporter's question about the answer, and what was said to it."""

    at: datetime
    report_id: str | None
    text: str
    clarified_at: datetime | None
    clarification: str
    files: tuple[str, ...]


class InputView(Model):
    """
    One field of a command's form.

    `kind` says how it is filled in (core.cases.forms.InputKind); `either`: one of these fields must be filled.
    """

    name: str
    label: str
    kind: str
    required: bool
    choices: tuple[Labelled, ...] = ()
    either: tuple[str, ...] = ()


class MoveView(Model):
    """A command this person may issue now. `offered`: a limit that ran out proposes it."""

    command: str
    label: str
    dispatch_id: str | None
    coordination_id: str | None
    about: str
    fields: tuple[InputView, ...]
    rules: tuple[str, ...]
    beyond_text: bool = False
    offered: bool = False


class TaskView(Model):
    """One piece of open work: whose turn it is, and until when."""

    role: Labelled
    agency: Labelled | None
    step: str
    staff: Person | None
    due_at: datetime | None
    overdue: bool
    resting: bool
    clock_id: str | None
    rules: tuple[str, ...]


class CaseView(Model):
    """
    One case, complete, as one person may see it.

    Args:
        version: goes into If-Match. `flags`: the marks that are set. `public_stage`: what outsiders read.
        acting_for: the agency whose work this person does here; None for the centre.
        conversations: shown to the centre only. `moves`: exactly the commands allowed now.
    """

    id: str
    code: str
    version: int
    regulation: str
    stage: Labelled
    public_stage: str
    open: bool
    category: Labelled | None
    urgency: Labelled
    flags: tuple[Labelled, ...]
    channel: Labelled
    received_at: datetime
    merged_into: str | None
    merged_cases: tuple[str, ...]
    asked_for: tuple[Labelled, ...]
    missing: tuple[Labelled, ...]
    decline: str
    cancellation: str
    acting_for: Labelled | None
    revealed: bool
    may_reveal: bool
    tasks: tuple[TaskView, ...]
    clocks: tuple[ClockView, ...]
    reports: tuple[ReportView, ...]
    conversations: tuple[ConversationView, ...]
    dispatches: tuple[DispatchView, ...]
    coordinations: tuple[CoordinationView, ...]
    answers: tuple[AnswerView, ...]
    feedbacks: tuple[FeedbackView, ...]
    timeline: tuple[TimelineEntry, ...]
    files: tuple[File, ...]
    moves: tuple[MoveView, ...]


class IdentityView(Model):
    """One way a contact reaches us, and whether it is proved."""

    kind: str
    asserted_at: datetime
    verified_at: datetime | None
    verified_by: str | None


class JoinedView(Model):
    """Another contact that proved the same number: one person, until somebody undoes it."""

    id: str = Field(description="Of the link")
    contact_id: str
    at: datetime


class ContactView(Model):
    """A person who wrote to us: masked, or in clear where revealed."""

    id: str
    reporter: ReporterView
    identities: tuple[IdentityView, ...]
    reports: tuple[Labelled, ...] = Field(description="Report code and the id of its case")
    conversations: tuple[ConversationLine, ...]
    joined: tuple[JoinedView, ...] = Field(
        default=(), description="Contacts that are the same person; their reports and conversations stand here too"
    )
