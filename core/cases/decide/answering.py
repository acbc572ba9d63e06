"""
Results, answers, and what reporters say to them.
"""

from __future__ import annotations

from core.cases.commands import (
    AnswerReporter,
    CommitInterim,
    ExplainLateness,
    GiveFeedback,
    Publish,
    Rate,
    ReplyPrivately,
    SubmitResult,
)
from core.cases.decide.facts import answer_is_interim
from core.cases.decide.refusals import data_invalid, refuse
from core.cases.decide.story import Scene
from core.cases.events import (
    AnswerPublished,
    AnswerRated,
    FeedbackGiven,
    InterimCommitted,
    LatenessExplained,
    PrivateReplySent,
    ReporterAnswered,
    ResultSubmitted,
)
from core.clock import local


def submit_result(scene: Scene, command: SubmitResult) -> None:
    """What has been done cannot lie in the future."""
    if command.handled_at is not None and command.handled_at > scene.ctx.now:
        raise data_invalid("Thời điểm xử lý không thể ở tương lai.", scene.permit.move.cites)
    scene.record(ResultSubmitted, command)


def commit_interim(scene: Scene, command: CommitInterim) -> None:
    """A promise is about a day to come."""
    if command.promised_date <= local(scene.ctx.now).date():
        raise data_invalid("Ngày hẹn phải sau hôm nay.", scene.permit.move.cites)
    scene.record(InterimCommitted, command)


def publish(scene: Scene, command: Publish) -> None:
    """With media chosen one by one from what the case holds; whether it is only a promise stands in the case."""
    _check_media(scene, command.media)
    scene.record(AnswerPublished, command, interim=answer_is_interim(scene.ctx.pack, scene.case))


def answer_reporter(scene: Scene, command: AnswerReporter) -> None:
    """The agency's own answer."""
    _check_media(scene, command.media)
    scene.record(ReporterAnswered, command)


def reply_privately(scene: Scene, command: ReplyPrivately) -> None:
    """To the reporters alone; a promise stays one."""
    _check_media(scene, command.media)
    scene.record(PrivateReplySent, command, interim=answer_is_interim(scene.ctx.pack, scene.case))


def _check_media(scene: Scene, media: tuple[str, ...]) -> None:
    unknown = sorted(set(media) - scene.case.evidence)
    if unknown:
        text = "Có tệp không thuộc hồ sơ này. Vui lòng chọn lại ảnh, video công khai."
        raise data_invalid(text, scene.permit.move.cites, media=unknown)


def rate(scene: Scene, command: Rate) -> None:
    """Once for each answer and report (A-5)."""
    case, cites = scene.case, scene.permit.move.cites
    if command.level not in scene.ctx.pack.rating.levels:
        raise data_invalid("Mức đánh giá không có trong quy chế.", cites)
    if not case.publications:
        raise refuse("nothing_to_rate", 409, "Hồ sơ chưa có trả lời để đánh giá.", cites)
    report_id = _own_report(scene, command.report_id)
    if any(given.report_id == report_id for given in case.publications[-1].ratings):
        raise refuse("already_rated", 409, "Trả lời này đã được đánh giá.", cites)
    number = len(case.publications)
    scene.tell(AnswerRated, answer=number, report_id=report_id, level=command.level, comment=command.comment)


def give_feedback(scene: Scene, command: GiveFeedback) -> None:
    """About the reporter's own report."""
    scene.record(FeedbackGiven, command, report_id=_own_report(scene, command.report_id))


def _own_report(scene: Scene, report_id: str | None) -> str:
    """The report a reporter speaks about: the one named, if it is theirs, else their first on this case."""
    actor = scene.ctx.actor
    is_staff = scene.permit.role != "reporter"
    mine = [item.report_id for item in scene.case.reports if is_staff or item.contact_id == actor.id]
    if report_id is not None and report_id not in mine:
        raise data_invalid("Phản ánh này không thuộc hồ sơ hoặc không phải của anh/chị.", scene.permit.move.cites)
    return report_id or mine[0]


def explain_lateness(scene: Scene, command: ExplainLateness) -> None:
    """Of a limit that was indeed missed."""
    clock = scene.case.clocks.get(command.clock_id)
    if clock is None or not (clock.late_s or clock.breached_at or clock.has_run_out(scene.ctx.now)):
        raise data_invalid("Thời hạn này không bị trễ nên không cần giải trình.", scene.permit.move.cites)
    if scene.dispatch is not None and scene.case.part_of(clock) != scene.dispatch.id:
        raise data_invalid("Thời hạn này thuộc phần việc của cơ quan khác.", scene.permit.move.cites)
    scene.record(LatenessExplained, command)
