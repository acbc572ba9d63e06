"""The menu of the console; entries of the centre are for whichever roles the regulation in force puts there."""

from __future__ import annotations

from aiohttp import web

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


def add_menu(app: web.Application) -> None:
    """Put every entry in; each is seen by the roles it names, or by everybody."""
    pack = app[DEPLOYMENT].regulation.current
    centre = (*(name for name, role in pack.roles.items() if role.level in ("centre", "owner", "board")), ADMIN)
    menu = app[CONSOLE_MENU]
    menu.add(Entry("Việc của tôi", HOME, icon="inbox", order=10))
    menu.add(Entry("Ghi phản ánh", writing.PAGE, icon="send", roles=(RECEPTION,), order=15))
    menu.add(Entry("Hội thoại", TALKS, icon="chat", roles=centre, order=20))
    menu.add(Entry("Cuộc gọi", calls.PAGE, icon="clock", roles=centre, order=24))
    if app[DEPLOYMENT].settings.takes_calls:
        menu.add(Entry("Tổng đài", PHONE, icon="phone", roles=centre, order=25))
        heads = (*app[DEPLOYMENT].settings.call_center.agents.supervisors, ADMIN)
        menu.add(Entry("Nhóm trực", SEATS, icon="user", roles=heads, order=26))
        menu.add(Entry("Lời thoại", PROMPTS, icon="phone", roles=(ADMIN,), order=98))
    speakers = tuple(sorted(notice_roles(pack).all))
    menu.add(Entry("Thông báo chung", PUBLIC_NOTICES, icon="bell", roles=speakers, order=27))
    menu.add(Entry("Tìm hồ sơ", finding.PAGE, icon="search", order=30))
    menu.add(Entry("Bảng thời hạn", DEADLINES, icon="clock", order=38))
    menu.add(Entry("Bản đồ", MAP, icon="map", order=39))
    menu.add(Entry("Thống kê", STATISTICS, icon="file", order=40))
    reporters = {entry.role for entry in pack.reports.values()}
    menu.add(Entry("Báo cáo định kỳ", REPORTS, icon="file", roles=(*centre, *sorted(reporters)), order=41))
    menu.add(Entry("Các kênh", CHANNELS, icon="chat", roles=centre, order=50))
    menu.add(Entry("Tin chưa đọc được", repair.QUARANTINE, icon="alert", roles=centre, order=60))
    menu.add(Entry("Chất lượng gợi ý", SUGGESTIONS, icon="search", roles=centre, order=45))
    menu.add(Entry("Tin gửi lỗi", repair.OUTBOX, icon="send", roles=centre, order=70))
    menu.add(Entry("Nhật ký", AUDIT, icon="clock", roles=centre, order=80))
    menu.add(Entry("Hệ thống quốc gia", NATIONAL, icon="file", roles=centre, order=84))
    menu.add(Entry("Cung cấp hồ sơ", handing_out.PAGE, icon="file", roles=centre, order=85))
    desk = tuple(name for name in centre if name != ADMIN)
    menu.add(Entry("Dữ liệu cá nhân", DATA_REQUESTS, icon="user", roles=desk, order=86))
    menu.add(Entry("Lưu trữ và xóa", KEEPING, icon="file", roles=centre, order=87))
    menu.add(Entry("Người dùng", people.PAGE, icon="user", roles=(ADMIN,), order=90))
    menu.add(Entry("Cơ quan", AGENCIES, icon="agency", roles=(ADMIN,), order=95))
    menu.add(Entry("Lĩnh vực", CATEGORIES, icon="file", roles=(ADMIN,), order=96))
    menu.add(Entry("Lịch làm việc", CALENDAR, icon="clock", roles=(ADMIN,), order=96))
    menu.add(Entry("Lời nhắn, thư mẫu", WORDINGS, icon="send", roles=(ADMIN,), order=96))
    menu.add(Entry("Câu trả lời mẫu", CANNED, icon="chat", roles=(ADMIN,), order=96))
    menu.add(Entry("Liên thông", LINKS, icon="settings", roles=(ADMIN,), order=99))
    if channels_of(app[DEPLOYMENT]):
        menu.add(Entry("Kết nối kênh", CONNECTING, icon="settings", roles=(ADMIN,), order=97))
