"""
One request of a person about their data, and the moves it may make.

    asked ──answer──▶ answered ──finish──▶ finished
      └──── refuse, take back: at any time until it is finished; extend: once, before its time is over

It is answered in two working days (that it was received, and by when it will be done), finished in its right's own time
(VN-4). Both times are counted from receipt and stand in the request; lateness is recorded time against due time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core.clock import BusinessCalendar, due
from core.contract.errors import CaseError
from core.subjects.rights import Right, load_rights


class State(StrEnum):
    """Where a request stands."""

    ASKED = "asked"
    ANSWERED = "answered"
    FINISHED = "finished"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"


OPEN = frozenset({State.ASKED, State.ANSWERED})


class Via(StrEnum):
    """How it came to us."""

    PORTAL = "portal"
    PHONE = "phone"
    OFFICE = "office"
    LETTER = "letter"
    MESSAGE = "message"


class ProvedBy(StrEnum):
    """
    By what the person is known to be the one whose data they are; NOTHING: not yet, and nothing is told.

    CODE: code and PIN of a report, or a one-time password in its place. CHANNEL: the provider's word for the account.
    """

    CODE = "code"
    CALL_BACK = "call_back"
    CHANNEL = "channel"
    PAPERS = "papers"
    NOTHING = "nothing"


class MoveRefused(CaseError):
    """The request cannot make this move now: 409. `text` is the reason in Vietnamese."""

    code = "request_move_refused"

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.vi = text


@dataclass(frozen=True)
class Request:
    """
    One request.

    Args:
        contact_id: whose data. `entered_by`: the member of staff who wrote it down; empty: the person themselves.
        processors: others process data on our behalf and must be told, which the law gives more time for.
        ground: code of the ground it was refused on. `version` counts its moves.
    """

    id: str
    contact_id: str
    right: Right
    via: Via
    proved_by: ProvedBy
    received_at: datetime
    answer_due: datetime
    finish_due: datetime
    state: State = State.ASKED
    processors: bool = False
    entered_by: str = ""
    answered_at: datetime | None = None
    extended_at: datetime | None = None
    ended_at: datetime | None = None
    ground: str = ""
    version: int = 1

    @property
    def open(self) -> bool:
        """Whether something is still to be done."""
        return self.state in OPEN

    @property
    def due_at(self) -> datetime:
        """What is due next: the answer, then the end."""
        return self.answer_due if self.state is State.ASKED else self.finish_due

    @property
    def on_paper(self) -> bool:
        """Whether its last answer may be had as a letter; of somebody who was erased there is nobody to write to."""
        if self.state is State.TAKEN_BACK or (self.right is Right.ERASURE and self.state is State.FINISHED):
            return False
        return self.answered_at is not None or self.extended_at is not None

    def is_late(self, now: datetime) -> bool:
        """Whether an answer or an end came, or is still to come, after its time."""
        answered = self.answered_at or self.ended_at or now
        return answered > self.answer_due or (self.ended_at or now) > self.finish_due


def ask(
    request_id: str,
    contact_id: str,
    right: Right,
    *,
    via: Via,
    proved_by: ProvedBy,
    now: datetime,
    calendar: BusinessCalendar,
    processors: bool = False,
    entered_by: str = "",
) -> Request:
    """A new request, received at this instant. Raises CalendarExhausted."""
    rights = load_rights()
    finish = rights.rights[right].time(processors=processors)
    return Request(
        id=request_id,
        contact_id=contact_id,
        right=right,
        via=via,
        proved_by=proved_by,
        received_at=now,
        answer_due=due(now, rights.answer, calendar, rule=rights.cites, cite=rights.basis).at,
        finish_due=due(now, finish, calendar, rule=rights.cites, cite=rights.basis).at,
        processors=processors,
        entered_by=entered_by,
    )


def prove(request: Request, by: ProvedBy) -> Request:
    """The person was found to be who they say. MoveRefused."""
    _require_open(request)
    return _moved(request, proved_by=by)


def answer(request: Request, *, now: datetime) -> Request:
    """Tell the person that it was received and by when it will be done. MoveRefused."""
    if request.state is not State.ASKED:
        raise MoveRefused("Yêu cầu này đã được trả lời.")
    return _moved(request, state=State.ANSWERED, answered_at=now)


def lengthen(request: Request, *, now: datetime, calendar: BusinessCalendar) -> Request:
    """The one extension, within its time (VN-4). MoveRefused · CalendarExhausted."""
    _require_open(request)
    if request.extended_at is not None:
        raise MoveRefused("Yêu cầu này đã được gia hạn một lần; luật không cho gia hạn thêm.")
    if now > request.finish_due:
        raise MoveRefused("Thời hạn đã qua; không gia hạn được nữa.")
    rights = load_rights()
    time = rights.rights[request.right].time(processors=request.processors, extended=True)
    until = due(request.received_at, time, calendar, rule=rights.cites, cite=rights.basis).at
    return _moved(request, finish_due=until, extended_at=now)


def refuse(request: Request, ground: str, *, now: datetime) -> Request:
    """Say no, on a ground that the law has for this right. MoveRefused."""
    _require_open(request)
    if ground not in load_rights().grounds_for(request.right):
        raise MoveRefused("Vui lòng chọn một căn cứ pháp lý cho phép từ chối quyền này.")
    return _ended(request, State.REFUSED, now, ground=ground)


def finish(request: Request, *, now: datetime) -> Request:
    """It is carried out. MoveRefused: also while nobody knows whether the person is who they say."""
    _require_open(request)
    if request.proved_by is ProvedBy.NOTHING:
        raise MoveRefused("Chưa xác minh người yêu cầu. Vui lòng xác minh trước khi thực hiện.")
    return _ended(request, State.FINISHED, now)


def take_back(request: Request, *, now: datetime) -> Request:
    """The person does not want it any more. MoveRefused."""
    _require_open(request)
    return _ended(request, State.TAKEN_BACK, now)


def note(request: Request) -> Request:
    """Something was done about it after its end: written down like a move."""
    return _moved(request)


def _ended(request: Request, state: State, now: datetime, *, ground: str = "") -> Request:
    answered = request.answered_at or now  # the end is an answer, too
    return _moved(request, state=state, answered_at=answered, ended_at=now, ground=ground)


def _moved(request: Request, **changes: object) -> Request:
    return replace(request, version=request.version + 1, **changes)  # type: ignore[arg-type]


def _require_open(request: Request) -> None:
    if not request.open:
        raise MoveRefused("Yêu cầu này đã kết thúc.")
