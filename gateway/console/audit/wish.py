"""What an auditor asks for, as it stands in the address: a case, a person, days, and which of the two logs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.clock.zone import ONE_DAY, midnight
from core.identity.codes import parse_code
from gateway.console.shared import day_in, line_of

LOOKS, ACTS = "xem", "viec"
LONGEST = 31
"""Days of one question about work done: events are found by time."""
NOT_A_CODE = "Mã phản ánh có 12 chữ số. Vui lòng kiểm tra lại từng số."
NO_DAYS = f"Ngày bắt đầu không sau ngày kết thúc, và nhật ký công việc xem được tối đa {LONGEST} ngày một lần."


@dataclass(frozen=True)
class Wish:
    """`first` and `last` are days in Vietnam, both included; `problem` says what is wrong with the question."""

    typed: str = ""
    code: str = ""
    person: str = ""
    first: date | None = None
    last: date | None = None
    log: str = LOOKS
    problem: str = ""

    @property
    def asks(self) -> bool:
        """Something was asked."""
        return bool(self.typed or self.person or self.first)

    @property
    def beyond_a_case(self) -> bool:
        """It is about people, which only administrators may ask."""
        return bool(self.person or not self.typed)

    @property
    def since(self) -> datetime | None:
        """From this instant on."""
        return midnight(self.first) if self.first else None

    @property
    def until(self) -> datetime | None:
        """Before this instant."""
        return midnight(self.last + ONE_DAY) if self.last else None

    @property
    def about(self) -> str:
        """What the log of looks says was looked at, beside the case: the person, or the first day."""
        return self.person or (self.first.isoformat() if self.first else "")


def read_wish(query: Mapping[str, str], today: date) -> Wish:
    """What the address says; without days a person is asked about for the last thirty."""
    typed, person = line_of(query.get("ma")), line_of(query.get("can-bo"))
    first, last = day_in(query.get("tu-ngay")), day_in(query.get("den-ngay"))
    log = ACTS if query.get("loai") == ACTS else LOOKS
    if (first or last or person) and not (typed and not first and not last):
        last = last or today
        first = first or (last - timedelta(days=LONGEST - 1) if person else last)
    code = parse_code(typed) if typed else ""
    problem = NOT_A_CODE if code is None else ""
    if first and last and (first > last or (log == ACTS and not typed and (last - first).days >= LONGEST)):
        problem = problem or NO_DAYS
    return Wish(typed, code or "", person, first, last, log, problem)
