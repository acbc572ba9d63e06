"""
What a stream says and is told: JSON in text frames. Pure.

https://www.twilio.com/docs/voice/media-streams/websocket-messages. Sound is µ-law, 8 kHz, one channel, in base64.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from core.contract.errors import PayloadInvalid

KEYS = frozenset("0123456789*#ABCD")
MOST_SOUND = 8000
"""Bytes (a second) that one message may hold; Twilio sends 160."""


@dataclass(frozen=True, slots=True)
class Started:
    """The stream of a call begins."""

    stream: str
    call: str
    account: str


@dataclass(frozen=True, slots=True)
class Sound:
    """What the caller says; µ-law."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the caller's telephone."""

    key: str


@dataclass(frozen=True, slots=True)
class Played:
    """All that was sent before the mark of this name has been heard, or was dropped."""

    name: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The stream is over: the call has ended, or goes on without us."""


Said = Started | Sound | Key | Played | Stopped


def read(text: str) -> Said | None:
    """One message; None for what asks nothing of us. Raises PayloadInvalid."""
    try:
        told = json.loads(text)
        return _read(told["event"], told)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise PayloadInvalid(f"not a message of a stream ({type(error).__name__})") from None


def _read(event: str, told: dict[str, Any]) -> Said | None:
    match event:
        case "start":
            start = told["start"]
            _expect(start["mediaFormat"])
            return Started(str(start["streamSid"]), str(start["callSid"]), str(start["accountSid"]))
        case "media":
            return _sound(told["media"])
        case "dtmf":
            return Key(told["dtmf"]["digit"]) if told["dtmf"]["digit"] in KEYS else None
        case "mark":
            return Played(str(told["mark"]["name"]))
        case "stop":
            return Stopped()
    return None


def _expect(media: dict[str, Any]) -> None:
    if (media["encoding"], int(media["sampleRate"]), int(media["channels"])) != ("audio/x-mulaw", 8000, 1):
        raise PayloadInvalid("a stream in another format")


def _sound(media: dict[str, Any]) -> Sound | None:
    if media.get("track", "inbound") != "inbound":
        return None  # what we said ourselves
    try:
        payload = base64.b64decode(media["payload"], validate=True)
    except binascii.Error as error:
        raise PayloadInvalid("not base64") from error
    if len(payload) > MOST_SOUND:
        raise PayloadInvalid("more sound than a moment holds")
    return Sound(payload) if payload else None


def sound(stream: str, payload: bytes) -> str:
    """Say this."""
    return _write("media", stream, media={"payload": base64.b64encode(payload).decode()})


def mark(stream: str, name: str) -> str:
    """Tell us when all of it has been heard."""
    return _write("mark", stream, mark={"name": name})


def clear(stream: str) -> str:
    """Forget what has not been heard yet."""
    return _write("clear", stream)


def _write(event: str, stream: str, **more: Any) -> str:
    return json.dumps({"event": event, "streamSid": stream, **more}, separators=(",", ":"))
