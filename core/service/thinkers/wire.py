"""
What goes over the pipe to a process that thinks: each a length and a pickle.

Both ends are ours and of one program, and nobody else holds the pipe, so that pickles may be trusted here.
"""

from __future__ import annotations

import asyncio
import pickle
import struct
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from core.intake.happenings import Happening
from core.intake.rules import IntakeRules
from core.intake.state import Dialogue
from core.places import Ground

_LENGTH = struct.Struct("!I")


@dataclass(frozen=True)
class Premises:
    """What holds for every question that comes after it."""

    rules: IntakeRules
    ground: Ground

    def are(self, others: Premises) -> bool:
        """Whether these are the very same, which is asked for every question."""
        return self.rules is others.rules and self.ground is others.ground


@dataclass(frozen=True)
class Question:
    """What `core.intake.dialogue.step` is asked; `turn`: what is asked under one number is about the same message."""

    turn: int
    dialogue: Dialogue
    happening: Happening
    now: datetime


@dataclass(frozen=True)
class Ready:
    """The premises are known, and everything that is learned once."""


@dataclass(frozen=True)
class Failed:
    """No answer: whoever asked finds out by thinking themselves."""


def packed(one: object) -> bytes:
    """As it goes over the pipe."""
    data = pickle.dumps(one, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(data)) + data


async def received(stream: asyncio.StreamReader) -> object:
    """The next one. IncompleteReadError where the other end is gone."""
    length = _LENGTH.unpack(await stream.readexactly(_LENGTH.size))[0]
    return pickle.loads(await stream.readexactly(length))  # noqa: S301 - a child of ours wrote it


def read(stream: BinaryIO) -> object | None:
    """The next one, waited for; None where the other end is gone."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    one: object = pickle.loads(stream.read(_LENGTH.unpack(head)[0]))  # noqa: S301 - who started us wrote it
    return one
