"""One burst of messages, read for everything it tells."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from core.contract.schema import GeoPoint
from core.intake.category import read_categories
from core.intake.lexicon import Lexicon, pattern
from core.intake.reading.contacts import read_contacts
from core.intake.reading.corrections import Stretch, cut_at_corrections
from core.intake.reading.links import read_links
from core.intake.reading.occurred import read_time
from core.intake.reading.person import bare_name, read_name, refuses_name
from core.intake.reading.place import Piece, PieceKind, lexicon_of_places, read_place
from core.intake.rules import IntakeField, IntakeRules
from core.intake.signals.acts import cancels, says, telling_words, trimmed, wishes_secrecy
from core.intake.tokens import tokens_of
from core.intake.words import Text

TELLING = 2
LONGEST_ANSWER = 200
IDENTITY = re.compile(r"(?<!\d)(?:\d{12}|\d{9})(?!\d)")


@dataclass(frozen=True)
class Reading:
    """
    What one text tells. `lines`: those of its lines that speak of the matter; `tells`: it says what is wrong.

    `correction`: what it puts right, with `wrong` and `right` where it says both.
    """

    lines: tuple[str, ...] = ()
    tells: bool = False
    pieces: tuple[Piece, ...] = ()
    point: GeoPoint | None = None
    times: tuple[str, ...] = ()
    name: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    address: str = ""
    identity: str = ""
    confidential: bool | None = None
    declared_none: tuple[tuple[str, str], ...] = ()
    categories: tuple[tuple[str, int], ...] = ()
    correction: Reading | None = None
    wrong: str = ""
    right: str = ""

    @property
    def facts_only(self) -> bool:
        """Whether it holds facts (place, time, contact …) and nothing about the matter."""
        return not self.tells and bool(
            self.pieces or self.point or self.times or self.name or self.phones or self.emails or self.declared_none
        )


def read(
    text: Text, rules: IntakeRules, *, asked: IntakeField | None = None, known_place: bool = False, known_name: str = ""
) -> Reading:
    """Everything a burst tells; `asked` is the question it follows, so that a bare answer is understood."""
    stretches = cut_at_corrections(text)
    plain = [stretch for stretch in stretches if not stretch.correcting]
    reading = read_plain(plain[0].text, rules) if plain else Reading()
    correcting = next((stretch for stretch in stretches if stretch.correcting), None)
    if correcting is not None:
        reading = with_correction(reading, correcting, rules, known_place=known_place)
    elif asked is not None:
        reading = with_answer(reading, text, rules, asked, known_name=known_name)
    return replace(reading, confidential=wishes_secrecy(text))


def read_plain(text: Text, rules: IntakeRules) -> Reading:
    """The facts of a text that corrects nothing."""
    links = read_links(text.raw)
    contacts = read_contacts(text.without(links.spans))
    free = text.without((*links.spans, *contacts.spans))
    place = read_place(free, lexicon_of_places(rules.place_names))
    name = read_name(free, taken=place.spans)
    free = free.without(name.spans)
    pieces = tuple(piece for piece in place.pieces if not overlaps(piece, name.spans))
    time = read_time(free, taken=tuple((piece.start, piece.end) for piece in pieces))
    rest = free.without((*((piece.start, piece.end) for piece in pieces), *time.spans))
    categories = read_categories(rest, rules.categories)
    link_piece = (Piece(0, 0, PieceKind.SPOT, links.text),) if links.text else ()
    telling = telling_words(rest)
    return Reading(
        lines=content_lines(text, rest, told=bool(categories) or telling >= TELLING) if categories or telling else (),
        tells=bool(categories) or telling >= TELLING,
        pieces=(*pieces, *link_piece),
        point=links.point,
        times=time.phrases,
        name=name.name,
        phones=contacts.phones,
        emails=contacts.emails,
        declared_none=none_of(text),
        categories=categories,
    )


def overlaps(piece: Piece, spans: tuple[tuple[int, int], ...]) -> bool:
    """Whether a piece of the place lies in other stretches."""
    return any(piece.start < end and start < piece.end for start, end in spans)


def content_lines(text: Text, rest: Text, *, told: bool) -> tuple[str, ...]:
    """
    The lines of a text that belong to the content.

    `rest`: the text without place, time and contacts. Where the text tells what is wrong, every line with a word
    of its own or a place stays, since lines of one burst hang together; otherwise those with a word of their own.
    """
    kept: list[str] = []
    at = 0
    for line in text.raw.split("\n"):
        piece = text.part(at, at + len(line))
        if telling_words(rest.part(at, at + len(line))) or (
            told and telling_words(piece) and not read_contacts(piece).spans
        ):
            kept.append(line.strip())
        at += len(line) + 1
    return tuple(kept)


def none_of(text: Text) -> tuple[tuple[str, str], ...]:
    """ "Không có email", "ẩn danh": fields declared none without being asked (A-8)."""
    found = []
    for field in (IntakeField.EMAIL, IntakeField.PHONE):
        if pattern("signals", f"none_of_{field.value}").search(text):
            found.append((field.value, "không có"))
    if refuses_name(text):
        found.append((IntakeField.NAME.value, "không nêu tên"))
    return tuple(found)


def with_correction(reading: Reading, stretch: Stretch, rules: IntakeRules, *, known_place: bool) -> Reading:
    """A reading with what it puts right; words that are no known fact stay in the content, so that nothing is lost."""
    right = " ".join(stretch.text.raw.split()).strip(" ,.;:!-")
    correction = read_plain(stretch.text, rules)
    if known_place and not any(
        (correction.pieces, correction.point, correction.phones, correction.emails, correction.times, correction.name)
    ):
        correction = replace(correction, pieces=loose_place(stretch.text, rules))
    correction = replace(correction, wrong=stretch.wrong, right=tidy_right(right))
    lines = (*reading.lines, *(correction.lines if correction.tells else ()))
    merged = {"lines": lines, "tells": reading.tells or correction.tells, "correction": correction}
    return replace(reading, **merged, categories=reading.categories or correction.categories)  # type: ignore[arg-type]


def tidy_right(right: str) -> str:
    """The right words without courtesy at their borders."""
    return re.sub(
        r"^(?:ở|tại|là)\s+|\s+(?:ạ|nha|nhé|nghe|mới đúng|mới phải|á|mới đúng ạ)$", "", right, flags=re.IGNORECASE
    )


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
    from core.intake.lexicon import lexicon

    places: Lexicon = lexicon("places", "openers", "areas", "admin", "landmarks", "alleys")
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
