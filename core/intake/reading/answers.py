"""Bare answers: after a question, its field may be told without any word that marks it."""

from __future__ import annotations

import re
from dataclasses import replace

from core.intake.lexicon import lexicon, pattern
from core.intake.reading.person import bare_name
from core.intake.reading.place import Piece, PieceKind, lexicon_of_places, read_place
from core.intake.reading.told import Reading
from core.intake.rules import IntakeField, IntakeRules
from core.intake.signals.acts import cancels, says, telling_words, trimmed
from core.intake.tokens import tokens_of
from core.intake.words import Text

LONGEST_ANSWER = 200
IDENTITY = re.compile(r"(?<!\d)(?:\d{12}|\d{9})(?!\d)")


def with_answer(reading: Reading, text: Text, rules: IntakeRules, asked: IntakeField, *, known_name: str) -> Reading:
    """A reading of an answer: what the question was about may be told without any word that marks it."""
    if asked is IntakeField.PLACE:
        return answer_place(reading, text, rules)
    if asked is IntakeField.CONTENT:
        return answer_content(reading, text)
    none = declared(reading, text, asked)
    if none:
        return replace(
            reading,
            declared_none=none,
            tells=reading.tells and bool(reading.categories),
            lines=reading.lines if reading.categories else (),
        )
    if asked is IntakeField.NAME and not reading.name and not known_name:
        name = "" if pattern("signals", "questions").search(text) else bare_name(Text.of(strip_courtesy(text)))
        return replace(reading, name=name, **silent(reading)) if name else reading  # type: ignore[arg-type]
    if asked is IntakeField.TIME and not reading.times:
        return answer_time(reading, text)
    if asked is IntakeField.IDENTITY and (number := IDENTITY.search(text.raw)):
        return replace(reading, identity=number.group(), **silent(reading))  # type: ignore[arg-type]
    if asked is IntakeField.ADDRESS and len(text.raw) <= LONGEST_ANSWER and telling_words(text):
        return replace(reading, address=strip_courtesy(text), pieces=(), **silent(reading))  # type: ignore[arg-type]
    return reading


def silent(reading: Reading) -> dict[str, object]:
    """A bare answer says nothing about the matter, unless it speaks of a category."""
    return {} if reading.categories else {"lines": (), "tells": False}


def declared(reading: Reading, text: Text, asked: IntakeField) -> tuple[tuple[str, str], ...]:
    """ "Không có", "không nhớ", "khỏi": the field asked for is declared none, in these words (A-8)."""
    answered = {IntakeField.NAME: reading.name, IntakeField.PHONE: reading.phones, IntakeField.EMAIL: reading.emails}
    if asked is IntakeField.MEDIA or answered.get(asked):
        return reading.declared_none
    if says("no", text) or says("none", text) or starts_with_none(text):
        return (*reading.declared_none, (asked.value, " ".join(text.raw.split())[:80]))
    return reading.declared_none


def starts_with_none(text: Text) -> bool:
    """An answer that begins with "dạ không có …"."""
    return pattern("signals", "starts_with_none").match(text, trimmed(text)[0]) is not None


def answer_place(reading: Reading, text: Text, rules: IntakeRules) -> Reading:
    """A place told in any words; not a question, not "không biết", not more about the matter."""
    if reading.pieces or reading.point or says("no", text) or says("none", text) or cancels(text):
        return reading
    if reading.phones or reading.emails or reading.name:
        return reading
    words = strip_courtesy(text)
    place_like = bool(loose := loose_place(text, rules)) or mentions_relation(text)
    off_topic = reading.categories and not place_like
    if (
        off_topic
        or not telling_words(text)
        or len(words) > LONGEST_ANSWER
        or pattern("signals", "questions").search(text)
    ):
        return replace(reading, pieces=loose) if loose and not off_topic and telling_words(text) else reading
    number = re.search(r"\d\S*", words)
    piece = Piece(0, 0, PieceKind.SPOT, words, number.group() if number else "")
    return replace(reading, pieces=(piece,), **silent(reading))  # type: ignore[arg-type]


def mentions_relation(text: Text) -> bool:
    """Whether words such as "gần", "đối diện", "thôn" stand in it."""
    places = lexicon("places", "openers", "areas", "admin", "landmarks", "alleys")
    tokens = tokens_of(text)
    return any(places.at(tokens, index, marked=text.marked) for index in range(len(tokens)))


def answer_content(reading: Reading, text: Text) -> Reading:
    """What is wrong, told in any words, however few."""
    lines = tuple(line.strip() for line in text.raw.split("\n") if line.strip())
    return replace(reading, lines=reading.lines or lines, tells=True) if reading.lines else reading


def answer_time(reading: Reading, text: Text) -> Reading:
    """A time told in words we do not know; short, and no question."""
    words = strip_courtesy(text)
    fits = telling_words(text) and len(words) <= 60 and not pattern("signals", "questions").search(text)
    return replace(reading, times=(words,), **silent(reading)) if fits and not reading.categories else reading  # type: ignore[arg-type]


def strip_courtesy(text: Text) -> str:
    """The text in one line without courteous words at its borders."""
    start, end = trimmed(text)
    lead = pattern("signals", "lead_in").match(text, start)
    start = lead.end() if lead and lead.end() < end else start
    words = " ".join(text.raw[start:end].split())
    return re.sub(r"(?:[\s,.]+(?:ạ|nha|nhé|nghe|ha|hí|hỉ|á|ad|nè))+$", "", words, flags=re.IGNORECASE).strip(" ,.;:")


def loose_place(text: Text, rules: IntakeRules) -> tuple[Piece, ...]:
    """A place told without any word that marks one: "Lê Duẩn", "số 15", a name in capitals."""
    start, end = trimmed(text)
    lead = Text(f"ở {text.raw[start:end]}", text.marked)
    pieces = read_place(lead, lexicon_of_places(rules.place_names)).pieces
    if pieces:
        return tuple(replace(piece, start=0, end=0) for piece in pieces)
    number = re.search(r"(?:số\s*)?\d+\S*", text.raw[start:end])
    return (
        (Piece(0, 0, PieceKind.SPOT, number.group(), re.sub(r"\D*(\d\S*)", r"\1", number.group())),) if number else ()
    )
