"""
What the portal hands over, and what it means; pure.

A delivery is JSON (`Submission`), written by `compose` in the portal and read by `read` in a worker, which may be
another process and a later version: fields are only ever added.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from channels.base import clean_text
from core.contract.errors import PayloadInvalid
from core.contract.ports import ItemKey
from core.contract.schema import Address, Attachment, InboundMessage, Instant, MessageKind, ReportForm

CHANNEL = "web"
ACCOUNT = "portal"
What = Literal["form", "text"]

_KINDS: dict[str, MessageKind] = {"form": MessageKind.FORM, "text": MessageKind.TEXT}


class Submission(BaseModel):
    """
    One thing a citizen sent on our pages. What later versions add is passed over, not refused.

    Args:
        id: one per pressed button, kept over repeats: a double click is one submission.
        code: of the report, 12 digits; the address the citizen is known by.
        conversation_id: of a report that came another way (mail, call) and is followed here; proved by code and PIN.
        attachments: stored already (`stored_key`), EXIF-free, under the contact `form.contact_id` or the report's own.
        consent: the box about personal data was ticked, never by us (VN-4).
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    what: What
    id: str = Field(min_length=1, max_length=128)
    code: Annotated[str, Field(pattern=r"^[0-9]{12}$")]
    sent_at: Instant
    text: str = ""
    form: ReportForm | None = None
    conversation_id: str = ""
    attachments: tuple[Attachment, ...] = ()
    consent: bool = False

    @property
    def key(self) -> ItemKey:
        """The permanent key of this submission, in order with the others of the same report."""
        return ItemKey(
            dedupe_key=f"{CHANNEL}:{self.id}", conversation_key=address(self.code), provider_time=self.sent_at
        )


def address(code: str) -> str:
    """Who the sender is: the holder of this code. There is no account behind it."""
    return f"{CHANNEL}:{code}"


def read(body: bytes) -> Submission:
    """A delivery's body. PayloadInvalid where it is none of ours or does not hold together."""
    try:
        submission = Submission.model_validate_json(body)
    except ValidationError as error:
        # The error's own text repeats what was typed: only places and kinds of mistakes go on.
        places = sorted({".".join(map(str, one["loc"])) + ":" + one["type"] for one in error.errors()})
        raise PayloadInvalid(", ".join(places)) from None
    if problem := _problem(submission):
        raise PayloadInvalid(problem)
    return submission


def _problem(submission: Submission) -> str:
    if submission.what == "form" and submission.form is None:
        return "form: missing"
    if submission.what == "form" and submission.form and submission.form.code != submission.code:
        return "form.code: another than the sender's"
    if any(not file.stored_key for file in submission.attachments):
        return "attachments: not stored"
    return ""


def to_message(submission: Submission, *, received_at: datetime) -> InboundMessage:
    """The common form. What a filled-in form says stands in `form` alone, so that nobody reads it twice."""
    form = submission.form
    return InboundMessage(
        channel=CHANNEL,
        account=ACCOUNT,
        provider_message_id=submission.id,
        sender=Address(channel=CHANNEL, account=ACCOUNT, value=address(submission.code)),
        sender_name=clean_text(form.reporter.name) if form else "",
        kind=_KINDS[submission.what],
        text="" if form else clean_text(submission.text),
        attachments=submission.attachments,
        place=form.place if form and form.place.known else None,
        form=form,
        thread_hints=(f"code:{submission.code}",),
        conversation_hint=submission.conversation_id,
        provider_time=submission.sent_at,
        received_at=received_at,
    )
