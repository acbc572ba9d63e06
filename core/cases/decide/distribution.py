"""
Who is to act: sending a case to agencies, up a level, or to somebody's help; and emergencies, which cannot wait.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.cases.agencies import Agency
from core.cases.commands import (
    AssignUnit,
    Consult,
    DecideLead,
    DispatchCase,
    DowngradeEmergency,
    Escalate,
    HandOverEmergency,
    RaiseEmergency,
    RequestCoordination,
    SendBack,
    SendLetter,
)
from core.cases.decide.facts import taking_part
from core.cases.decide.intake import check_urgency, emergency_tier
from core.cases.decide.refusals import data_invalid, refuse
from core.cases.decide.story import Scene
from core.cases.events import (
    AgenciesConsulted,
    CaseDispatched,
    CoordinationRequested,
    DispatchEscalated,
    DispatchSentBack,
    EmergencyDowngraded,
    EmergencyHandedOver,
    EmergencyRaised,
    LeadDecided,
    LetterSent,
    Opened,
    UnitAssigned,
)
from core.cases.model import Case
from core.regulations.model import Move, Pack


def dispatch(scene: Scene, command: DispatchCase) -> None:
    """As many agencies as the pack allows, each existing, of a lawful kind, and not busy with it already."""
    move = scene.permit.move
    _check_count(move, len(command.agencies))
    if len(set(command.agencies)) != len(command.agencies):
        raise data_invalid("Một cơ quan được chọn hai lần.", move.cites)
    for name in command.agencies:
        check_agency(scene, name)
    _check_free(scene, command.agencies)
    _check_lead(scene, command.agencies)
    check_urgency(scene, command.urgency)
    opened = tuple(_open(scene, name, number) for number, name in enumerate(command.agencies, 1))
    scene.record(CaseDispatched, command, opened=opened)


def _check_count(move: Move, count: int) -> None:
    limits = move.agencies
    if limits is None or (count >= limits.min and (limits.max is None or count <= limits.max)):
        return
    wanted = f"đúng {limits.min}" if limits.min == limits.max else f"từ {limits.min} đến {limits.max or 'nhiều'}"
    text = f"Bước này phải chọn {wanted} cơ quan."
    raise refuse("agency_count", 422, text, move.cites, min=limits.min, max=limits.max)


def agencies_at_work(pack: Pack, case: Case) -> frozenset[str]:
    """Those that are busy with it already: it is not sent there a second time."""
    stages = pack.stages.dispatch
    return frozenset(item.agency_id for item in case.dispatches if stages[item.stage].kind == "open")


def lead_to_come(pack: Pack, case: Case) -> str | None:
    """The agency that was named to lead, while it has no part in the case yet: the next distribution goes there."""
    there = {item.agency_id for item in taking_part(pack, case)}
    return None if case.lead_agency in there else case.lead_agency


def _check_free(scene: Scene, agencies: Sequence[str]) -> None:
    twice = sorted(agencies_at_work(scene.ctx.pack, scene.case).intersection(agencies))
    if twice:
        names = ", ".join(scene.ctx.agencies.name(item) for item in twice)
        raise data_invalid(f"Hồ sơ đang do {names} xử lý.", scene.permit.move.cites, agencies=twice)


def _check_lead(scene: Scene, agencies: Sequence[str]) -> None:
    lead = lead_to_come(scene.ctx.pack, scene.case)
    if lead is not None and lead not in agencies:
        name = scene.ctx.agencies.name(lead)
        raise data_invalid(f"Đầu mối đã được chỉ định là {name}.", scene.permit.move.cites, lead=lead)


def check_agency(scene: Scene, agency_id: str) -> Agency:
    """The agency, if it works today and the move may go there. Raises: Refused."""
    move, tree = scene.permit.move, scene.ctx.agencies
    found = tree.get(agency_id)
    if found is None:
        raise data_invalid("Cơ quan không có trong danh mục. Vui lòng chọn lại.", move.cites, agency=agency_id)
    if not tree.is_active(agency_id):
        heirs = ", ".join(item.name for item in tree.successors(agency_id)) or "chưa xác định"
        text = f"{found.name} không còn hoạt động; nơi tiếp nhận hiện nay: {heirs}."
        raise data_invalid(text, move.cites, agency=agency_id)
    if move.target.kinds and found.kind not in move.target.kinds:
        raise data_invalid(f"Bước này không chuyển đến {found.name} được.", move.cites, agency=agency_id)
    _check_relation(scene, found)
    return found


def _check_relation(scene: Scene, found: Agency) -> None:
    move, place = scene.permit.move, scene.case.commune_code
    if move.target.relation == "place" and place is not None and found.commune_code != place:
        text = f"Phản ánh phải chuyển đến nơi xảy ra sự việc, không phải {found.name}."
        raise data_invalid(text, move.cites, agency=found.id)
    above = scene.dispatch.agency_id if scene.dispatch else None
    inside = above is None or found.id == above or scene.ctx.agencies.is_below(found.id, above)
    if move.target.relation == "below" and not inside:
        raise data_invalid(f"{found.name} không trực thuộc cơ quan đầu mối.", move.cites, agency=found.id)


def _open(scene: Scene, agency_id: str, number: int = 1) -> Opened:
    """A dispatch with the next free id of the case; ids tell nothing and are never used twice."""
    move = scene.permit.move
    if move.opens is None:
        raise ValueError(f"move {move.id} of {scene.ctx.pack.ref} opens no stage")
    return Opened(id=f"d{len(scene.case.dispatches) + number}", agency_id=agency_id, stage=move.opens)


def escalate(scene: Scene, command: Escalate) -> None:
    """To the agency above, or (where the row opens no dispatch) to the centre."""
    move = scene.permit.move
    opened = None
    if move.opens is not None:
        opened = _open(scene, _above(scene).id)
    scene.record(DispatchEscalated, command, opened=opened)


def send_letter(scene: Scene, command: SendLetter) -> None:
    """To an agency that exists; where the row opens a dispatch, the letter carries the case there (DL-II.1u)."""
    check_agency(scene, command.agency)
    opened = _open(scene, command.agency) if scene.permit.move.opens is not None else None
    scene.record(LetterSent, command, opened=opened)


def _above(scene: Scene) -> Agency:
    move, here, tree = scene.permit.move, scene.dispatch, scene.ctx.agencies
    parent = tree.parent(here.agency_id) if here else None
    found = next(iter(tree.successors(parent.id)), None) if parent else None
    if found is None or (move.target.kinds and found.kind not in move.target.kinds):
        raise refuse("nobody_above", 409, "Không có cấp trên nào để chuyển theo quy chế.", move.cites)
    return found


def send_back(scene: Scene, command: SendBack) -> None:
    """Naming the right agency and saying that it is not known exclude each other (HUE-3b)."""
    cites = scene.permit.move.cites
    if command.suggested_agency and command.agency_unknown:
        raise data_invalid("Chỉ chọn một: nêu đơn vị xử lý đúng, hoặc “không rõ”.", cites)
    if command.suggested_agency and not scene.ctx.agencies.is_active(command.suggested_agency):
        raise data_invalid("Đơn vị được đề xuất không có trong danh mục đang hoạt động.", cites)
    if scene.dispatch and command.suggested_agency == (scene.dispatch.unit_id or scene.dispatch.agency_id):
        raise data_invalid("Đơn vị xử lý đúng phải là đơn vị khác với đơn vị trả lại.", cites)
    scene.record(DispatchSentBack, command)


def assign_unit(scene: Scene, command: AssignUnit) -> None:
    """A unit that exists, where the pack says so below the focal agency."""
    check_agency(scene, command.unit)
    scene.record(UnitAssigned, command)


def request_coordination(scene: Scene, command: RequestCoordination) -> None:
    """Another agency than the one that asks."""
    move = scene.permit.move
    check_agency(scene, command.agency)
    if scene.dispatch and command.agency in (scene.dispatch.agency_id, scene.dispatch.unit_id):
        raise data_invalid("Không thể đề nghị chính cơ quan mình phối hợp.", move.cites)
    if move.opens is None:
        raise ValueError(f"move {move.id} of {scene.ctx.pack.ref} opens no stage")
    number = len(scene.case.coordinations) + 1
    opened = Opened(id=f"k{number}", agency_id=command.agency, stage=move.opens)
    scene.record(CoordinationRequested, command, opened=opened)


def consult(scene: Scene, command: Consult) -> None:
    """Agencies that exist."""
    for name in command.agencies:
        check_agency(scene, name)
    scene.record(AgenciesConsulted, command)


def decide_lead(scene: Scene, command: DecideLead) -> None:
    """An agency that exists; the next distribution must go there."""
    check_agency(scene, command.agency)
    scene.record(LeadDecided, command)


def raise_emergency(scene: Scene, command: RaiseEmergency) -> None:
    """Both tracks: the case goes on, and somebody is phoned."""
    _check_target(scene, command.target)
    scene.record(EmergencyRaised, command, urgency=emergency_tier(scene.ctx.pack))


def hand_over_emergency(scene: Scene, command: HandOverEmergency) -> None:
    """To a known service, and not in the future."""
    _check_target(scene, command.target)
    if command.spoken_at > scene.ctx.now:
        raise data_invalid("Thời điểm trao đổi không thể ở tương lai.", scene.permit.move.cites)
    scene.record(EmergencyHandedOver, command)


def _check_target(scene: Scene, target: str | None) -> None:
    if target is not None and target not in scene.ctx.pack.intake.emergency_targets:
        raise data_invalid("Nơi tiếp nhận khẩn không có trong danh sách.", scene.permit.move.cites)


def downgrade_emergency(scene: Scene, command: DowngradeEmergency) -> None:
    """Back to the usual tier; the ordinary limit counts from receipt (A-QB-8)."""
    scene.record(EmergencyDowngraded, command, urgency=scene.ctx.pack.intake.usual_urgency)
