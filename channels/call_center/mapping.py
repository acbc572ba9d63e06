"""What a call means in the common form; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from channels.call_center.errands import Outcome, end_of
from channels.call_center.facts import CHANNEL, MACHINE, WHOLE, CallRecord, Recording
from channels.call_center.reaching import was_tried
from channels.call_center.spool import source_of
from core.contract.errors import PayloadInvalid
from core.contract.ports import ItemKey
from core.contract.schema import (
    HELP_AT,
    Address,
    Attachment,
    AttachmentKind,
    CallFacts,
    CallOutcome,
    InboundMessage,
    MessageKind,
    Parsed,
    Reporter,
    ReportForm,
    Standing,
)

HashPin = Callable[[str, str], str]
"""PIN and code → what is kept of the PIN."""
_OF_ERRANDS: Mapping[Outcome, CallOutcome] = MappingProxyType(
    {
        Outcome.REACHED: CallOutcome.SERVED,
        Outcome.OPTED_OUT: CallOutcome.SERVED,
        Outcome.NOT_REACHED: CallOutcome.NOT_REACHED,
        Outcome.NO_NUMBER: CallOutcome.NOT_REACHED,
        Outcome.NO_LINE: CallOutcome.NOT_TRIED,
    }
)
_NAMES = MappingProxyType(
    {"what": "Nội dung phản ánh", "where": "Địa điểm", "message": "Lời nhắn", WHOLE: "Toàn bộ cuộc gọi"}
)
_CUT = " (thiếu một phần)"
"""The disk did not take all of it."""
_TO_LISTEN = "Người dân nói qua tổng đài; cán bộ bổ sung sau khi nghe ghi âm."
_UNTOLD = ("place", "time", "name", "phone", "email", "address", "identity", "contact")
"""What nobody reads out of a recording by itself; each is declared so that a person fills it in (A-8)."""
_BY_NUMBER = frozenset({"phone", "contact"})
"""What the caller's number tells already."""


def read(body: bytes) -> CallRecord:
    """A record as the telephony process wrote it. PayloadInvalid where it is none."""
    try:
        return CallRecord.model_validate_json(body)
    except ValidationError as error:
        # The error's own text repeats numbers: only places and kinds of mistakes go on.
        places = sorted({".".join(map(str, one["loc"])) + ":" + one["type"] for one in error.errors()})
        raise PayloadInvalid(", ".join(places)) from None


def key_of(record: CallRecord) -> ItemKey:
    """One item a call, and one for whatever is added to it; those of one number in their order."""
    return ItemKey(f"{CHANNEL}:{_name(record)}", address(record), provider_time=record.ended_at)


def _name(record: CallRecord) -> str:
    return f"{record.id}:{record.adds}" if record.adds else record.id


def address(record: CallRecord) -> str:
    """Who called, as the trunk asserts it, or was called; a withheld number is somebody new each time."""
    return _their_number(record) or f"call:{record.id}"


def _their_number(record: CallRecord) -> str:
    return record.called if record.way == "out" else record.caller


def to_parsed(record: CallRecord, *, hash_pin: HashPin) -> tuple[Parsed, ...]:
    """All that a call tells: itself, and that they want no more calls of a machine."""
    called = to_message(record, hash_pin=hash_pin)
    if not record.opted_out:
        return (called,)
    here = Address(channel=CHANNEL, account=MACHINE, value=address(record))
    refused = Standing(
        channel=CHANNEL, account=MACHINE, address=here, reachable=False, reason="key", at=record.ended_at
    )
    return called, refused


def to_message(record: CallRecord, *, hash_pin: HashPin) -> InboundMessage:
    """
    The call as a message: a filled-in form where a code was promised, else a call that somebody returns.

    Received at the end of the call, an emergency at its beginning (A-7).
    """
    at: datetime = record.began_at if record.purpose == "emergency" else record.ended_at
    form: dict[str, Any] = {"kind": MessageKind.CALL}
    if record.code:
        form = {"kind": MessageKind.FORM, "form": to_form(record, hash_pin=hash_pin)}
    return InboundMessage(
        channel=CHANNEL,
        account=record.trunk,
        provider_message_id=_name(record),
        sender=Address(channel=CHANNEL, account=record.trunk, value=address(record)),
        attachments=tuple(_attachment(record, one) for one in record.recordings),
        call=to_facts(record),
        thread_hints=(f"call:{record.id}",),
        language=record.language,
        provider_time=record.ended_at,
        received_at=at,
        **form,
    )


def to_form(record: CallRecord, *, hash_pin: HashPin) -> ReportForm:
    """A report whose words are in its recordings."""
    phones = tuple(dict.fromkeys(filter(None, (record.caller, record.call_back_to))))
    return ReportForm(
        content=_content(record),
        reporter=Reporter(phones=phones),
        declared_none=dict.fromkeys((one for one in _UNTOLD if not phones or one not in _BY_NUMBER), _TO_LISTEN),
        code=record.code,
        pin_hash=hash_pin(record.pin, record.code) if record.pin else "",
        emergency=HELP_AT.get(record.emergency, "disaster") if record.purpose == "emergency" else "",
    )


def _content(record: CallRecord) -> str:
    parts = ((one, record.recording(one)) for one in ("what", "where"))
    listen = [f"«{_NAMES[part]}» ({_length(held)})" for part, held in parts if held and held.seconds]
    urgent = f" Người gọi chọn cấp cứu, khẩn cấp {record.emergency}." if record.emergency else ""
    heard = f" Cần nghe bản ghi âm {' và '.join(listen)}." if listen else ""
    return f"Phản ánh bằng giọng nói qua tổng đài.{urgent}{heard}"


def _length(held: Recording) -> str:
    minutes, seconds = divmod(round(held.seconds), 60)
    return f"{minutes} phút {seconds} giây" if minutes else f"{seconds} giây"


def _attachment(record: CallRecord, one: Recording) -> Attachment:
    return Attachment(
        kind=AttachmentKind.AUDIO,
        media_type="audio/wav",
        size=one.size,
        sha256="",
        source_url=one.source or source_of(record.id, one.file),
        name=f"{_NAMES.get(one.part, one.part)}{'' if one.complete else _CUT}.wav",
    )


def to_facts(record: CallRecord) -> CallFacts:
    """What reception reads of a call."""
    outcome = outcome_of(record)
    return CallFacts(
        id=record.id,
        outcome=outcome,
        adds=bool(record.adds),
        told=_told(record, outcome),
        began_at=record.began_at,
        ended_at=record.ended_at,
        called=record.called if record.way == "in" else "",
        call_back_to=record.call_back_to or _their_number(record),
        step=record.step,
        emergency=record.emergency,
        storm=record.storm,
        language=record.language,
        rated=record.rated,
        way=record.way,
        agent=record.agent,
        about=record.about,
        queue=record.queue,
        queued_at=record.queued_at,
        skills=record.skills,
        message=record.message,
        proved=record.proved,
        given_to=record.given_to,
    )


def _told(record: CallRecord, outcome: CallOutcome) -> bool:
    if outcome is CallOutcome.REPORTED:
        return record.code_told
    return outcome is CallOutcome.SERVED or record.way == "out"


def _reached(record: CallRecord) -> CallOutcome:
    if record.message:
        wants_us = record.purpose == "callback" and not record.talked
        return CallOutcome.CALLBACK if wants_us else _OF_ERRANDS[end_of(record)]
    if record.talked:
        return CallOutcome.SERVED
    return CallOutcome.NOT_REACHED if was_tried(record) else CallOutcome.NOT_TRIED


def outcome_of(record: CallRecord) -> CallOutcome:
    """Whoever did not get what they called for is owed a call; whom we called, we reached or not."""
    if record.way == "out":
        return _reached(record)
    if record.purpose == "emergency":
        return CallOutcome.EMERGENCY
    if record.code:
        return CallOutcome.REPORTED
    if record.talked or (record.purpose == "status" and record.followed) or record.finished:
        return CallOutcome.SERVED
    return CallOutcome.CALLBACK if record.purpose == "callback" else CallOutcome.MISSED
