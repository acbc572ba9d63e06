"""
A process that thinks: `python -m core.service.thinkers`, started and asked by `core.service.thinkers.thinker`.

It holds no key, opens no file, and has no database and no network. What it has read of citizens' words it forgets
after a few more messages.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import BinaryIO

from core.intake.dialogue import Step, step
from core.intake.rehearsal import rehearse
from core.intake.words import Texts
from core.service.thinkers.wire import Failed, Premises, Question, Ready, packed, read

_LESS_URGENT = 5  # than the process that people wait for
_REMEMBERED = 64


@dataclass
class _Mind:
    """What it knows, and what it has read of the messages that are thought about just now."""

    premises: Premises
    read: OrderedDict[int, Texts] = field(default_factory=OrderedDict)

    def answer(self, question: Question) -> Step | Failed:
        """The dialogue's answer."""
        texts = self.read.setdefault(question.turn, Texts())
        if len(self.read) > _REMEMBERED:
            self.read.popitem(last=False)
        known = self.premises
        try:
            return step(
                question.dialogue,
                question.happening,
                rules=known.rules,
                now=question.now,
                texts=texts,
                ground=known.ground,
            )
        except Exception:  # raised again, and logged, where whoever asked thinks themselves
            return Failed()


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Until nobody asks any more."""
    mind: _Mind | None = None
    while (asked := read(questions)) is not None:
        if isinstance(asked, Premises):
            if mind is None:
                rehearse(asked.rules, datetime.now(UTC))
                _say(answers, Ready())
            mind = _Mind(asked)
        elif isinstance(asked, Question) and mind is not None:
            _say(answers, mind.answer(asked))


def _say(answers: BinaryIO, one: object) -> None:
    answers.write(packed(one))
    answers.flush()


def main() -> None:
    """Over standard input and output; whatever else might be printed goes where errors go."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started us, and who then asks no more
    os.nice(_LESS_URGENT)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
