"""Facts of approval and of the answer."""

from __future__ import annotations

from typing import Literal

from core.cases.events.base import DispatchFact, Fact, Opened
from core.cases.sealed import SealedText


class ResultApproved(DispatchFact):
    """The leader agreed."""

    command = "approve"
    kind: Literal["result_approved"] = "result_approved"
    override_reason: SealedText | None = None


class ResultAmended(DispatchFact):
    """The leader mended the text and agreed."""

    command = "edit_and_approve"
    kind: Literal["result_amended"] = "result_amended"
    text: SealedText
    override_reason: SealedText | None = None


class RevisionRequested(DispatchFact):
    """The leader wants it done better."""

    command = "return_for_revision"
    kind: Literal["revision_requested"] = "revision_requested"
    reason: SealedText


class ResultReturned(DispatchFact):
    """The centre wants it mended before publication."""

    command = "centre_return"
    kind: Literal["result_returned"] = "result_returned"
    reason: SealedText


class AnswerPublished(Fact):
    """Everybody may read the answer; `interim`: it is a dated promise."""

    command = "publish"
    kind: Literal["answer_published"] = "answer_published"
    text: SealedText
    media: tuple[str, ...] = ()
    interim: bool = False
    override_reason: SealedText | None = None


class ReporterAnswered(DispatchFact):
    """The agency itself answered."""

    command = "answer_reporter"
    kind: Literal["reporter_answered"] = "reporter_answered"
    text: SealedText
    media: tuple[str, ...] = ()
    override_reason: SealedText | None = None


class PrivateReplySent(Fact):
    """The reporters alone were answered."""

    command = "reply_privately"
    kind: Literal["private_reply_sent"] = "private_reply_sent"
    text: SealedText
    media: tuple[str, ...] = ()
    interim: bool = False
    override_reason: SealedText | None = None


class AnswerWithheld(Fact):
    """Nothing is published."""

    command = "withhold"
    kind: Literal["answer_withheld"] = "answer_withheld"
    reason: SealedText


class LetterSent(Fact):
    """An official letter went out; `opened` is the dispatch of the agency that acts on it, where the pack opens one."""

    command = "send_letter"
    kind: Literal["letter_sent"] = "letter_sent"
    agency: str
    text: SealedText
    reference: str = ""
    opened: Opened | None = None


class ReporterNotified(Fact):
    """The reporters were told something outside the usual notices."""

    command = "notify_reporter"
    kind: Literal["reporter_notified"] = "reporter_notified"
    text: SealedText
