"""
What a record tells of its caller, readable for the web side alone: a stolen disk of the hotline names nobody.

Numbers, keys, code and PIN are sealed to the key that recordings are sealed to. The rest stays plain, since the
telephony process reads it again after a crash: ids, times, where in the flow the call was.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode

from channels.call_center.facts import CallRecord
from channels.call_center.media.sealing import NotOpened, open_bytes, seal_bytes

SECRET = frozenset({"caller", "called", "answers", "code", "pin", "call_back_to", "rated"})
_BLANK = {name: CallRecord.model_fields[name].default for name in sorted(SECRET)}


def sealed(record: CallRecord, to: bytes | None) -> CallRecord:
    """The record for the disk; as it is where nobody said to whom, or where it was read from there."""
    if not to or record.sealed:
        return record
    told = record.model_dump_json(include={"id", *SECRET}, exclude_defaults=True)
    return record.model_copy(update=_BLANK | {"sealed": b64encode(seal_bytes(told.encode(), to)).decode()})


def opened(record: CallRecord, private: bytes) -> CallRecord:
    """The record as it was. Raises: NotOpened: not ours to read, or what was sealed belongs to another call."""
    if not record.sealed:
        return record
    try:
        told = json.loads(open_bytes(b64decode(record.sealed, validate=True), private))
    except ValueError as error:
        raise NotOpened(record.id) from error
    if told["id"] != record.id:
        raise NotOpened(record.id)
    return CallRecord.model_validate(record.model_dump() | told | {"sealed": ""})
