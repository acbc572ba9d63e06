"""
Receiving, checking and, where it must be, ending a report before anybody acts on it.
"""

from __future__ import annotations

from typing import get_args

from core.cases.commands import (
    Accept,
    Cancel,
    Classify,
    ClearFlag,
    CorrectPlace,
    DeclareNone,
    Decline,
    Divert,
    NoteRequest,
    ReceiveReport,
    RequestSupplement,
    SetConfidential,
)
from core.cases.decide.facts import facts_of, unmet
from core.cases.decide.guard import check_run_out
from core.cases.decide.refusals import data_invalid, itself, refuse
from core.cases.decide.story import Scene, Story
from core.cases.events import (
    CaseAccepted,
    CaseCancelled,
    CaseClassified,
    CaseDeclined,
    CaseDiverted,
    CaseReceived,
    ConfidentialitySet,
    FlagCleared,
    NoneDeclared,
    PlaceCorrected,
    ReportRef,
    RequestDelivered,
    RequestSent,
    SupplementRequested,
)
from core.cases.model import Case
from core.contract.schema import Urgency
from core.regulations.model import Pack
from core.regulations.sections import FieldName, Reason

FIELD_NAMES = frozenset(get_args(FieldName))


def receive(story: Story, command: ReceiveReport) -> None:
    """A report opens a case. Nothing is refused here: whatever a channel has taken must be looked at (A-7, A-TG-14)."""
    pack = story.ctx.pack
    report = ReportRef(
        report_id=command.report_id,
        code=command.code,
        contact_id=command.contact_id,
        conversation_id=command.conversation_id,
        channel=command.channel,
        received_at=command.received_at,
        case_id=command.case_id,
    )
    carried = {name: getattr(command, name) for name in _CARRIED}
    is_emergency = command.urgency is Urgency.EMERGENCY
    story.tell(
        CaseReceived,
        report=report,
        regulation=pack.ref,
        stage=pack.first_stage,
        urgency=emergency_tier(pack) if is_emergency else pack.intake.usual_urgency,
        category=command.category if command.category in pack.intake.categories else None,
        **carried,
    )


_CARRIED = (
    "case_id",
    "account",
    "content",
    "place",
    "commune_code",
    "point",
    "confidential",
    "language",
    "completeness",
    "media",
    "out_of_scope",
)


def emergency_tier(pack: Pack) -> str:
    """The tier that an emergency is put in."""
    tiers = (tier.id for tier in pack.intake.urgencies.values() if tier.emergency)
    return next(tiers, Urgency.EMERGENCY.value)


def accept(scene: Scene, command: Accept) -> None:
    """What lies outside the sectors or the area of a pilot is accepted too, and marked so (A-TG-14)."""
    scene.record(CaseAccepted, command, out_of_scope=_is_outside(scene.ctx.pack, scene.case))


def _is_outside(pack: Pack, case: Case) -> bool:
    area = pack.intake.pilot_communes
    elsewhere = bool(area) and case.commune_code is not None and case.commune_code not in area
    return elsewhere or (pack.intake.sectors_limited and case.category is None)


def classify(scene: Scene, command: Classify) -> None:
    """Into a known category; changing one that was set needs a reason."""
    intake = scene.ctx.pack.intake
    category = intake.categories.get(command.category)
    if category is None or not category.active:
        raise data_invalid("Lĩnh vực không có trong quy chế. Vui lòng chọn trong danh sách.", scene.permit.move.cites)
    check_urgency(scene, command.urgency)
    changed = scene.case.category not in (None, command.category)
    if changed and command.reason is None:
        raise refuse("data_missing", 422, "Đổi lĩnh vực cần nêu lý do.", scene.permit.move.cites, fields=("reason",))
    scene.record(CaseClassified, command)


def check_urgency(scene: Scene, urgency: str | None) -> None:
    """Raise unless the pack has this tier."""
    if urgency is not None and urgency not in scene.ctx.pack.intake.urgencies:
        raise data_invalid("Mức độ không có trong quy chế. Vui lòng chọn trong danh sách.", scene.permit.move.cites)


def declare_none(scene: Scene, command: DeclareNone) -> None:
    """Only what the regulation requires can be declared to be lacking, and not everything of that (A-8)."""
    required = scene.ctx.pack.intake.required.values()
    if not any(item.field == command.field and item.may_be_declared_none for item in required):
        raise data_invalid("Thông tin này không thể ghi nhận là không có.", scene.permit.move.cites)
    scene.record(NoneDeclared, command)


def request_supplement(scene: Scene, command: RequestSupplement) -> None:
    """Only fields that there are can be asked for."""
    unknown = sorted(set(command.fields) - FIELD_NAMES)
    if unknown:
        raise data_invalid("Có thông tin đề nghị bổ sung không hợp lệ.", scene.permit.move.cites, fields=unknown)
    scene.record(SupplementRequested, command)


def note_request(story: Story, command: NoteRequest) -> None:
    """
    What became of the request on its way to the reporter: their time may count from it (A-LS-2).

    Raises: Refused: nothing_waits (no request is open), nothing_changes (it was noted already).
    """
    marks, kind = story.case.marks, RequestDelivered if command.reached else RequestSent
    asked, supplied = marks.get("request_supplement"), marks.get("supply_supplement")
    pack, stage = story.ctx.pack, story.case.stage
    if asked is None or (supplied and supplied.at > asked.at) or pack.stage("case", stage).kind != "aside":
        raise refuse("nothing_waits", 409, "Không có yêu cầu bổ sung nào đang chờ.")
    noted = [marks[name] for name in (kind.command, RequestDelivered.command) if name in marks]
    if any(mark.at >= asked.at for mark in noted):
        raise refuse("nothing_changes", 409, "Việc gửi yêu cầu bổ sung đã được ghi nhận.")
    story.tell(kind)


def correct_place(story: Story, command: CorrectPlace) -> None:
    """
    The case happened where its reporter now says.

    Raises: Refused: nothing_changes (it stands there already, and no other words are told).
    """
    case = story.case
    if command.place is None and (command.commune_code, command.point) == (case.commune_code, case.point):
        raise refuse("nothing_changes", 409, "Địa điểm không thay đổi.")
    told = command.model_dump(include={"commune_code", "point"}) | {"place": command.place or case.place}
    story.tell(PlaceCorrected, **told)


def decline(scene: Scene, command: Decline) -> None:
    """On one of the pack's grounds, where it lists any."""
    reasons = scene.ctx.pack.decline_reasons
    if command.reason_code is not None or (reasons and "reason_code" in scene.permit.move.requires):
        _check_ground(scene, command.reason_code, reasons)
    scene.record(CaseDeclined, command)


def cancel(scene: Scene, command: Cancel) -> None:
    """On one of the grounds the regulation lists, once what that ground needs is there; never for others too (A-3)."""
    ground = _check_ground(scene, command.reason_code, scene.ctx.pack.cancel_reasons)
    if ground.needs_case:
        _check_same_person(scene, command.same_as, ground)
    if len(_contacts(scene.case)) > 1:
        text = "Phản ánh này được xử lý chung với phản ánh của người khác nên không hủy được; cần tách ra trước."
        raise refuse("others_wait", 409, text, (*scene.permit.move.cites, "A-3"))
    scene.record(CaseCancelled, command)


def _check_ground(scene: Scene, code: str | None, grounds: dict[str, Reason]) -> Reason:
    ground = grounds.get(code or "")
    if ground is None:
        raise data_invalid("Lý do không có trong quy chế. Vui lòng chọn trong danh sách.", scene.permit.move.cites)
    if ground.after_clock:
        check_run_out(scene.ctx, scene.case, ground.after_clock, scene.permit.subject, rules=ground.cites)
    facts = facts_of(scene.ctx.pack, scene.ctx.agencies, scene.case, dispatch=scene.dispatch)
    if unmet(ground.when, facts):
        raise refuse("condition_not_met", 409, f"Chưa đủ điều kiện cho lý do “{ground.label}”.", ground.cites)
    return ground


def _check_same_person(scene: Scene, other_id: str | None, ground: Reason) -> None:
    """Only a repeat by the same person may be cancelled; somebody else's is linked (A-3)."""
    if other_id == scene.case.id:
        raise itself(ground.cites, "same_as")
    other = scene.ctx.others.get(other_id or "")
    if other is None:
        raise refuse("data_missing", 422, "Vui lòng nêu hồ sơ bị trùng.", ground.cites, fields=("same_as",))
    if not _contacts(other) & _contacts(scene.case):
        text = "Chỉ hủy khi trùng phản ánh của cùng một người. Phản ánh của người khác vui lòng gộp hồ sơ."
        raise refuse("not_the_same_person", 409, text, (*ground.cites, "A-3"))


def _contacts(case: Case) -> set[str]:
    return {report.contact_id for report in case.reports}


def divert(scene: Scene, command: Divert) -> None:
    """To where the pack says such things belong (VN-1, VN-2)."""
    if command.kind not in scene.ctx.pack.intake.diversions:
        raise data_invalid("Loại hướng dẫn không có trong quy chế.", scene.permit.move.cites)
    scene.tell(CaseDiverted, diversion=command.kind)


def clear_flag(scene: Scene, command: ClearFlag) -> None:
    """Only a flag that is on can be taken off."""
    if getattr(scene.case.flags, command.flag) in (False, "none"):
        raise refuse("nothing_changes", 409, "Hồ sơ không có dấu hiệu này.", scene.permit.move.cites)
    scene.record(FlagCleared, command)


def set_confidential(scene: Scene, command: SetConfidential) -> None:
    """Only a change is worth an event."""
    if scene.case.flags.confidential == command.confidential:
        state = "đã" if command.confidential else "không"
        raise refuse("nothing_changes", 409, f"Phản ánh {state} được giữ bí mật từ trước.", scene.permit.move.cites)
    scene.record(ConfidentialitySet, command)
