"""
Ratings and words about a published result: which of several results they are about, and what is asked where nothing
tells.

A button says it, and so does a message that answers ours; else the words may name the matter. Of results that came
within a day of each other it is asked, since a rating counts once; an older one that nobody rated is nobody's question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from core.contract.schema import Attachment, InboundMessage
from core.identity.codes import format_code
from core.intake.afterwards import named_among, same_place
from core.intake.effects import Button, GiveFeedback, Rate
from core.intake.reading.message import read
from core.intake.reporting import shorten
from core.intake.signals.acts import mentions
from core.intake.signals.ratings import rated_code, rating_payload, read_rating, speaks_of_satisfaction
from core.intake.state import HeldRating, OpenReport
from core.intake.turn import Turn
from core.intake.words import Text

TOGETHER = timedelta(days=1)
SHORT = 60
ORDINAL = re.compile(r"^\W*(?:(?:số|so|thứ|thu|cái|cai|chọn|chon)\s+)*([1-9])(?:\s*(?:ạ|nha|nhé))?\W*$", re.IGNORECASE)


class Said(Protocol):
    """What of a burst is needed here. `about`: code of the report whose news it answers."""

    @property
    def messages(self) -> tuple[InboundMessage, ...]: ...

    @property
    def text(self) -> Text: ...

    @property
    def payload(self) -> str: ...

    @property
    def about(self) -> str: ...


def rate(turn: Turn, said: Said) -> bool:
    """A rating, or words about a published result; a button says of which, whatever else is being asked."""
    held, code = turn.state.rating, rated_code(said.payload)
    turn.change(rating=None)
    if turn.draft is not None and not (code or said.about):
        return False
    if held is not None and settle(turn, said, held):
        return True
    named = pointed_at(turn, said)
    if code and not named:
        turn.say("rated.closed")
        return True
    return judge(turn, said, named or to_rate(turn)) or object_to(turn, said, named or last_moved(turn))


def judge(turn: Turn, said: Said, meant: Sequence[OpenReport]) -> bool:
    """Take a rating, or ask which of several results it is about."""
    numbers = any(not one.rated for one in meant)
    level = read_rating(said.text, said.payload, turn.rules.ratings, numbers=numbers)
    if not level or not (meant or said.payload or speaks_of_satisfaction(said.text)):
        return False
    if len(meant) > 1:
        ask_which(turn, HeldRating(level=level, text=said.text.raw, files=files_of(said)), meant)
        return True
    return take_rating(turn, level, meant[0] if meant else turn.report, said.text, files_of(said))


def object_to(turn: Turn, said: Said, meant: Sequence[OpenReport]) -> bool:
    """Words about a result, without a rating."""
    if not meant or not mentions("feedback", said.text) or not is_about(turn, meant[-1], said.text):
        return False
    return take_feedback(turn, meant[-1], said.text, files_of(said))


def published(turn: Turn) -> tuple[OpenReport, ...]:
    """The reports of this conversation that have a result, the latest result last."""
    return tuple(report for report in turn.state.reports if report.published)


def pointed_at(turn: Turn, said: Said) -> tuple[OpenReport, ...]:
    """The results that a button, an answered message or the words name; empty: none."""
    code = rated_code(said.payload) or said.about
    pointed = tuple(report for report in published(turn) if report.code == code)
    if pointed or rated_code(said.payload):
        return pointed
    return named_among(turn, published(turn), said.text) or ()


def to_rate(turn: Turn) -> tuple[OpenReport, ...]:
    """What a rating that names nothing may be about: the results that came together with the last and have none."""
    results = published(turn)
    last = results[-1].published_at if results else None
    near = [one for one in results if last and one.published_at and last - one.published_at <= TOGETHER]
    return tuple(one for one in near if not one.rated) or results[-1:]


def last_moved(turn: Turn) -> tuple[OpenReport, ...]:
    """The result that was published or rated last: words that name nothing are about that."""
    order = sorted(published(turn), key=lambda one: one.rated_at or one.published_at or one.submitted_at)
    return tuple(order[-1:])


def is_about(turn: Turn, report: OpenReport, text: Text) -> bool:
    """Whether words name no other place than the report's."""
    reading = read(text, turn.rules)
    return not reading.pieces or same_place(turn.facts(report.draft.parts), reading)


def ask_which(turn: Turn, held: HeldRating, reports: Sequence[OpenReport]) -> None:
    """Ask it, with a button for each where there are buttons; what was said is kept for the answer."""
    turn.change(rating=held)
    buttons = (Button(rating_payload(held.level, one.code), format_code(one.code)) for one in reports)
    turn.say("rated.which", *buttons, reports=listed(turn, reports))


def listed(turn: Turn, reports: Sequence[OpenReport]) -> str:
    """A numbered line for each: its code and its matter."""
    matters = (shorten(turn.facts(one.draft.parts).content, SHORT) for one in reports)
    lines = (f"{format_code(one.code)}: {matter}" for one, matter in zip(reports, matters, strict=True))
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))


def settle(turn: Turn, said: Said, held: HeldRating) -> bool:
    """It was asked which result a rating is about, and this tells; False where it tells something else."""
    report = chosen(turn, said)
    if report is None:
        return False
    level = read_rating(said.text, said.payload, turn.rules.ratings, numbers=False) or held.level
    return take_rating(turn, level, report, turn.text(held.text), held.files)


def chosen(turn: Turn, said: Said) -> OpenReport | None:
    """The one of those asked about that an answer names: by button, number, code or matter."""
    asked = to_rate(turn)
    if code := rated_code(said.payload) or said.about:
        return next((report for report in asked if report.code == code), None)
    if number := ORDINAL.match(said.text.raw):
        return next(iter(asked[int(number.group(1)) - 1 :]), None)
    named = named_among(turn, asked, said.text) or ()
    return named[0] if len(named) == 1 else None


def take_rating(turn: Turn, level: str, report: OpenReport | None, text: Text, files: tuple[Attachment, ...]) -> bool:
    """Pass the rating on; words beside it are feedback."""
    speaks = mentions("feedback", text)
    turn.do(Rate(level, report.report_id if report else "", quiet=speaks))
    if report is None:
        turn.say("rated.thanks")
        return True
    turn.put_report(report.model_copy(update={"rated": report.published, "rated_at": turn.now}))
    return take_feedback(turn, report, text, files) if speaks else True


def take_feedback(turn: Turn, report: OpenReport, text: Text, files: tuple[Attachment, ...]) -> bool:
    """Words about a result open a task for whoever answered."""
    turn.do(GiveFeedback(text.raw, report.report_id, files))
    return True


def files_of(said: Said) -> tuple[Attachment, ...]:
    """What was sent along."""
    return tuple(file for message in said.messages for file in message.attachments)
