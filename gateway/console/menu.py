"""The menu of the console; entries of the centre are for whichever roles the regulation in force puts there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from aiohttp import web

from core.regulations.model import Pack
from core.service.actors import ADMIN
from core.service.notice_way import notice_roles
from gateway.console import (
    calls,
    finding,
    handing_out,
    people,
    repair,
    writing,
)
from gateway.console.agencies import PAGE as AGENCIES
from gateway.console.audit.page import PAGE as AUDIT
from gateway.console.calendars import PAGE as CALENDAR
from gateway.console.canned.page import PAGE as CANNED
from gateway.console.case_map.page import PAGE as MAP
from gateway.console.categories import PAGE as CATEGORIES
from gateway.console.channels import PAGE as CHANNELS
from gateway.console.connecting import PAGE as CONNECTING
from gateway.console.connecting import channels_of
from gateway.console.data_requests import PAGE as DATA_REQUESTS
from gateway.console.deadlines import PAGE as DEADLINES
from gateway.console.dial_plan.page import PAGE as DIAL_PLAN
from gateway.console.keeping import PAGE as KEEPING
from gateway.console.links import PAGE as LINKS
from gateway.console.national import PAGE as NATIONAL
from gateway.console.period_reports import PAGE as REPORTS
from gateway.console.phone.page import PAGE as PHONE
from gateway.console.phone.seating import PAGE as SEATS
from gateway.console.prompts import PAGE as PROMPTS
from gateway.console.public_notices import PAGE as PUBLIC_NOTICES
from gateway.console.shared import HOME, TALKS
from gateway.console.statistics import PAGE as STATISTICS
from gateway.console.suggestions import PAGE as SUGGESTIONS
from gateway.console.wordings import PAGE as WORDINGS
from gateway.deployment import DEPLOYMENT
from gateway.pages import CONSOLE_MENU, Entry
from gateway.portal.on_behalf import RECEPTION

Roles = tuple[str, ...]
WATCHING, DATA, UPKEEP, SETUP = "Giám sát, thống kê", "Hồ sơ và dữ liệu", "Vận hành", "Quản trị"
"""Headings, in the order in which they stand."""


def add_menu(app: web.Application) -> None:
    """Put every entry in; each is seen by the roles it names, or by everybody."""
    pack = app[DEPLOYMENT].regulation.current
    centre = (*(name for name, role in pack.roles.items() if role.is_of_centre), ADMIN)
    for entry in (*_daily(app, centre), *_watching(pack, centre), *_data(centre), *_upkeep(centre), *_setup(app)):
        app[CONSOLE_MENU].add(entry)


def _daily(app: web.Application, centre: Roles) -> Iterator[Entry]:
    """What people come for every day."""
    yield Entry("Việc của tôi", HOME, icon="inbox", order=10)
    yield Entry("Ghi phản ánh", writing.PAGE, icon="send", roles=(RECEPTION,), order=11)
    yield Entry("Các hội thoại", TALKS, icon="chat", roles=centre, order=12)
    yield Entry("Cuộc gọi", calls.PAGE, icon="clock", roles=centre, order=13)
    if app[DEPLOYMENT].settings.takes_calls:
        yield Entry("Tổng đài", PHONE, icon="phone", roles=centre, order=14)
    speakers = tuple(sorted(notice_roles(app[DEPLOYMENT].regulation.current).all))
    yield Entry("Thông báo chung", PUBLIC_NOTICES, icon="bell", roles=speakers, order=15)
    yield Entry("Tìm hồ sơ", finding.PAGE, icon="search", order=16)


def _watching(pack: Pack, centre: Roles) -> Iterator[Entry]:
    """How the work stands."""
    reporters = {entry.role for entry in pack.reports.values()}
    yield Entry("Bảng thời hạn", DEADLINES, icon="clock", order=20, group=WATCHING)
    yield Entry("Bản đồ", MAP, icon="map", order=21, group=WATCHING)
    yield Entry("Thống kê", STATISTICS, icon="file", order=22, group=WATCHING)
    roles = (*centre, *sorted(reporters))
    yield Entry("Báo cáo định kỳ", REPORTS, icon="file", roles=roles, order=23, group=WATCHING)
    yield Entry("Chất lượng gợi ý", SUGGESTIONS, icon="search", roles=centre, order=24, group=WATCHING)


def _data(centre: Roles) -> Iterator[Entry]:
    """Whose data we hold, who looked at it, and where it goes."""
    desk = tuple(name for name in centre if name != ADMIN)
    yield Entry("Dữ liệu cá nhân", DATA_REQUESTS, icon="user", roles=desk, order=30, group=DATA)
    yield Entry("Cung cấp hồ sơ", handing_out.PAGE, icon="file", roles=centre, order=31, group=DATA)
    yield Entry("Hệ thống quốc gia", NATIONAL, icon="file", roles=centre, order=32, group=DATA)
    yield Entry("Lưu trữ và xóa", KEEPING, icon="file", roles=centre, order=33, group=DATA)
    yield Entry("Nhật ký", AUDIT, icon="clock", roles=centre, order=34, group=DATA)


def _upkeep(centre: Roles) -> Iterator[Entry]:
    """Whether messages come and go."""
    yield Entry("Các kênh", CHANNELS, icon="chat", roles=centre, order=40, group=UPKEEP)
    yield Entry("Tin chưa đọc được", repair.QUARANTINE, icon="alert", roles=centre, order=41, group=UPKEEP)
    yield Entry("Tin gửi lỗi", repair.OUTBOX, icon="send", roles=centre, order=42, group=UPKEEP)


def _setup(app: web.Application) -> Iterator[Entry]:
    """Who works here, and with what."""
    takes_calls, agents = app[DEPLOYMENT].settings.takes_calls, app[DEPLOYMENT].settings.call_center.agents
    one = partial(Entry, roles=(ADMIN,), group=SETUP)
    yield one("Người dùng", people.PAGE, icon="user", order=50)
    yield one("Các cơ quan", AGENCIES, icon="agency", order=51)
    yield one("Các lĩnh vực", CATEGORIES, icon="file", order=52)
    yield one("Lịch làm việc", CALENDAR, icon="clock", order=53)
    yield one("Lời nhắn, thư mẫu", WORDINGS, icon="send", order=54)
    yield one("Câu trả lời mẫu", CANNED, icon="chat", order=55)
    if takes_calls:
        yield one("Nhóm trực", SEATS, icon="user", roles=(*agents.supervisors, ADMIN), order=56)
        yield one("Kịch bản gọi", DIAL_PLAN, icon="phone", order=57)
        yield one("Lời thoại", PROMPTS, icon="phone", order=58)
    if channels_of(app[DEPLOYMENT]):
        yield one("Kết nối kênh", CONNECTING, icon="settings", order=59)
    yield one("Liên thông", LINKS, icon="settings", order=60)
