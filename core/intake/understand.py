"""
From what was said to what is known: the fold of a draft's parts into facts.

Parts of one burst are read as one text, bursts in order. Later words add to earlier ones; a correction replaces them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from core.contract.schema import ReportForm
from core.identity.personal_number import parse_personal_number
from core.intake.category import read_categories
from core.intake.facts import Facts, PlacePiece
from core.intake.fold import compose, fold
from core.intake.known_place import add_pieces, merge_places
from core.intake.reading.message import read
from core.intake.reading.told import Reading
from core.intake.rules import IntakeRules
from core.intake.state import Part
from core.intake.words import READ_LIMIT, Text, Texts

NOTHING_KNOWN = Facts()
MOST_TIMES = 3
SIGNATURE = re.compile(r"^--\s*$", re.MULTILINE)
QUOTED = re.compile(
    r"^(?:>|On .+ wrote:|Vào .+ đã viết:|-+ ?(?:Original Message|Thư gốc|Tin nhắn gốc) ?-+)", re.MULTILINE
)

FORWARDED = re.compile(
    r"^(?:[> \t\xa0]*+-{2,}+(?:[^\n]{0,100}(?<=--))?\s*+(?<=\n))?(?:Từ|From|Người gửi)\s*:[^\n]*\n"
    r"(?:(?:Date|Ngày|Đã gửi|Ngày gửi|Sent|To|Tới|Đến|Cc)\s*:[^\n]*\n){0,4}"
    r"(?:Chủ đề|Tiêu đề|Subject)\s*:[^\n]*(?:\n(?:To|Tới|Đến|Cc)\s*:[^\n]*){0,3}$",
    re.MULTILINE | re.IGNORECASE,
)
"""
Who wrote a mail that is passed on, to whom and when: "Từ: An" is no place. It meets texts of any length: dashes and
gaps are never given back.
"""

REPLIES = re.compile(r"^\s*(?:(?:re|aw|sv|fw|fwd|tr|tl|trả lời|chuyển tiếp)\s*+(?:\[\d+\]\s*+)?:\s*)+", re.IGNORECASE)
"""What mail programs put before a subject that goes on, in the languages of their makers."""


def understand(parts: Sequence[Part], rules: IntakeRules, *, texts: Texts | None = None) -> Facts:
    """
    The facts of all parts, bursts in order, messages of a burst by the time they were said.

    `texts`: what was read already, and what the same messages came to.
    """
    known = Texts() if texts is None else texts
    facts: Facts
    said = tuple(parts)
    for by_rules, those, facts in known.understood:
        if by_rules is rules and those == said:
            return facts
    facts = NOTHING_KNOWN
    for _, group in groupby(sorted(parts, key=order), key=lambda part: part.burst):
        facts = take_in(facts, tuple(group), rules, known)
    known.understood.append((rules, said, facts))
    return facts


def order(part: Part) -> tuple[int, object, str]:
    """Burst, then the provider's time, then the id, so that delivery order never matters."""
    return part.burst, part.said_at, part.message_id


def take_in(facts: Facts, group: tuple[Part, ...], rules: IntakeRules, known: Texts) -> Facts:
    """Facts with one more burst."""
    facts = take_structured(facts, group)
    texts = [words for part in group if (words := part_text(part, "\n".join(facts.as_sent)))]
    said = "\n".join(texts)
    text = known[said]
    if not text.raw.strip():
        return facts
    text, signature = cut_signature(text)
    unread = "" if signature.raw or len(text.raw) < READ_LIMIT else compose(said)[READ_LIMIT:]
    reading = read(
        text, rules, asked=group[-1].asked, known_place=bool(facts.pieces or facts.point), known_name=facts.name
    )
    reading = without_wrong_number(reading, group[-1].said_at.date())
    return take_signature(with_unread(take_reading(facts, reading, tuple(texts)), unread), signature, rules)


def without_wrong_number(reading: Reading, today: date) -> Reading:
    """A reading without a personal number that can be none (VN-12): it is asked for again."""
    if not reading.identity or parse_personal_number(reading.identity, today=today) is not None:
        return reading
    return replace(reading, identity="")


def with_unread(facts: Facts, unread: str) -> Facts:
    """Facts with what of an endless text was not read for facts: it belongs to the content all the same."""
    if not unread.strip():
        return facts
    *before, last = facts.lines or ("",)
    return facts.model_copy(update={"lines": (*before, last + unread)})


def cut_signature(text: Text) -> tuple[Text, Text]:
    """The words and the signature under a line of two dashes; an address in a signature is not the place."""
    line = SIGNATURE.search(text.raw)
    end = line.start() if line else len(text.raw)
    return text.part(0, end), text.part(end, len(text.raw))


def take_signature(facts: Facts, signature: Text, rules: IntakeRules) -> Facts:
    """Facts with name, telephone and mail of a signature, where nothing else was said."""
    if not signature.raw.strip():
        return facts
    signed = read(signature, rules)
    return facts.model_copy(
        update={
            "name": facts.name or signed.name,
            "phones": facts.phones or signed.phones,
            "emails": facts.emails or signed.emails,
        }
    )


def part_text(part: Part, before: str = "") -> str:
    """Subject and words of a part, without the head of a forward; a subject that only repeats is left out."""
    words = FORWARDED.sub("", without_quotes(part.text)).strip()
    subject = bare_subject(part.subject)
    repeated = not subject or fold(subject) in fold(f"{before}\n{words}")
    return words if repeated else f"{subject}\n{words}".strip()


def bare_subject(subject: str) -> str:
    """A subject without the "Re:" before it."""
    return REPLIES.sub("", subject).strip()


def without_quotes(text: str) -> str:
    """A mail without the earlier mail it quotes, for channels that did not cut it."""
    quoted = QUOTED.search(text)
    return text[: quoted.start()] if quoted else text


def take_structured(facts: Facts, group: tuple[Part, ...]) -> Facts:
    """What came as data: attachments, a pin, a contact card, a form, buttons."""
    for part in group:
        if part.form is not None:
            facts = take_form(facts, part.form)
        if not brings_data(part):
            continue
        facts = facts.model_copy(
            update={
                "attachments": (*facts.attachments, *part.attachments),
                "point": part.point or facts.point,
                "commune": part.commune or facts.commune,
                "pieces": add_pieces(facts.pieces, (PlacePiece(text=part.place_text),))
                if part.place_text
                else facts.pieces,
                "phones": once(facts.phones, (part.phone,) if part.phone else ()),
                "name": facts.name or part.sender_name,
                "confidential": facts.confidential if part.confidential is None else part.confidential,
                "declared_none": facts.declared_none
                | ({part.declares_none.value: "không có"} if part.declares_none else {}),
            }
        )
    return facts


def brings_data(part: Part) -> bool:
    """Whether a message tells anything besides in its words."""
    place = part.point or part.commune or part.place_text
    person = part.phone or part.sender_name or part.confidential is not None
    return bool(part.attachments or place or person or part.declares_none)


def take_form(facts: Facts, form: ReportForm) -> Facts:
    """A filled-in form says what each field is; nothing of it is guessed."""
    who = form.reporter
    return facts.model_copy(
        update={
            "form": form,
            "lines": (*facts.lines, form.content) if form.content.strip() else facts.lines,
            "as_sent": (*facts.as_sent, form.content) if form.content.strip() else facts.as_sent,
            "told": facts.told or bool(form.content.strip()),
            "pieces": (PlacePiece(text=form.place.text),) if form.place.text else facts.pieces,
            "point": form.place.point or facts.point,
            "times": (form.occurred,) if form.occurred else facts.times,
            "name": who.name or facts.name,
            "phones": once(facts.phones, who.phones),
            "emails": once(facts.emails, who.emails),
            "address": who.address or facts.address,
            "organisation": who.organisation or facts.organisation,
            "identity": who.identity_number or facts.identity,
            "confidential": form.confidential or facts.confidential,
            "declared_none": facts.declared_none | form.declared_none,
            "category_given": form.category_hint or facts.category_given,
        }
    )


def take_reading(facts: Facts, reading: Reading, texts: tuple[str, ...]) -> Facts:
    """Facts with what one burst's words tell."""
    corrected = reading.correction
    changed = {
        "as_sent": (*facts.as_sent, *texts),
        "lines": (*facts.lines, *reading.lines),
        "told": facts.told or reading.tells,
        "point": reading.point or facts.point,
        "name": (corrected.name if corrected else "") or reading.name or facts.name,
        "phones": replace_or_add(facts.phones, reading.phones, corrected.phones if corrected else ()),
        "emails": replace_or_add(facts.emails, reading.emails, corrected.emails if corrected else ()),
        "times": merge_times(facts.times, reading, corrected),
        "identity": reading.identity or facts.identity,
        "address": reading.address or facts.address,
        "confidential": facts.confidential if reading.confidential is None else reading.confidential,
        "declared_none": facts.declared_none | dict(reading.declared_none),
        "pieces": merge_places(facts.pieces, reading, corrected),
    }
    return facts.model_copy(update=changed)


def merge_times(known: tuple[str, ...], reading: Reading, corrected: Reading | None) -> tuple[str, ...]:
    """Times said later add up to a few; a corrected time replaces all."""
    if corrected and corrected.times:
        return corrected.times
    return once(known, reading.times)[:MOST_TIMES]


def replace_or_add(known: tuple[str, ...], said: tuple[str, ...], corrected: tuple[str, ...]) -> tuple[str, ...]:
    """Values said later are further ones; corrected ones replace."""
    return corrected or once(known, said)


def once(known: tuple[str, ...], said: tuple[str, ...]) -> tuple[str, ...]:
    """Both, in order, each once (compared without marks)."""
    if len(known) + len(said) < 2:
        return known or said
    first: dict[str, str] = {}
    for value in (*known, *said):
        first.setdefault(fold(value), value)
    return tuple(first.values())


def category_of(facts: Facts, content: Text, rules: IntakeRules) -> str:
    """The category the form names, else the one its content hints at most; empty where nothing hints."""
    if facts.category_given:
        return facts.category_given
    found = read_categories(content, rules.categories)
    return found[0][0] if found else ""
