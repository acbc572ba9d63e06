"""
What is wrong with a filled form, in the order of the page.

Which fields must be filled is the regulation's business (`Intake.required` for the channel web), judged by the same
rule as in every conversation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from channels.web.adapter import CHANNEL
from core.identity import phones
from core.identity.personal_number import parse_personal_number
from core.intake.completeness import missing
from core.intake.facts import Facts, PlacePiece
from core.intake.rules import IntakeField, IntakeRules
from gateway.portal.fields import LONGEST_CONTENT, LONGEST_LINE, NONE_REASON, Filled

BAD_PHONE = "Số điện thoại chưa đúng. Ví dụ: 0900 000 001."
BAD_EMAIL = "Địa chỉ thư điện tử chưa đúng. Ví dụ: an@example.vn."
_EMAIL = re.compile(r"[^\s@<>(),;:\"]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}")

_INPUT_OF = {IntakeField.TIME: "occurred", IntakeField.CONTACT: "phone"}
_MISSING = {
    IntakeField.CONTENT: "Hãy cho biết chuyện gì đang xảy ra.",
    IntakeField.PLACE: "Hãy cho biết nơi xảy ra: ghi địa chỉ hoặc gửi vị trí.",
    IntakeField.TIME: "Hãy cho biết việc xảy ra khi nào.",
    IntakeField.NAME: "Hãy ghi họ và tên.",
    IntakeField.PHONE: "Hãy ghi số điện thoại.",
    IntakeField.EMAIL: "Hãy ghi địa chỉ thư điện tử.",
    IntakeField.ADDRESS: "Hãy ghi địa chỉ liên hệ.",
    IntakeField.IDENTITY: "Hãy ghi số căn cước.",
    IntakeField.CONTACT: "Hãy ghi số điện thoại hoặc thư điện tử để nhận trả lời.",
    IntakeField.MEDIA: "Hãy gửi kèm ít nhất một ảnh hoặc video.",
}


@dataclass(frozen=True)
class Problem:
    """One mistake: the input it belongs to and what to do about it."""

    field: str
    text: str


def required_fields(rules: IntakeRules, channel: str = CHANNEL) -> frozenset[IntakeField]:
    """
    What a report through a surface of ours must hold.

    Whoever holds the code finds the answer there, so a regulation that is content with any one address
    (`reachable`) asks for none here.
    """
    wanted = set(rules.required_on(channel))
    if rules.traits_of(channel).reachable:
        wanted.discard(IntakeField.CONTACT)
    return frozenset(wanted)


def inputs(wanted: frozenset[IntakeField]) -> dict[str, bool]:
    """Input name → must it be filled; the ones that are always offered, and those only this regulation asks for."""
    must = {_INPUT_OF.get(field, field.value) for field in wanted}
    offered = ["content", "place", "media", "occurred", "name", "phone", "email"]
    return {name: name in must for name in (*offered, *sorted(must - set(offered)))}


def problems(filled: Filled, rules: IntakeRules, *, today: date, channel: str = CHANNEL) -> list[Problem]:
    """
    Everything that keeps the form from being sent, in the order of the page; empty: it is complete.

    `today`: in Vietnam; nobody was born after it (VN-12). `channel`: the surface that it came by.
    """
    return [*_missing(filled, rules, channel), *_malformed(filled, rules, today), *_not_consented(filled)]


def first_of_each(found: Iterable[Problem]) -> dict[str, str]:
    """One sentence for each input, in the order of the page."""
    sentences: dict[str, str] = {}
    for problem in found:
        sentences.setdefault(problem.field, problem.text)
    return sentences


def _missing(filled: Filled, rules: IntakeRules, channel: str) -> Iterator[Problem]:
    """By the same rule as in every conversation (A-8); here the form asks for everything at once."""
    for field in missing(_facts(filled), rules, channel):
        yield Problem(_INPUT_OF.get(field, field.value), _MISSING[field])


def _facts(filled: Filled) -> Facts:
    place = filled["place"].strip()
    return Facts(
        told=bool(filled["content"].strip()),
        pieces=(PlacePiece(text=place),) if place else (),
        point=filled.point,
        times=tuple(filter(None, [filled["occurred"].strip()])),
        name=filled["name"].strip(),
        phones=tuple(filter(None, [filled["phone"].strip()])),
        emails=tuple(filter(None, [filled["email"].strip()])),
        address=filled["address"].strip(),
        identity=filled["identity"].strip(),
        declared_none=dict.fromkeys(filled.lacking, NONE_REASON),
        attachments=filled.files,
    )


def _malformed(filled: Filled, rules: IntakeRules, today: date) -> Iterator[Problem]:
    if len(filled["content"]) > LONGEST_CONTENT:
        yield Problem("content", f"Nội dung dài quá {LONGEST_CONTENT} ký tự. Vui lòng viết ngắn hơn.")
    for name in ("place", "occurred", "name", "phone", "email", "address", "identity"):
        if len(filled[name]) > LONGEST_LINE:
            yield Problem(name, f"Ô này ghi được nhiều nhất {LONGEST_LINE} ký tự.")
    yield from _misspelt(filled, rules, today)


def is_email(written: str) -> bool:
    """Whether it could be a mail address."""
    return _EMAIL.fullmatch(written[:LONGEST_LINE]) is not None


def _misspelt(filled: Filled, rules: IntakeRules, today: date) -> Iterator[Problem]:
    phone, email, identity = (filled[name].strip()[:LONGEST_LINE] for name in ("phone", "email", "identity"))
    if filled["category"] and filled["category"] not in {category.id for category in rules.categories}:
        yield Problem("category", "Hãy chọn một lĩnh vực trong danh sách.")
    if phone and phones.normalise(phone) is None:
        yield Problem("phone", BAD_PHONE)
    if email and not is_email(email):
        yield Problem("email", BAD_EMAIL)
    if identity and parse_personal_number(identity, today=today) is None:
        yield Problem("identity", "Số căn cước chưa đúng: có 12 chữ số, hoặc 9 chữ số nếu chỉ còn CMND cũ.")


def _not_consented(filled: Filled) -> Iterator[Problem]:
    if filled.personal and not filled.consent:
        yield Problem(
            "consent",
            "Quý vị có ghi thông tin cá nhân: hãy đánh dấu đồng ý để chúng tôi được dùng, hoặc xóa thông tin đó.",
        )
