"""
The ways to say no: one function a reason, each with its code and its Vietnamese sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from core.cases.commands import REGISTRY
from core.cases.decide.context import Refusal, Refused
from core.cases.forms import Input
from core.regulations.model import ClockSpec, Move, Pack, Stage
from core.regulations.sections import RequiredField
from core.regulations.words import Level


def refuse(code: str, http: int, text_vi: str, rules: Iterable[str] = (), **details: Any) -> Refused:
    """A refusal ready to be raised."""
    return Refused(Refusal(code, http, text_vi, rules=tuple(rules), details=details))


def data_invalid(text_vi: str, rules: Iterable[str] = (), **details: Any) -> Refused:
    """422: what the command carries does not fit."""
    return refuse("data_invalid", 422, text_vi, rules, **details)


def itself(rules: Iterable[str], name: str) -> Refused:
    """422: another case is asked for in this field, and the code of this one was copied."""
    text = "Đây là mã của chính hồ sơ này. Vui lòng nhập mã của hồ sơ kia."
    return data_invalid(text, rules, fields=(name,))


def ill_formed(command: str, shown: str, problems: Mapping[str, str]) -> Refusal:
    """422: what a command carries does not fit its form; `problems` by field, as "other_case" or "places.0"."""
    names = ", ".join(dict.fromkeys(label_of(command, place.partition(".")[0]) for place in problems))
    text = f"Thông tin nhập cho “{shown}” chưa hợp lệ ({names}). Vui lòng kiểm tra lại."
    return Refusal("data_invalid", 422, text, details={"fields": problems})


def button(command: str, move: Move | None = None) -> str:
    """The command as the person knows it."""
    return (move.label if move else "") or REGISTRY[command].label


def not_in_regulation(command: str, pack: Pack) -> Refused:
    """409: no row of the pack enables this command at all."""
    text = f"“{pack.meta.title}” không có thao tác “{button(command)}”. Vui lòng chọn thao tác khác."
    return refuse("not_in_regulation", 409, text)


def role_not_allowed(command: str, moves: Iterable[Move], pack: Pack) -> Refused:
    """403: somebody else's command."""
    rows = tuple(moves)
    roles = tuple(dict.fromkeys(role for move in rows for role in move.by))
    names = ", ".join(pack.roles[role].label for role in roles)
    text = f"Thao tác “{button(command)}” thuộc về: {names}. Vui lòng chuyển hồ sơ cho người có vai trò này."
    return refuse("role_not_allowed", 403, text, _rules(rows), roles=roles)


def not_yours(command: str, move: Move) -> Refused:
    """403: the right role, but another agency's work or another person's report."""
    text = f"Anh/chị không phụ trách phần việc này nên không thực hiện được “{button(command, move)}”."
    return refuse("not_your_work", 403, text, move.cites)


def stage_not_allowed(command: str, moves: Iterable[Move], pack: Pack, stage: tuple[Level, str]) -> Refused:
    """409: not from where it stands. `stage` is (level, name) of where that is."""
    rows = tuple(moves)
    level, name = stage
    here = pack.stage(level, name).label
    wanted = tuple(sorted({origin for move in rows for origin in pack.origins(move)}))
    labels = ", ".join(dict.fromkeys(pack.stage(move.at, o).label for move in rows for o in sorted(pack.origins(move))))
    text = f"Đang ở bước “{here}” nên không thực hiện được “{button(command)}”. Thao tác này chỉ có ở bước: {labels}."
    return refuse("stage_not_allowed", 409, text, _rules(rows), stage=name, allowed_stages=wanted)


def part_closed(move: Move, ended: Stage) -> Refused:
    """409: the case, or the agency's part that asked for help, has ended, and this with it."""
    text = f"Phần việc này đã kết thúc (“{ended.label}”) nên không thực hiện được “{button(move.command, move)}”."
    return refuse("stage_not_allowed", 409, text, move.cites, stage=ended.id)


def nothing_to_act_on(command: str, moves: Iterable[Move]) -> Refused:
    """409: the case has no dispatch or request for help that it could be about."""
    text = f"Hồ sơ chưa có phần việc nào để thực hiện “{button(command)}”."
    return refuse("stage_not_allowed", 409, text, _rules(tuple(moves)))


def condition_not_met(command: str, move: Move, fact: str, value: Any) -> Refused:
    """409: a fact of the case stands against it; the sentence says which."""
    text = _CONDITIONS.get((fact, value)) or _CONDITIONS.get((fact, None)) or "Hồ sơ chưa đủ điều kiện."
    sentence = f"Không thực hiện được “{button(command, move)}”. {text}"
    return refuse("condition_not_met", 409, sentence, move.cites, fact=fact, value=value)


_CONDITIONS: dict[tuple[str, Any], str] = {
    ("stage", None): "Hồ sơ đang ở bước khác.",
    ("answered", False): "Hồ sơ chưa có trả lời.",
    ("answered", True): "Hồ sơ đã có trả lời.",
    ("confidential", True): "Người phản ánh yêu cầu giữ bí mật: chỉ trả lời riêng, không công khai.",
    ("confidential", False): "Phản ánh không yêu cầu giữ bí mật: trả lời bằng cách công khai.",
    ("secret", True): "Hồ sơ đang được đánh dấu nghi bí mật nhà nước; cần gỡ dấu hoặc chọn không công khai.",
    ("secret", False): "Hồ sơ không được đánh dấu nghi bí mật nhà nước.",
    ("reputation", None): "Dấu hiệu ảnh hưởng uy tín của hồ sơ không cho phép; cần xác nhận hoặc gỡ dấu trước.",
    ("classified", False): "Phản ánh chưa được phân loại. Vui lòng chọn lĩnh vực trước.",
    ("urgency", None): "Mức độ khẩn của hồ sơ không phù hợp với thao tác này.",
    ("emergency", True): "Hồ sơ đã ở mức khẩn.",
    ("emergency", False): "Hồ sơ không ở mức khẩn.",
    ("handed_over", None): "Cần chuyển trực tiếp bằng điện thoại trước, hoặc việc đó đã làm rồi.",
    ("marked", True): "Hồ sơ đã được đánh dấu có giá trị hoặc sai sự thật; cần gỡ dấu trước.",
    ("marked", False): "Hồ sơ chưa được đánh dấu nên không có gì để gỡ.",
    ("late", False): "Không có thời hạn nào bị trễ nên không cần giải trình.",
    ("automatic", False): "Lĩnh vực này không được phân phối tự động; cần người phân phối.",
    (
        "interim",
        None,
    ): "Kết quả là lời hẹn ngày hay kết quả cuối cùng quyết định cách trả lời; vui lòng chọn thao tác còn lại.",
    ("agency_kind", None): "Thao tác này không dành cho loại cơ quan đang xử lý.",
    ("verification", None): "Kết quả gọi xác minh chưa cho phép. Vui lòng ghi nhận cuộc gọi trước.",
    ("cancel_reason", None): "Hồ sơ đã bị hủy vì lý do khác nên không khôi phục theo cách này.",
    ("merged", False): "Hồ sơ không gộp hồ sơ nào.",
    ("via_board", None): "Hồ sơ chưa qua bước xin ý kiến.",
    ("undo", True): "Hồ sơ chưa bị đánh dấu nên không có gì để bỏ.",
    ("undo", False): "Hồ sơ đã bị đánh dấu; chỉ có thể bỏ đánh dấu.",
}


def fields_missing(move: Move, missing: Iterable[RequiredField]) -> Refused:
    """422: the report lacks what the regulation requires of it."""
    rows = tuple(missing)
    labels = ", ".join(item.label.lower() for item in rows)
    text = f"Phản ánh còn thiếu: {labels}. Vui lòng đề nghị bổ sung hoặc ghi nhận không có kèm lý do."
    rules = (*move.cites, *(rule for item in rows for rule in item.cites))
    return refuse("data_missing", 422, text, rules, fields=tuple(item.field for item in rows))


def carries_too_little(command: str, move: Move, alternatives: str) -> Refused:
    """422: the pack requires a field that was left empty; "a|b" names alternatives."""
    names = alternatives.split("|")
    labels = " hoặc ".join(f"“{label_of(command, name)}”" for name in names)
    text = f"Thiếu {labels}. Vui lòng nhập trước khi thực hiện “{button(command, move)}”."
    return refuse("data_missing", 422, text, move.cites, fields=tuple(names))


def which_one(command: str, ids: Iterable[str]) -> Refused:
    """422: it fits several dispatches; the person must say which."""
    text = f"Có nhiều phần việc phù hợp với “{button(command)}”. Vui lòng chọn một."
    return refuse("data_missing", 422, text, choices=tuple(ids))


def too_early(rules: Iterable[str], clock_label: str, due_at: str) -> Refused:
    """409: something may not happen before a limit has run out."""
    text = f"Chưa hết thời hạn “{clock_label}” nên chưa thực hiện được. Vui lòng chờ đến khi hết hạn."
    return refuse("too_early", 409, text, rules, due_at=due_at)


def not_begun(rules: Iterable[str], spec: ClockSpec, pack: Pack) -> Refused:
    """409: something may not happen before a limit has run out that has not even begun; what begins it is said."""
    stages = [word.split("/") for word in spec.start if "/" in word]
    steps = [f"hồ sơ ở bước “{pack.stage(level, stage).label}”" for level, stage in stages]  # type: ignore[arg-type]
    steps += [f"có thao tác “{button(word)}”" for word in spec.start if word in REGISTRY]
    since = f" Thời hạn này tính từ khi {' hoặc '.join(steps)}." if steps else ""
    text = f"Thời hạn “{spec.label}” chưa bắt đầu nên chưa thực hiện được.{since}"
    return refuse("too_early", 409, text, rules)


def too_late(rules: Iterable[str], clock_label: str) -> Refused:
    """409: an offer has ended."""
    return refuse("too_late", 409, f"Đã hết thời hạn “{clock_label}”.", rules)


def second_person(move: Move) -> Refused:
    """403: a second pair of eyes is required."""
    text = f"“{button(move.command, move)}” phải do một người khác thực hiện, không phải người đã đánh dấu."
    return refuse("second_person_needed", 403, text, move.cites)


def label_of(command: str, field: str) -> str:
    """A field's Vietnamese name; for the technical ones, the name itself."""
    info = REGISTRY[command].model_fields.get(field)
    inputs = [item for item in (info.metadata if info else ()) if isinstance(item, Input)]
    return inputs[0].label if inputs else field


def _rules(moves: tuple[Move, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule for move in moves for rule in move.cites))
