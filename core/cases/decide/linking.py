"""
Several reports about one thing (A-3): the cases stay, their reports point to one of them, and all of it can be undone.

Each of the two cases gets events of its own, decided together and stored in one transaction.
"""

from __future__ import annotations

from core.cases.commands import LinkReport, UnlinkReport
from core.cases.decide import clocks, transitions
from core.cases.decide.facts import is_emergency
from core.cases.decide.refusals import data_invalid, itself, refuse
from core.cases.decide.story import Scene, Story
from core.cases.events import CaseJoined, CaseParted, ReportsLinked, ReportsUnlinked
from core.cases.model import Case


def link_report(scene: Scene, command: LinkReport) -> Story:
    """The other case joins this one. Returns: what happens to the other."""
    other = _other(scene, command.other_case)
    _check_joinable(scene, other)
    scene.record(ReportsLinked, command, reports=other.reports)
    theirs = _story_of(scene, other)
    theirs.tell(CaseJoined, main_case=scene.case.id)
    _enter(theirs, scene.permit.move.other_to)
    return theirs


def unlink_report(scene: Scene, command: UnlinkReport) -> Story:
    """The other case stands for itself again, where it stood. Returns: what happens to the other."""
    other = _other(scene, command.other_case)
    if other.merged_into != scene.case.id:
        raise data_invalid("Hồ sơ kia không gộp vào hồ sơ này.", scene.permit.move.cites)
    scene.record(ReportsUnlinked, command)
    theirs = _story_of(scene, other)
    theirs.tell(CaseParted, main_case=scene.case.id)
    _enter(theirs, scene.permit.move.other_to)
    return theirs


def _other(scene: Scene, case_id: str) -> Case:
    if case_id == scene.case.id:
        raise itself(scene.permit.move.cites, "other_case")
    other = scene.ctx.others.get(case_id)
    if other is None:
        raise data_invalid("Không tìm thấy hồ sơ kia.", scene.permit.move.cites, case=case_id)
    return other


def _check_joinable(scene: Scene, other: Case) -> None:
    """Only a case that nobody works on yet and nothing hangs on can join another."""
    stages = scene.ctx.pack.stages
    if scene.case.merged_into is not None or other.merged_into is not None or other.merged_cases:
        text = "Một trong hai hồ sơ đang gộp với hồ sơ khác. Vui lòng tách trước."
        raise refuse("already_linked", 409, text, scene.permit.move.cites)
    kind = stages.case[other.stage].kind if other.stage in stages.case else "closed"
    if kind not in ("open", "aside"):
        raise refuse("stage_not_allowed", 409, "Hồ sơ kia đã kết thúc nên không gộp được.", scene.permit.move.cites)
    if any(stages.dispatch[item.stage].kind == "open" for item in other.dispatches if item.stage in stages.dispatch):
        text = "Hồ sơ kia đang được cơ quan xử lý nên không gộp được; hãy gộp hồ sơ này vào hồ sơ đó."
        raise refuse("other_in_progress", 409, text, scene.permit.move.cites)
    _check_not_urgent(scene, other)


def _check_not_urgent(scene: Scene, other: Case) -> None:
    """An emergency that nobody was phoned about does not fall silent in a case that is none: its clocks would rest."""
    pack = scene.ctx.pack
    waits = is_emergency(pack, other.urgency) and "hand_over_emergency" not in other.marks
    if waits and not is_emergency(pack, scene.case.urgency):
        text = (
            "Hồ sơ kia là việc khẩn chưa chuyển trực tiếp nên không gộp được; hãy chuyển trực tiếp hoặc hạ mức việc đó "
            "trước, hoặc gộp hồ sơ này vào hồ sơ đó."
        )
        raise refuse("other_is_urgent", 409, text, scene.permit.move.cites)


def _story_of(scene: Scene, other: Case) -> Story:
    return Story(scene.ctx, scene.permit.role, other, rules=scene.permit.move.cites)


def _enter(theirs: Story, stage: str | None) -> None:
    if stage is not None:
        to = theirs.case.previous_stage if stage == transitions.PREVIOUS else stage
        transitions.move_case(theirs, to)
    clocks.react(theirs)
