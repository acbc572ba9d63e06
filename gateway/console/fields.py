"""
The form of a command: its controls, what was typed into them, and the payload that comes of it.

Which fields there are and what may be chosen is the regulation's business (`MoveView.fields`); what was typed is kept
word for word, so that neither a mistake nor a lost race costs a second typing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, get_origin

from multidict import MultiDictProxy

from channels.base import clean_text
from core.cases.commands import REGISTRY
from core.cases.forms import Input
from core.clock.zone import day_written, moment_written
from core.service.reading.views import File, InputView, Labelled, MoveView
from core.service.wording import OVERRIDE

Posted = MultiDictProxy[Any]

LONGEST = 20_000
MOST_CHOSEN = 200
FEW = 4
"""So many choices of a required field are shown at once, as radio buttons."""

WIDGETS: Mapping[str, str] = MappingProxyType(
    {
        "text": "textarea",
        "yes_no": "checkbox",
        "date": "date",
        "moment": "datetime-local",
        "files": "files",
        "media": "media",
        "case": "line",
        "reference": "line",
    }
)
OPEN = frozenset({"text", "yes_no", "date", "moment", "files", "case", "reference"})
"""Kinds that are filled in freely, without a list to choose from."""

HINTS: Mapping[str, str] = MappingProxyType(
    {
        "case": "Mã 12 chữ số của hồ sơ đó.",
        "moment": "Giờ Việt Nam.",
        "files": "Ảnh, video, PDF, Word, Excel. Thông tin vị trí ghi trong ảnh được xóa trước khi lưu.",
        "media": "Chỉ các tệp được đánh dấu mới hiện công khai. Kiểm tra không có mặt người, biển số, giấy tờ.",
    }
)
_CHOOSE, _ENTER = "Vui lòng chọn: {}.", "Vui lòng nhập: {}."
_NOT_OFFERED = "Lựa chọn này không còn trong danh sách. Vui lòng chọn lại."
_NOT_A_DATE = "Ngày hoặc giờ chưa đúng."


@dataclass(frozen=True)
class Typed:
    """What stands in the form: texts and choices by field, and stored files by field."""

    values: Mapping[str, tuple[str, ...]]
    files: Mapping[str, tuple[File, ...]] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """The first value of a field, or an empty text."""
        return next(iter(self.values.get(name, ())), "")

    def has(self, name: str) -> bool:
        """Whether anything was given."""
        return any(value.strip() for value in self.values.get(name, ())) or bool(self.files.get(name))


@dataclass(frozen=True)
class Control:
    """One control as the template draws it; `values` is what stands in it."""

    name: str
    label: str
    widget: str
    required: bool
    options: tuple[Labelled, ...]
    values: tuple[str, ...]
    files: tuple[File, ...]
    hint: str
    error: str


def inputs_of(command: str) -> dict[str, Input]:
    """Every field of a command that a person fills in."""
    fields = REGISTRY[command].model_fields.items()
    found = ((name, next((one for one in info.metadata if isinstance(one, Input)), None)) for name, info in fields)
    return {name: asked for name, asked in found if asked is not None}


def is_many(command: str, name: str) -> bool:
    """Whether a field takes several values."""
    return get_origin(REGISTRY[command].model_fields[name].annotation) is tuple


def read(command: str, posted: Posted) -> Typed:
    """What was typed, cleaned of control characters; files are not among it."""
    return Typed({name: _texts(posted, name) for name in inputs_of(command)})


def _texts(posted: Posted, name: str) -> tuple[str, ...]:
    given = posted.getall(name, [])[:MOST_CHOSEN]
    return tuple(clean_text(value)[: LONGEST + 1] for value in given if isinstance(value, str))


def problems(move: MoveView, typed: Typed) -> dict[str, str]:
    """What keeps the form from being sent, by field; the rest is for the regulation to say."""
    found: dict[str, str] = {}
    for one in move.fields:
        if sentence := _problem(one, typed):
            found[one.name] = sentence
    return found


def _problem(one: InputView, typed: Typed) -> str:
    if not typed.has(one.name):
        return _missing(one, typed)
    if one.choices and set(typed.values[one.name]) - {choice.id for choice in one.choices} - {""}:
        return _NOT_OFFERED
    if one.kind in ("date", "moment") and _instant(one.kind, typed.one(one.name)) is None:
        return _NOT_A_DATE
    if one.kind == "text" and len(typed.one(one.name)) > LONGEST:
        return f"Nội dung dài quá {LONGEST} ký tự. Vui lòng viết ngắn hơn."
    return ""


def _missing(one: InputView, typed: Typed) -> str:
    sentence = (_CHOOSE if one.choices else _ENTER).format(one.label.lower())
    if one.either:
        return "" if any(typed.has(name) for name in one.either) else "Vui lòng điền một trong các mục này."
    return sentence if one.required and one.kind != "yes_no" else ""


def payload(command: str, typed: Typed) -> dict[str, Any]:
    """What the command carries; what was left empty is left out."""
    carried = {name: _value(command, name, asked.kind, typed) for name, asked in inputs_of(command).items()}
    return {name: value for name, value in carried.items() if value is not None}


def _value(command: str, name: str, kind: str, typed: Typed) -> Any:
    if kind == "yes_no":
        return typed.has(name)
    if not typed.has(name):
        return None
    if kind == "files":
        return tuple(file.key for file in typed.files.get(name, ()))
    if kind in ("date", "moment"):
        return _instant(kind, typed.one(name)) or typed.one(name)
    return tuple(filter(None, typed.values[name])) if is_many(command, name) else typed.one(name).strip()


def _instant(kind: str, written: str) -> date | datetime | None:
    try:
        if kind == "date":
            return day_written(written)
        return moment_written(written)
    except ValueError:
        return None


def controls(move: MoveView, typed: Typed, errors: Mapping[str, str]) -> list[Control]:
    """The form, ready to be drawn; a field with nothing to choose from is left out unless it must be filled."""
    labels = {one.name: one.label for one in move.fields}
    kept = [one for one in move.fields if one.required or one.choices or one.kind in OPEN]
    if OVERRIDE in errors or typed.has(OVERRIDE):
        kept.append(
            InputView(name=OVERRIDE, label=inputs_of(move.command)[OVERRIDE].label, kind="text", required=False)
        )
    return [_control(move.command, one, typed, errors.get(one.name, ""), labels) for one in kept]


def _control(command: str, one: InputView, typed: Typed, error: str, labels: Mapping[str, str]) -> Control:
    return Control(
        name=one.name,
        label=one.label,
        widget=_widget(command, one),
        required=one.required or bool(one.either),
        options=one.choices,
        values=typed.values.get(one.name, ()),
        files=typed.files.get(one.name, ()),
        hint=_hint(one, labels),
        error=error,
    )


def _widget(command: str, one: InputView) -> str:
    if one.kind in WIDGETS:
        return WIDGETS[one.kind]
    if is_many(command, one.name):
        return "checks"
    return "radios" if one.required and 0 < len(one.choices) <= FEW else "select"


def _hint(one: InputView, labels: Mapping[str, str]) -> str:
    either = " hoặc ".join(f"“{labels.get(name, name)}”" for name in one.either)
    return " ".join(filter(None, (f"Cần một trong hai: {either}." if either else "", HINTS.get(one.kind, ""))))


def words_of(command: str, typed: Typed) -> Iterator[tuple[str, str]]:
    """(label, text) of every text that was typed: what must not be lost when its form is gone."""
    for name, asked in inputs_of(command).items():
        if asked.kind in ("text", "reference") and typed.has(name):
            yield asked.label, typed.one(name)
