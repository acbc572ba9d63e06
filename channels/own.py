"""
Channels whose provider is ourselves: what a citizen sends on a surface of ours takes the same road as all messages.

A delivery is JSON (`Submission`), written by `OwnChannel.compose` where it was sent and read by `read` in a worker,
which may be another process and a later version: fields are only ever added. The two trust each other by a shared
secret, not by being the same process: a delivery carries an HMAC over its raw bytes like any provider's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from channels.base import clean_text, same, sign
from core.contract.errors import ChannelMisconfigured, PayloadInvalid, PayloadTooLarge, SignatureInvalid
from core.contract.ports import Health, ItemKey, RawDelivery, SendResult
from core.contract.schema import (
    Address,
    Attachment,
    InboundMessage,
    Instant,
    MessageKind,
    OutboundMessage,
    Parsed,
    ReportForm,
)

What = Literal["form", "text"]
MAX_BODY_BYTES = 256 * 1024
MIN_SECRET_BYTES = 16
SPENT = "spent"
"""The part of an item that says nothing, and whose key tells that a link was used."""

_KINDS: dict[str, MessageKind] = {"form": MessageKind.FORM, "text": MessageKind.TEXT}


class Submission(BaseModel):
    """
    One thing a citizen sent on a surface of ours. What later versions add is passed over, not refused.

    Args:
        id: one per pressed button, kept over repeats: a double click is one submission.
        code: of the report, 12 digits; the address the citizen is known by.
        account: which of several surfaces of one channel; empty: the channel has one.
        conversation_id: of a report that came another way (mail, call) and is followed here; proved by code and PIN.
        attachments: stored already (`stored_key`), EXIF-free, under the contact `form.contact_id` or the report's own.
        consent: the box about personal data was ticked, never by us (VN-4).
        spends: a link that opens once and was used for this; its key is taken together with the words.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    what: What
    id: str = Field(min_length=1, max_length=128)
    code: Annotated[str, Field(pattern=r"^[0-9]{12}$")]
    sent_at: Instant
    account: Annotated[str, Field(pattern=r"^[a-z0-9-]{0,40}$")] = ""
    text: str = ""
    form: ReportForm | None = None
    conversation_id: str = ""
    attachments: tuple[Attachment, ...] = ()
    consent: bool = False
    spends: Annotated[str, Field(max_length=128)] = ""


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


class OwnChannel:
    """A surface of ours as a channel. `secret`: shared by whoever hands in and whoever reads, at least 16 bytes."""

    name: str
    account: str
    """Our side, where a submission names no other."""
    signature: str
    """Header with the HMAC."""
    works: str
    """What staff read while it does."""
    threaded = False

    def __init__(self, *, secret: bytes) -> None:
        if len(secret) < MIN_SECRET_BYTES:
            raise ChannelMisconfigured(f"the secret of {self.name} needs {MIN_SECRET_BYTES} bytes")
        self._secret = secret

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def address(self, code: str) -> str:
        """Who the sender is: the holder of this code. There is no account behind it."""
        return f"{self.name}:{code}"

    def key(self, submission: Submission) -> ItemKey:
        """The permanent key of a submission, in order with the others of the same report."""
        return ItemKey(
            dedupe_key=f"{self.name}:{submission.id}",
            conversation_key=self.address(submission.code),
            provider_time=submission.sent_at,
        )

    def keys(self, submission: Submission) -> Sequence[ItemKey]:
        """Its key, and that of the link it spends: whoever uses that link in the same moment takes only their own."""
        own = self.key(submission)
        return [own, replace(own, dedupe_key=self.spent(submission.spends), part=SPENT)] if submission.spends else [own]

    def spent(self, link: str) -> str:
        """The key that is taken once this link was used."""
        return f"{self.name}:{link}"

    def compose(self, submission: Submission) -> tuple[RawDelivery, Sequence[ItemKey]]:
        """What is given to the inbox: signed, and split already."""
        body = submission.model_dump_json(exclude_defaults=True).encode()
        account, headers = submission.account or self.account, {self.signature: sign(self._secret, body)}
        return RawDelivery(self.name, account, body, headers, received_at=submission.sent_at), self.keys(submission)

    def verify(self, delivery: RawDelivery) -> None:
        """Raise SignatureInvalid unless we wrote these bytes ourselves."""
        if len(delivery.body) > MAX_BODY_BYTES:
            raise PayloadTooLarge(f"{len(delivery.body)} bytes")
        given = {name.lower(): value for name, value in delivery.headers.items()}.get(self.signature.lower(), "")
        if not same(given, sign(self._secret, delivery.body)):
            raise SignatureInvalid(f"not from {self.account}")

    def split(self, delivery: RawDelivery) -> Sequence[ItemKey]:
        """A delivery is one item, and one more where it spends a link."""
        return self.keys(read(delivery.body))

    def parse(self, delivery: RawDelivery, item: ItemKey) -> Sequence[Parsed]:
        """
        The message in the common form; pure.

        What a filled-in form says stands in `form` alone, so that nobody reads it twice.
        """
        if item.part == SPENT:
            return []
        sent = read(delivery.body)
        form, account = sent.form, sent.account or self.account
        return [
            InboundMessage(
                channel=self.name,
                account=account,
                provider_message_id=sent.id,
                sender=Address(channel=self.name, account=account, value=self.address(sent.code)),
                sender_name=clean_text(form.reporter.name) if form else "",
                kind=_KINDS[sent.what],
                text="" if form else clean_text(sent.text),
                attachments=sent.attachments,
                place=form.place if form and form.place.known else None,
                form=form,
                thread_hints=(f"code:{sent.code}",),
                conversation_hint=sent.conversation_id,
                provider_time=sent.sent_at,
                received_at=delivery.received_at or sent.sent_at,
            )
        ]

    async def send(self, message: OutboundMessage) -> SendResult:
        """Nothing to send: the message stands in the conversation, where its reader looks."""
        return SendResult(message.id)

    async def check_health(self) -> Health:
        """It answers wherever this process does."""
        return Health(ok=True, detail=self.works)
