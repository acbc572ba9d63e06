"""What the console's pages share: who asks, the reader, where a list goes on, and what just happened."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from typing import Any

from aiohttp import web

from channels.base import clean_text
from core.cases.commands import NAMES, REGISTRY
from core.clock.zone import day_written
from core.regulations.catalogue import Catalogue, load_catalogue
from core.service.actors import Member
from core.service.answering import Answering
from core.service.reading import CaseReader
from core.service.reading.looks import Looks
from gateway.auth import NotAllowed, require_staff, staff_of
from gateway.deployment import DEPLOYMENT, Deployment
from gateway.pages import render
from gateway.roles import member_of as member_behind

HOME = "/console"
CASES = "/console/ho-so"
TALKS = "/console/hoi-thoai"
LONGEST_LINE = 200
BUTTON = "nut"
"""Beside `?xong=`: under which name a regulation offered the command."""

After = tuple[int, str]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_AFTER = re.compile(r"(?P<value>\d{1,19})-(?P<id>[0-9a-zA-Z_-]{1,64})")
_DONE = {
    "tra-loi": "Đã gửi trả lời.",
    "tiep-nhan": "Anh/chị đang trả lời hội thoại này; trợ lý tự động tạm dừng.",
    "dong-hoi-dap": "Đã đóng hội thoại: câu hỏi đã được trả lời, không lập hồ sơ.",
    "tra-ve": "Đã giao lại hội thoại cho trợ lý tự động.",
    "doc-lai": "Đã đưa tin trở lại hàng đợi để đọc lại.",
    "gui-lai": "Đã xếp tin vào hàng đợi để gửi lại.",
    "da-den": "Đã ghi nhận tin đã đến người nhận.",
    "bo-qua": "Đã bỏ qua tin này; tin sẽ không được gửi nữa.",
    "da-doc": "Đã đánh dấu đã đọc mọi thông báo.",
    "dia-chi": "Đã lưu địa chỉ nhận thông báo.",
    "them-vai-tro": "Đã giao vai trò.",
    "bot-vai-tro": "Đã thu hồi vai trò.",
    "dang-xuat": "Đã kết thúc mọi phiên đăng nhập của người dùng này.",
    "lop-hai": "Đã xóa thiết bị xác thực; lần đăng nhập tới người dùng đặt lại từ đầu.",
    "khoa": "Đã khóa tài khoản và kết thúc mọi phiên đăng nhập.",
    "mo-khoa": "Đã mở lại tài khoản.",
    "them-co-quan": "Đã thêm cơ quan.",
    "doi-co-quan": "Đã lưu thay đổi của cơ quan.",
    "dong-co-quan": "Đã ghi ngày kết thúc hoạt động.",
    "dau-moi": "Đã lưu đầu mối.",
    "ban-giao": "Đã bàn giao mọi việc đang mở.",
    "nguoi-thay": "Đã lưu người thay.",
    "het-thay": "Đã kết thúc việc thay.",
    "dinh-danh": "Đã lưu số hiệu cán bộ.",
    "goi-lai": "Đã ghi nhận kết quả gọi lại.",
    "dang-goi": "Đang gọi. Vui lòng nói chuyện ở trang Tổng đài.",
    "bat-cao-diem": "Đã bật chế độ cao điểm cho các cuộc gọi tiếp theo.",
    "tat-cao-diem": "Đã tắt chế độ cao điểm.",
    "sua-thong-bao": "Đã lưu bản nháp; vui lòng xem lại trước khi công bố.",
    "cong-bo": "Đã công bố thông báo.",
    "trinh-thong-bao": "Đã trình thông báo để đơn vị duyệt.",
    "duyet-thong-bao": "Đã duyệt; thông báo chờ Trung tâm kiểm duyệt.",
    "tra-thong-bao": "Đã trả lại thông báo kèm lý do.",
    "khong-qua-duyet": "Đã lưu danh sách đơn vị không cần Trung tâm kiểm duyệt.",
    "go-thong-bao": "Đã gỡ thông báo; người dân không còn thấy.",
    "dia-diem": "Đã sửa địa điểm của hồ sơ.",
    "che-anh": "Đã che vùng đã chọn trong ảnh công khai.",
    "bo-che": "Đã bỏ che; ảnh công khai hiện đầy đủ.",
    "kiem-tra": "Đã bắt đầu kiểm tra; kết quả hiện ở cuối trang khi xong.",
    "loi-nhan": "Đã lưu; nội dung mới có hiệu lực ngay.",
    "ban-goc": "Đã trả về bản gốc.",
    "linh-vuc": "Đã lưu lĩnh vực; áp dụng cho phản ánh nhận từ bây giờ.",
    "gui-thu": "Đã xếp tin thử vào hàng đợi; kết quả hiện ở cuối trang.",
    "lich": "Đã ghi thông báo vào lịch làm việc.",
    "cau-mau": "Đã lưu câu trả lời mẫu.",
    "bo-cau-mau": "Đã bỏ câu trả lời mẫu.",
    "thu-loi-thoai": "Đã lưu bản thu; người gọi nghe bản này từ câu nói kế tiếp.",
    "bo-loi-thoai": "Đã bỏ bản thu; người gọi nghe giọng máy.",
    "kich-ban-goi": "Đã lưu kịch bản; áp dụng từ cuộc gọi tiếp theo.",
    "cho-truc": "Đã lưu; có hiệu lực khi người này mở lại trang Tổng đài.",
    "quoc-gia-them": "Đã đưa hồ sơ vào danh sách chờ nhập hệ thống quốc gia.",
    "quoc-gia-nhap": "Đã ghi mã trên hệ thống quốc gia vào hồ sơ.",
    "quoc-gia-bo": "Đã ghi nhận hồ sơ không thuộc diện nhập hệ thống quốc gia.",
    "soan-bao-cao": "Đã soạn báo cáo và lưu tệp.",
    "gui-bao-cao": "Đã ghi nhận báo cáo được gửi.",
    "ket-noi": "Đã kết nối kênh với nhà cung cấp.",
    "thu-lien-thong": "Đã xếp tin thử vào hàng đợi; tải lại trang để xem kết quả.",
    "het-lien-thong": "Đã kết thúc liên thông; hệ thống đó không nhận tin và không gọi vào được nữa.",
    "de-nghi-cung-cap": "Đã lập đề nghị cung cấp hồ sơ; chờ người khác duyệt.",
    "tu-choi-cung-cap": "Đã ghi: không cung cấp.",
    "yeu-cau-du-lieu": "Đã ghi yêu cầu về dữ liệu; thời hạn bắt đầu tính.",
    "du-lieu-xac-minh": "Đã ghi kết quả xác minh người yêu cầu.",
    "du-lieu-tra-loi": "Đã trả lời người yêu cầu.",
    "du-lieu-gia-han": "Đã gia hạn; người yêu cầu được báo thời hạn mới.",
    "du-lieu-thuc-hien": "Đã thực hiện yêu cầu.",
    "du-lieu-tu-choi": "Đã từ chối yêu cầu; người yêu cầu được báo căn cứ.",
    "du-lieu-rut": "Đã ghi người yêu cầu rút yêu cầu.",
    "du-lieu-bo-han-che": "Đã bỏ hạn chế xử lý.",
}


@dataclass(frozen=True)
class Console:
    """The console's own things, built over a deployment."""

    reader: CaseReader
    answering: Answering
    looks: Looks
    rules: Catalogue = field(default_factory=load_catalogue)

    @classmethod
    def of(cls, deployment: Deployment) -> Console:
        """One for the life of the application."""
        reader = CaseReader(
            deployment.database, safe=deployment.safe, regulation=deployment.regulation, now=deployment.now
        )
        return cls(reader, Answering(deployment.clerk), Looks(deployment.media))

    def cite(self, rule: str) -> str:
        """Where a rule stands (Điều, khoản); empty for one that is not in the catalogue."""
        return self.rules[rule].cite if rule in self.rules else ""


CONSOLE = web.AppKey("console", Console)


def reader_of(request: web.Request) -> CaseReader:
    """What the pages read with."""
    return request.app[CONSOLE].reader


def member_of(request: web.Request) -> Member:
    """Whoever is signed in, as the case service knows them. Raises NotSignedIn."""
    return member_behind(staff_of(request))


def require_caretaker(handler: Handler) -> Handler:
    """Guard of what belongs to the centre and to administrators. Raises NotSignedIn, NotAllowed."""

    @require_staff()
    @wraps(handler)
    async def guarded(request: web.Request) -> web.StreamResponse:
        if not reader_of(request).hears(member_of(request)):
            raise NotAllowed("for the centre and administrators")
        return await handler(request)

    return guarded


def show(request: web.Request, template: str, *, status: int = 200, **context: Any) -> web.Response:
    """A console page; besides what every page knows: `done` (what just happened) and `cite(rule)`."""
    given = {"done": done_sentence(request), "cite": request.app[CONSOLE].cite, **context}
    response = render(request, f"console/{template}", status=status, **given)
    response.headers["Cache-Control"] = "no-store"
    return response


def done_sentence(request: web.Request) -> str:
    """
    What `?xong=` names: a command or one of our own acts; any other word says nothing.

    A command is called what its button was: a regulation may word it otherwise, even to the contrary.
    """
    name, called = request.query.get("xong", ""), request.query.get(BUTTON, "")
    if name not in NAMES:
        return _DONE.get(name, "")
    packs = request.app[DEPLOYMENT].regulation.packs
    known = {row.label for pack in packs for row in pack.moves_for(name)} - {""}
    return f"Đã thực hiện: {called if called in known else REGISTRY[name].label}."


def day_in(written: str | None) -> date | None:
    """The day that was chosen; None where that is none that anybody means."""
    try:
        return day_written(written or "")
    except ValueError:
        return None


def now_of(request: web.Request) -> Any:
    """The deployment's present instant."""
    return request.app[DEPLOYMENT].now()


def read_after(request: web.Request) -> After | None:
    """Where the page before ended, out of `?sau=`; None for the first page and for anything else."""
    found = _AFTER.fullmatch(request.query.get("sau", ""))
    return (int(found["value"]), found["id"]) if found and int(found["value"]) < 2**63 else None


def read_number(request: web.Request) -> int:
    """The same for lists that are numbered; 0 for the first page."""
    given = request.query.get("sau", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0


def next_page(request: web.Request, after: After | int | None) -> str:
    """Address of the next page of this list; empty on the last."""
    if after is None:
        return ""
    place = str(after) if isinstance(after, int) else f"{after[0]}-{after[1]}"
    kept = {name: value for name, value in request.query.items() if name not in ("sau", "xong", BUTTON)}
    return str(request.rel_url.with_query({**kept, "sau": place}))


def line_of(value: object) -> str:
    """One short line somebody typed; a missing field or a file is an empty one."""
    return " ".join(clean_text(value).split())[:LONGEST_LINE] if isinstance(value, str) else ""
