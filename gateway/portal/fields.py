"""
The form a citizen fills: what it asks, what was typed, and what is wrong with it.

Which fields are asked for and which must be filled is the regulation's business (`Intake.required` for the channel
web); what is typed is kept word for word, so that an error costs nobody a second typing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from channels.base import clean_text
from core.contract.schema import Attachment, GeoPoint, Place, Reporter, ReportForm
from core.identity import phones
from core.intake.completeness import missing
from core.intake.facts import Facts, PlacePiece
from core.intake.rules import IntakeField, IntakeRules

CHANNEL = "web"
LONGEST_CONTENT = 8000
LONGEST_LINE = 300
NONE_REASON = "Người gửi cho biết không có"

_EMAIL = re.compile(r"[^\s@<>(),;:\"]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}")
_NUMBER = re.compile(r"-?\d{1,3}(?:[.,]\d{1,12})?")

TEXT_FIELDS = (
    "content",
    "place",
    "latitude",
    "longitude",
    "accuracy",
    "occurred",
    "category",
    "name",
    "phone",
    "email",
    "address",
    "identity",
)
"""Everything that is typed or chosen; the names of the inputs."""

PERSONAL = ("name", "phone", "email", "address", "identity")
MAY_LACK = ("name", "phone", "email", "address", "identity", "media", "time")
"""What a reporter may truly not have: a box beside the field says so (A-8)."""

_INPUT_OF = {IntakeField.TIME: "occurred", IntakeField.CONTACT: "phone"}
_MISSING = {
    IntakeField.CONTENT: "Hãy cho biết chuyện gì đang xảy ra.",
    IntakeField.PLACE: "Hãy cho biết nơi xảy ra: ghi địa chỉ, hoặc bấm “Vị trí của tôi”.",
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


@dataclass(frozen=True)
class Filled:
    """What stands in the form. `texts` as typed; `lacking`: fields declared none; `files`: stored already."""

    texts: Mapping[str, str]
    lacking: frozenset[str] = frozenset()
    confidential: bool = False
    consent: bool = False
    files: tuple[Attachment, ...] = ()

    def __getitem__(self, name: str) -> str:
        return self.texts.get(name, "")

    @property
    def personal(self) -> bool:
        """Whether anything in it tells who the reporter is."""
        return any(self[name].strip() for name in PERSONAL)


def required_fields(rules: IntakeRules) -> frozenset[IntakeField]:
    """
    What a report through the web must hold.

    Whoever holds the code finds the answer on our own page, so a regulation that is content with any one address
    (`reachable`) asks for none here.
    """
    wanted = set(rules.required_on(CHANNEL))
    if rules.traits_of(CHANNEL).reachable:
        wanted.discard(IntakeField.CONTACT)
    return frozenset(wanted)


def inputs(wanted: frozenset[IntakeField]) -> dict[str, bool]:
    """Input name → must it be filled; the ones that are always offered, and those only this regulation asks for."""
    must = {_INPUT_OF.get(field, field.value) for field in wanted}
    offered = ["content", "place", "media", "occurred", "name", "phone", "email"]
    return {name: name in must for name in (*offered, *sorted(must - set(offered)))}


def read_fields(posted: Mapping[str, object], *, files: tuple[Attachment, ...] = ()) -> Filled:
    """What was typed, cleaned of control characters; parts that are no text count as empty."""
    return Filled(
        texts={name: _text(posted, name) for name in TEXT_FIELDS},
        lacking=frozenset(name for name in MAY_LACK if _text(posted, f"no_{name}")),
        confidential=bool(_text(posted, "confidential")),
        consent=bool(_text(posted, "consent")),
        files=files,
    )


def problems(filled: Filled, rules: IntakeRules) -> list[Problem]:
    """Everything that keeps the form from being sent, in the order of the page; empty: it is complete."""
    return [*_missing(filled, rules), *_malformed(filled, rules), *_not_consented(filled)]


def first_of_each(found: Iterable[Problem]) -> dict[str, str]:
    """One sentence for each input, in the order of the page."""
    sentences: dict[str, str] = {}
    for problem in found:
        sentences.setdefault(problem.field, problem.text)
    return sentences


def to_form(filled: Filled, *, code: str, pin_hash: str, contact_id: str) -> ReportForm:
    """The form as it crosses into the inbox. Only for one without problems."""
    phone, email = phones.normalise(filled["phone"]), filled["email"].strip()
    return ReportForm(
        content=filled["content"],
        place=_place(filled),
        occurred=filled["occurred"].strip(),
        category_hint=filled["category"],
        reporter=Reporter(
            name=filled["name"].strip(),
            phones=(phone,) if phone else (),
            emails=(email.lower(),) if email else (),
            address=filled["address"].strip(),
            identity_number=re.sub(r"\D", "", filled["identity"]),
        ),
        confidential=filled.confidential,
        declared_none={name: NONE_REASON for name in sorted(filled.lacking) if not filled[_input(name)]},
        code=code,
        pin_hash=pin_hash,
        contact_id=contact_id,
    )


def _text(posted: Mapping[str, object], name: str) -> str:
    value = posted.get(name, "")
    return clean_text(value) if isinstance(value, str) else ""


def _input(field: str) -> str:
    return "occurred" if field == "time" else field


def _missing(filled: Filled, rules: IntakeRules) -> Iterator[Problem]:
    """By the same rule as in every conversation (A-8); here the form asks for everything at once."""
    for field in missing(_facts(filled), rules, CHANNEL):
        yield Problem(_INPUT_OF.get(field, field.value), _MISSING[field])


def _facts(filled: Filled) -> Facts:
    place = filled["place"].strip()
    return Facts(
        told=bool(filled["content"].strip()),
        pieces=(PlacePiece(text=place),) if place else (),
        point=_point(filled),
        times=tuple(filter(None, [filled["occurred"].strip()])),
        name=filled["name"].strip(),
        phones=tuple(filter(None, [filled["phone"].strip()])),
        emails=tuple(filter(None, [filled["email"].strip()])),
        address=filled["address"].strip(),
        identity=filled["identity"].strip(),
        declared_none=dict.fromkeys(filled.lacking, NONE_REASON),
        attachments=filled.files,
    )


def _malformed(filled: Filled, rules: IntakeRules) -> Iterator[Problem]:
    if len(filled["content"]) > LONGEST_CONTENT:
        yield Problem("content", f"Nội dung dài quá {LONGEST_CONTENT} ký tự. Vui lòng viết ngắn hơn.")
    for name in ("place", "occurred", "name", "email", "address"):
        if len(filled[name]) > LONGEST_LINE:
            yield Problem(name, f"Ô này ghi được nhiều nhất {LONGEST_LINE} ký tự.")
    if filled["category"] and filled["category"] not in {category.id for category in rules.categories}:
        yield Problem("category", "Hãy chọn một lĩnh vực trong danh sách.")
    if filled["phone"].strip() and phones.normalise(filled["phone"]) is None:
        yield Problem("phone", "Số điện thoại chưa đúng. Ví dụ: 0900 000 001.")
    if filled["email"].strip() and not _EMAIL.fullmatch(filled["email"].strip()):
        yield Problem("email", "Địa chỉ thư điện tử chưa đúng. Ví dụ: an@example.vn.")
    if filled["identity"].strip() and len(re.sub(r"\D", "", filled["identity"])) not in (9, 12):
        yield Problem("identity", "Số căn cước có 12 chữ số.")


def _not_consented(filled: Filled) -> Iterator[Problem]:
    if filled.personal and not filled.consent:
        yield Problem(
            "consent",
            "Quý vị có ghi thông tin cá nhân: hãy đánh dấu đồng ý để chúng tôi được dùng, hoặc xóa thông tin đó.",
        )


def _place(filled: Filled) -> Place:
    return Place(text=filled["place"].strip(), point=_point(filled))


def _point(filled: Filled) -> GeoPoint | None:
    latitude, longitude = _number(filled["latitude"]), _number(filled["longitude"])
    if latitude is None or longitude is None or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return GeoPoint(latitude=latitude, longitude=longitude, accuracy_m=_accuracy(filled["accuracy"]))


def _accuracy(written: str) -> float | None:
    return min(float(written), 100_000.0) if re.fullmatch(r"\d{1,7}(?:\.\d{1,6})?", written.strip()) else None


def _number(written: str) -> float | None:
    text = written.strip()
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None
