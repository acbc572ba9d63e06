"""`/console/luu-tru`: how long what is kept here, on which ground, and what was deleted when (VN-14, VN-15)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from aiohttp import web

from core.storage import deletions, erasure, staff_lists
from core.storage.database import Connection
from core.storage.retention import SYSTEM
from gateway.console.shared import HOME, require_caretaker, show
from gateway.deployment import DEPLOYMENT
from gateway.settings import Settings
from gateway.workers.sweeps import ANSWERS, ATTEMPTS, FOLLOWERS, SESSIONS

PAGE = f"{HOME}/luu-tru"
FOR_EVER = "không định ngày xóa"
WHAT = MappingProxyType(
    {
        "cases": "Hồ sơ phản ánh và chuỗi sự kiện",
        "reporters": "Thông tin người phản ánh của hồ sơ đã kết thúc",
        "recordings": "Ghi âm cuộc gọi",
        "raw_bodies": "Bản gốc tin đến",
        "access_log": "Nhật ký xem thông tin cá nhân",
        "sessions": "Phiên đăng nhập của cán bộ",
        "attempts": "Lần thử mật khẩu, mã PIN",
        "answers": "Câu trả lời nhớ tạm của API",
        "followers": "Trình duyệt theo dõi phản ánh của người khác",
        "passwords": "Mã xác nhận đã hết hạn",
        "forms": "Biểu mẫu chưa gửi",
        "files": "Tệp không thuộc ai",
    }
)


@dataclass(frozen=True)
class Rule:
    """How long one sort of record is kept, in words, and the rules it rests on."""

    what: str
    kept: str
    rules: tuple[str, ...]


def rules_of(settings: Settings) -> tuple[Rule, ...]:
    """What this deployment keeps how long."""
    retention, people = settings.retention, settings.personal_data
    years, days = retention.pseudonymise_after_years, retention.recordings_days
    return (
        Rule("cases", FOR_EVER, ("TG-11.1", "LS-9.1", "QB-IV.1.6a", "VN-15")),
        Rule("reporters", f"{years} năm sau khi kết thúc" if years else FOR_EVER, ("VN-4", "VN-15")),
        Rule("recordings", f"{days} ngày sau khi không còn cần" if days else FOR_EVER, ("VN-5",)),
        Rule("raw_bodies", f"{settings.intake.keep_raw_days} ngày", ("VN-15",)),
        Rule("access_log", f"{people.access_log_months} tháng", ("VN-14",)),
        Rule("sessions", f"{SESSIONS.days} ngày sau khi kết thúc", ("VN-14",)),
        Rule("attempts", f"{ATTEMPTS.days} ngày", ("VN-14",)),
        Rule("answers", f"{ANSWERS.days} ngày", ("VN-15",)),
        Rule("followers", f"{FOLLOWERS.days} ngày sau khi kết thúc", ("VN-4", "VN-15")),
    )


@require_caretaker
async def show_keeping(request: web.Request) -> web.StreamResponse:
    """The rules and the book of deletions."""
    deployment = request.app[DEPLOYMENT]
    done, since = await deployment.database.read(_read)
    names = await deployment.database.read(partial(staff_lists.user_names, ids={one.actor for one in done}))
    return show(
        request,
        "keeping.html",
        rules=rules_of(deployment.settings),
        deeds=done,
        since=since,
        names={SYSTEM: "Hệ thống", **names},
        what=WHAT,
        left=await deployment.database.read(erasure.left_elsewhere),
    )


def _read(connection: Connection) -> tuple[list[deletions.Deletion], object]:
    return deletions.newest(connection), deletions.oldest_access(connection)
