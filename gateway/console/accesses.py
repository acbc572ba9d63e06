"""`/console/nhat-ky`: who has read personal data of one case, its conversations and its reporters (VN-4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import MappingProxyType

from aiohttp import web

from core.cases.model import Case
from core.contract.errors import NotFound
from core.identity.codes import parse_code
from core.service.joining import JOINED, PARTED
from core.service.reading.names import THE_SYSTEM
from core.storage import people, reports, staff_lists
from core.storage.database import Connection
from core.storage.recordings import ERASED
from core.storage.retention import PSEUDONYMISED, SYSTEM
from gateway.console.shared import line_of, member_of, reader_of, require_caretaker, show
from gateway.deployment import DEPLOYMENT

WHAT = MappingProxyType(
    {
        "identity": "Thông tin người phản ánh",
        "conversation": "Nội dung hội thoại",
        "contact": "Hồ sơ người liên hệ",
        "file": "Ảnh, tệp đính kèm",
        "letter": "Văn bản trả lời",
        JOINED: "Gộp người liên hệ cùng số điện thoại đã xác minh",
        PARTED: "Tách người liên hệ đã gộp",
        PSEUDONYMISED: "Ẩn danh người phản ánh khi hết thời hạn lưu",
        ERASED: "Xóa ghi âm cuộc gọi khi hết thời hạn lưu",
    }
)
NOT_A_CODE = "Mã phản ánh có 12 chữ số. Vui lòng kiểm tra lại từng số."
UNKNOWN = "Không tìm thấy hồ sơ có mã này."


@dataclass(frozen=True)
class Access:
    """One person read one kind of data: how often within a minute, the last time at `at`."""

    at: datetime
    name: str
    what: str
    times: int = 1


@require_caretaker
async def show_accesses(request: web.Request) -> web.StreamResponse:
    """The log of the case with the code of `?ma=`."""
    typed = line_of(request.query.get("ma"))
    if not typed:
        return _page(request)
    code = parse_code(typed)
    if code is None:
        return _page(request, typed, status=422, error=NOT_A_CODE)
    try:
        row = await request.app[DEPLOYMENT].database.read(partial(reports.by_code, code=code))
        case = await reader_of(request).case(row.case_id, member_of(request))
    except NotFound:
        return _page(request, typed, status=404, error=UNKNOWN)
    found = await request.app[DEPLOYMENT].database.read(partial(_read, case=case))
    return _page(request, typed, case=case, rows=gathered(found))


def _page(
    request: web.Request,
    typed: str = "",
    *,
    status: int = 200,
    error: str = "",
    case: Case | None = None,
    rows: list[Access] | None = None,
) -> web.Response:
    return show(request, "accesses.html", status=status, typed=typed, error=error, case=case, rows=rows or [])


def _read(connection: Connection, *, case: Case) -> list[Access]:
    told = [ref for one in case.reports for ref in (one.conversation_id, one.contact_id) if ref]
    noted = [one for ref in dict.fromkeys([case.id, *told]) for one in people.accesses(connection, ref)]
    names = staff_lists.user_names(connection, {user for _, user, _ in noted})
    names |= {SYSTEM: THE_SYSTEM}
    found = (Access(at, names.get(user, user), WHAT.get(what, what)) for at, user, what in noted)
    return sorted(found, key=lambda one: one.at, reverse=True)


def gathered(found: list[Access]) -> list[Access]:
    """One line for what one person read within one minute: a page with six photos is six readings."""
    lines: dict[tuple[datetime, str, str], Access] = {}
    for one in found:
        key = (one.at.replace(second=0, microsecond=0), one.name, one.what)
        times = lines[key].times + 1 if key in lines else 1
        lines[key] = Access(lines[key].at if key in lines else one.at, one.name, one.what, times)
    return list(lines.values())
