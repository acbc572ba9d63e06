"""One burst of messages, read for everything it tells."""

from __future__ import annotations

import re
from dataclasses import replace

from core.intake.category import read_categories
from core.intake.lexicon import pattern
from core.intake.reading.answers import loose_place, with_answer
from core.intake.reading.contacts import read_contacts
from core.intake.reading.corrections import Stretch, cut_at_corrections
from core.intake.reading.identity import read_identity
from core.intake.reading.links import read_links
from core.intake.reading.occurred import read_time
from core.intake.reading.person import read_name, refuses_name
from core.intake.reading.place import Piece, PieceKind, lexicon_of_places, read_place
from core.intake.reading.told import Reading
from core.intake.rules import IntakeField, IntakeRules
from core.intake.signals.acts import mentions, telling_words, wishes_secrecy
from core.intake.words import Text

TELLING = 2


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
    wish = wishes_secrecy(text)
    return reading if wish is None else replace(reading, confidential=wish)


def read_plain(text: Text, rules: IntakeRules) -> Reading:
    """The facts of a text that corrects nothing; each text is read once."""
    noted: tuple[IntakeRules, Reading] | None = text.notes.get(read_plain)
    if noted is None or noted[0] is not rules:
        noted = text.notes[read_plain] = rules, take_apart(text, rules)
    return noted[1]


def take_apart(whole: Text, rules: IntakeRules) -> Reading:
    """Number, links, contacts, place, name and time are taken out in turn; what is left tells the matter."""
    identity = read_identity(whole, rules)
    text = whole.without(identity.spans)
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
    telling = telling_words(rest) + mentions("matter", rest)
    return Reading(
        lines=content_lines(text, rest, text.without(name.spans), told=bool(categories) or telling >= TELLING)
        if categories or telling
        else (),
        tells=bool(categories) or telling >= TELLING,
        pieces=(*pieces, *link_piece),
        point=links.point,
        times=time.phrases,
        name=name.name,
        phones=contacts.phones,
        emails=contacts.emails,
        identity=identity.digits,
        declared_none=none_of(text),
        categories=categories,
    )


def overlaps(piece: Piece, spans: tuple[tuple[int, int], ...]) -> bool:
    """Whether a piece of the place lies in other stretches."""
    return any(piece.start < end and start < piece.end for start, end in spans)


def content_lines(text: Text, rest: Text, unnamed: Text, *, told: bool) -> tuple[str, ...]:
    """
    The lines of a text that belong to the content.

    `rest`: the text without place, time and contacts. Where the text tells what is wrong, every line with a word
    of its own or a place stays, since lines of one burst hang together; otherwise those with a word of their own.
    `unnamed`: the text without the name, which signs a letter and is no part of the matter.
    """
    kept: list[str] = []
    at = 0
    for line in text.raw.split("\n"):
        piece = unnamed.part(at, at + len(line))
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
    told = correction.tells and (not stretch.wrong or bool(correction.categories))
    return replace(
        reading,
        lines=(*reading.lines, *(correction.lines if told else ())),
        tells=reading.tells or told,
        correction=correction,
        categories=reading.categories or correction.categories,
    )


def tidy_right(right: str) -> str:
    """The right words without courtesy at their borders."""
    return re.sub(
        r"^(?:ở|tại|là)\s+|\s+(?:ạ|nha|nhé|nghe|mới đúng|mới phải|á|mới đúng ạ)$", "", right, flags=re.IGNORECASE
    )
