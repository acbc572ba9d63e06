"""What the door of the apps answers: models of the OpenAPI document."""

from __future__ import annotations

from core.contract.schema import Instant, Model


class SessionView(Model):
    """A token that opens one report, as `Authorization: Bearer`, until `expires_at`."""

    token: str
    expires_at: Instant


class Taken(Model):
    """
    Durably taken. Code and PIN open the report later, and anywhere; the case exists a moment from now.

    `emergency_line`: the number to ring at once, where it cannot wait for us (VN-8); else empty.
    """

    code: str
    pin: str
    emergency_line: str
    session: SessionView


class Challenged(Model):
    """
    The report is kept, and taken once the password that was sent to `sent_to` came back; for a day.

    `sent_to` is empty while none can be sent: then reception may be asked to call back.
    """

    challenge: str
    sent_to: str
    message: str


class Sent(Model):
    """A password is on its way if there is such a report and its reporter left a number; nobody is told whether."""

    challenge: str
    message: str


class StepView(Model):
    """A public step that was reached."""

    label: str
    at: Instant


class FileView(Model):
    """One file; `key` opens it."""

    key: str
    kind: str
    media_type: str
    size: int
    name: str


class MessageView(Model):
    """One message of the conversation; `ours`: from the centre."""

    at: Instant
    ours: bool
    text: str
    files: tuple[FileView, ...]


class AnswerView(Model):
    """What the authority answered. `level`: how this reporter rated it; `interim`: a promise with a date."""

    at: Instant
    text: str
    files: tuple[str, ...]
    agency: str
    interim: bool
    level: str


class LevelView(Model):
    """A level that the last answer may be rated with."""

    id: str
    label: str


class OwnReport(Model):
    """
    What the reporter alone sees. `asked_for`: what the centre wants to be added, by a message. `may`: what the
    regulation lets a reporter do now. `channel`: where the conversation goes on; "app" and "web" are read here.
    """

    content: str
    place: str
    occurred: str
    channel: str
    confidential: bool
    ended: bool
    ended_because: str
    asked_for: tuple[str, ...]
    levels: tuple[LevelView, ...]
    may: tuple[str, ...]
    files: tuple[FileView, ...]
    messages: tuple[MessageView, ...]
    answers: tuple[AnswerView, ...]


class ReportView(Model):
    """
    One report. `arriving`: sent and not taken up yet. `published`: id under which its answer stands among the results.
    """

    code: str
    stage: str = ""
    arriving: bool = False
    received_at: Instant | None = None
    category: str = ""
    agencies: tuple[str, ...] = ()
    steps: tuple[StepView, ...] = ()
    published: str = ""
    own: OwnReport | None = None
