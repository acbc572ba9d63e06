"""Bare answers: after a question, its field may be told without any word that marks it."""

from __future__ import annotations

import re
from dataclasses import replace

from core.intake.lexicon import lexicon, pattern
from core.intake.reading.contacts import read_contacts
from core.intake.reading.occurred import read_time
from core.intake.reading.person import bare_name
from core.intake.reading.place import Piece, PieceKind, lexicon_of_places, read_place
from core.intake.reading.told import Reading
from core.intake.rules import IntakeField, IntakeRules
from core.intake.signals.acts import cancels, mentions, says, telling_words, trimmed
from core.intake.signals.emergency import read_emergency
from core.intake.tokens import tokens_of
from core.intake.words import Text

LONGEST_ANSWER = 200
IDENTITY = re.compile(r"(?<!\d)(?:\d{12}|\d{9})(?!\d)")

AT = re.compile(r"\s*(?:@|\(a\)|\ba (?:còng|cong|móc|moc)\b)\s*", re.IGNORECASE)
DOT = re.compile(r"\s*(?:\.|\bchấm\b|\bcham\b)\s*", re.IGNORECASE)


def with_answer(reading: Reading, text: Text, rules: IntakeRules, asked: IntakeField, *, known_name: str) -> Reading:
    """A reading of an answer: what the question was about may be told without any word that marks it."""
    if asked is IntakeField.PLACE:
        return answer_place(reading, text, rules)
    if asked is IntakeField.CONTENT:
        return answer_content(reading, text)
    none = declared(reading, text, asked)
    if none:
        return replace(silenced(reading), declared_none=none)
    if pattern("signals", "questions").search(text):
        return silenced(reading)
    return answer_detail(reading, text, asked, known_name=known_name)


def answer_detail(reading: Reading, text: Text, asked: IntakeField, *, known_name: str) -> Reading:
    """A bare name, time, address or identity number."""
    bare = silenced(reading)
    if asked is IntakeField.NAME and not (reading.name or known_name):
        if any(says(heading, text) for heading in ("thanks", "yes", "greeting")):
            return bare
        name = bare_name(Text.of(name_alone(text)))
        return replace(bare, name=name) if name else reading
    if asked is IntakeField.TIME and not reading.times:
        other = reading.phones or reading.emails or reading.name
        return reading if other else answer_time(reading, text)
    if asked is IntakeField.EMAIL and not reading.emails and (emails := spelled_out(text)):
        return replace(bare, emails=emails)
    if asked is IntakeField.IDENTITY and (number := IDENTITY.search(text.raw)):
        return replace(bare, identity=number.group())
    if asked is IntakeField.ADDRESS and len(text.raw) <= LONGEST_ANSWER and telling_words(text):
        return replace(bare, address=strip_courtesy(text), pieces=())
    return reading


def spelled_out(text: Text) -> tuple[str, ...]:
    """An address with spaces that a telephone's keyboard put into it, or with its signs in words ("a còng")."""
    words = DOT.sub(".", AT.sub("@", strip_courtesy(text)))
    return read_contacts(Text.of(words)).emails if len(words) <= LONGEST_ANSWER else ()


def silenced(reading: Reading) -> Reading:
    """A bare answer says nothing about the matter, unless it speaks of a category."""
    return reading if reading.categories else replace(reading, lines=(), tells=False)


def declared(reading: Reading, text: Text, asked: IntakeField) -> tuple[tuple[str, str], ...]:
    """ "Không có", "không nhớ", "khỏi": the field asked for is declared none, in these words (A-8)."""
    answered = {
        IntakeField.NAME: reading.name,
        IntakeField.PHONE: reading.phones,
        IntakeField.EMAIL: reading.emails,
        IntakeField.TIME: reading.times,
    }
    other = any(field != asked.value for field, _ in reading.declared_none)
    if answered.get(asked) or other or not (passes(text) or starts_with_none(text)):
        return reading.declared_none
    return (*reading.declared_none, (asked.value, " ".join(text.raw.split())[:80]))


def passes(text: Text) -> bool:
    """ "Không", "không nhớ", "khỏi ghi tên": an answer that gives nothing, and no more than that."""
    return any(says(heading, text) for heading in ("no", "none", "none_of_it"))


def starts_with_none(text: Text) -> bool:
    """An answer that begins with "dạ không có …"."""
    return pattern("signals", "starts_with_none").match(text, trimmed(text)[0]) is not None


def answer_place(reading: Reading, text: Text, rules: IntakeRules) -> Reading:
    """A place told in any words; not a question, not "không biết", not more about the matter."""
    known = reading.pieces or reading.point or reading.phones or reading.emails or reading.name
    if not known and (says("no", text) or says("unsure", text)):
        return silenced(reading)
    if known or says("none", text) or cancels(text):
        return reading
    named, words = named_place(text, rules), strip_courtesy(text)
    more = reading.categories or mentions("feedback", text)
    elsewhere = more and not (named or mentions_relation(text))
    if elsewhere or read_emergency(text) is not None or not says_where(text):
        return reading
    if len(words) > LONGEST_ANSWER or pattern("signals", "questions").search(text):
        return replace(reading, pieces=tuple(piece for piece in named if " " in piece.text))
    number = re.search(r"\d\S*", words)
    piece = Piece(0, 0, PieceKind.SPOT, words, number.group() if number else "")
    return replace(silenced(reading), pieces=(piece,))


def says_where(text: Text) -> bool:
    """Whether anything is left of an answer besides courtesy and times."""
    return telling_words(text.without(read_time(text).spans)) > 0 or bool(re.search(r"\d", strip_courtesy(text)[:4]))


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
    return replace(silenced(reading), times=(words,)) if fits and not reading.categories else reading


def strip_courtesy(text: Text) -> str:
    """The text in one line without courteous words at its borders."""
    start, end = trimmed(text)
    lead = pattern("signals", "lead_in").match(text, start)
    start = lead.end() if lead and lead.end() < end else start
    words = " ".join(text.raw[start:end].split())
    return re.sub(r"(?:[\s,.]+(?:ạ|nha|nhé|nghe|ha|hí|hỉ|á|ad|nè))+$", "", words, flags=re.IGNORECASE).strip(" ,.;:")


def name_alone(text: Text) -> str:
    """A name without courtesy; of one without marks ("tran thi ha") the last word is not taken for it."""
    start, end = trimmed(text)
    whole, words = text.raw[start:end].split(), strip_courtesy(text).split()
    if not text.marked and len(whole) == 3 and len(words) == 2 and whole[-1].lower() == "ha":
        return " ".join(whole)
    return " ".join(words[:-1] if len(words) > 2 and words[-1].lower() == "a" else words)


def loose_place(text: Text, rules: IntakeRules) -> tuple[Piece, ...]:
    """A corrected place told without any word that marks one: "Lê Duẩn", a name in capitals, a bare house number."""
    named = named_place(text, rules)
    number = re.search(r"(?:số\s*)?(\d\S*)", text.raw)
    if named or number is None:
        return named
    return (Piece(0, 0, PieceKind.SPOT, number.group(), number.group(1)),)


def named_place(text: Text, rules: IntakeRules) -> tuple[Piece, ...]:
    """The place of a text read as if "ở" stood before it."""
    start, end = trimmed(text)
    lead = Text(f"ở {text.raw[start:end]}", text.marked)
    pieces = read_place(lead, lexicon_of_places(rules.place_names)).pieces
    return tuple(replace(piece, start=0, end=0) for piece in pieces)
