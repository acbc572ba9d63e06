"""`/console/lich`: the working calendar; administrators read the yearly notice in, once they saw what it changes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import groupby
from types import MappingProxyType

from aiohttp import web
from aiohttp.web_request import FileField

from channels.base import clean_text
from core.clock import AlarmReason, BusinessCalendar, DayEntry, DayKind, local
from core.clock.errors import ClockError
from core.clock.notice import LONGEST_NOTICE, read_notice
from core.clock.yearly import Amendment, Notice, NoticeRefused, amendment
from core.contract.errors import VersionConflict
from core.service.actors import ADMIN
from core.service.calendars import CalendarBook, CalendarEdition
from core.storage import staff_lists
from gateway.auth import require_staff, staff_of
from gateway.auth.targets import see_other
from gateway.console.shared import line_of, now_of, show
from gateway.deployment import DEPLOYMENT

PAGE = "/console/lich"
PREVIEW = f"{PAGE}/xem-truoc"
KINDS = MappingProxyType(
    {
        DayKind.WORKING: "Ngày làm việc",
        DayKind.WEEKEND: "Nghỉ cuối tuần",
        DayKind.HOLIDAY: "Nghỉ lễ, Tết",
        DayKind.SUBSTITUTE: "Nghỉ bù, hoán đổi",
        DayKind.SWAPPED_IN: "Làm bù",
    }
)
ALARMS = MappingProxyType(
    {
        AlarmReason.RUNS_OUT: "Lịch chỉ có đến hết ngày {}. Vui lòng nhập thông báo của năm tiếp theo.",
        AlarmReason.PROVISIONAL: "Các ngày nghỉ sau ngày {} mới là dự kiến. Vui lòng nhập thông báo chính thức.",
    }
)
NO_SOURCE = "Vui lòng ghi số, ngày của văn bản thông báo."
NO_TEXT = "Vui lòng dán nội dung hoặc chọn tệp thông báo."
NOT_TEXT = "Tệp không phải văn bản UTF-8 (CSV hoặc ICS)."
OVERTAKEN = "Lịch vừa được người khác thay đổi. Vui lòng xem lại trước khi ghi."


@dataclass(frozen=True)
class Typed:
    """What the form holds; `year` 0: the notice only says what is different; `version`: what was looked at."""

    text: str = ""
    source: str = ""
    year: int = 0
    version: int = 0


def mount(router: web.UrlDispatcher) -> None:
    """The calendar, what a notice would change, and reading it in."""
    router.add_get(PAGE, show_calendar)
    router.add_post(PREVIEW, preview)
    router.add_post(PAGE, announce)


@require_staff(ADMIN)
async def show_calendar(request: web.Request) -> web.StreamResponse:
    """Days that are not what their weekday says, year by year, and who read them in."""
    return await _page(request, Typed())


@require_staff(ADMIN)
async def preview(request: web.Request) -> web.StreamResponse:
    """What it would change; nothing is written."""
    try:
        typed = await _typed(request)
        planned = amendment(_book(request).newest, _notice(typed), now=now_of(request))
    except ClockError as refused:
        return await _refused(request, refused)
    return await _page(request, typed, planned=planned)


@require_staff(ADMIN)
async def announce(request: web.Request) -> web.StreamResponse:
    """Into force, if it is still what was looked at."""
    book, by = _book(request), staff_of(request).id
    try:
        typed = await _typed(request)
        notice = _notice(typed)
        if typed.version != book.newest.version:
            planned = amendment(book.newest, notice, now=now_of(request))
            return await _page(request, typed, planned=planned, status=409, problem=OVERTAKEN)
        await book.announce(request.app[DEPLOYMENT].database, notice, by=by, now=now_of(request))
    except ClockError as refused:
        return await _refused(request, refused)
    except VersionConflict:
        return await _page(request, typed, status=409, problem=OVERTAKEN)
    return see_other(f"{PAGE}?xong=lich")


def _book(request: web.Request) -> CalendarBook:
    return request.app[DEPLOYMENT].regulation.calendars


async def _typed(request: web.Request) -> Typed:
    """The form; a file goes before what was pasted. Raises NoticeRefused: the file is no text."""
    form = await request.post()
    text, file = clean_text(str(form.get("noi-dung", "")))[: LONGEST_NOTICE + 1], form.get("tep")
    if isinstance(file, FileField) and file.filename:
        try:
            text = clean_text(file.file.read(4 * LONGEST_NOTICE).decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise NoticeRefused(NOT_TEXT) from None
    numbers = {name: line_of(form.get(name)) for name in ("ca-nam", "phien-ban")}
    year, version = (int(one) if one.isascii() and one.isdigit() and len(one) < 7 else 0 for one in numbers.values())
    return Typed(text, line_of(form.get("can-cu")), year, version)


def _notice(typed: Typed) -> Notice:
    """Raises NoticeRefused, NoticeUnreadable."""
    missing = [why for there, why in ((typed.source, NO_SOURCE), (typed.text.strip(), NO_TEXT)) if not there]
    if missing:
        raise NoticeRefused(*missing)
    return Notice(read_notice(typed.text), typed.source, typed.year)


async def _refused(request: web.Request, refused: ClockError) -> web.StreamResponse:
    form = await request.post()
    typed = Typed(str(form.get("noi-dung", ""))[:LONGEST_NOTICE], line_of(form.get("can-cu")))
    reasons = refused.reasons if isinstance(refused, NoticeRefused) else (refused.text_vi,)
    return await _page(request, typed, reasons=reasons, status=422)


async def _page(
    request: web.Request,
    typed: Typed,
    *,
    planned: Amendment | None = None,
    reasons: tuple[str, ...] = (),
    status: int = 200,
    problem: str = "",
) -> web.Response:
    book, today = _book(request), local(now_of(request)).date()
    calendar, editions = book.newest, book.editions[::-1]
    return show(
        request,
        "calendar.html",
        status=status,
        problem=problem,
        typed=typed,
        planned=planned,
        reasons=reasons,
        calendar=calendar,
        years=_years(calendar),
        whole=[("", "Chỉ các ngày ghi trong thông báo"), *_whole(calendar, today.year)],
        kinds=KINDS,
        warnings=[ALARMS[one.reason].format(f"{one.last:%d/%m/%Y}") for one in calendar.alarms(today)],
        editions=editions,
        names=await _names(request, editions),
    )


def _whole(calendar: BusinessCalendar, this_year: int) -> list[tuple[str, str]]:
    years = range(max(this_year, calendar.first.year), calendar.last.year + 2)
    return [(str(year), f"Mọi ngày nghỉ của năm {year}") for year in years]


def _years(calendar: BusinessCalendar) -> list[tuple[int, list[DayEntry]]]:
    """The newest year first."""
    found = [(year, list(entries)) for year, entries in groupby(calendar.entries, key=lambda entry: entry.on.year)]
    return found[::-1]


async def _names(request: web.Request, editions: tuple[CalendarEdition, ...]) -> dict[str, str]:
    read = partial(staff_lists.user_names, ids={one.by for one in editions})
    return await request.app[DEPLOYMENT].database.read(read)
