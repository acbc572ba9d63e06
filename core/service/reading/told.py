"""What members of staff were told: their own notices, and of a case every delivery with its end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from types import MappingProxyType

from core.contract.errors import NotFound
from core.contract.schema import Model
from core.identity.codes import format_code
from core.service.actors import Member
from core.service.reading.casework import ReadsCases
from core.service.reading.names import Names
from core.service.reading.views import Labelled
from core.storage import staff_notices
from core.storage.staff_notices import Delivery, NoticeRow

FORMS: Mapping[str, str] = MappingProxyType(
    {"console": "Trang nghiệp vụ", "push": "Ứng dụng di động", "sms": "Tin nhắn SMS", "email": "Thư điện tử"}
)
ENDS: Mapping[str, str] = MappingProxyType(
    {
        "shown": "Chưa đọc",
        "read": "Đã đọc",
        "no_channel": "Chưa có kênh gửi",
        "no_address": "Cán bộ chưa đăng ký địa chỉ nhận",
        "nobody": "Chưa có người giữ vai trò này",
        "pending": "Chờ gửi",
        "claimed": "Đang gửi",
        "sent": "Đã gửi",
        "delivered": "Đã đến máy",
        "failed": "Gửi lỗi",
        "unknown": "Chưa rõ đã đến hay chưa",
    }
)
UNREACHED = frozenset({"no_channel", "no_address", "nobody", "failed"})


class NoticeLine(Model):
    """One notice in an official's own list. `read_at`: None while it stands there unread."""

    id: str
    case_id: str
    case_code: str
    subject: str
    text: str
    created_at: datetime
    read_at: datetime | None


class DeliveryLine(Model):
    """
    One notice to one person in one form, and what came of it.

    Args:
        who: the official; empty where nobody holds the role. `reached`: False where it went nowhere.
        state: shown, read, no_channel, no_address, nobody, or how far the message got that carries it.
    """

    who: str
    role: Labelled
    agency: Labelled | None
    subject: str
    form: Labelled
    state: Labelled
    reached: bool
    created_at: datetime
    ended_at: datetime | None
    reason: str = ""


class ReadsNotices(ReadsCases):
    """Notices and deliveries."""

    async def unread(self, member: Member) -> int:
        """How many notices stand unread before this person, counted up to a thousand."""
        return await self._database.read(partial(staff_notices.unread, user_id=member.id))

    async def notices(self, member: Member, *, most: int = 100) -> tuple[NoticeLine, ...]:
        """This person's notices, the newest first."""
        rows = await self._database.read(partial(staff_notices.of_user, user_id=member.id, most=most))
        return tuple(map(_line, rows))

    async def read_notice(self, member: Member, notice_id: str) -> str:
        """Mark one as read. Returns the case it is about. NotFound: no notice of theirs."""
        case_id = await self._database.read(partial(staff_notices.case_of, user_id=member.id, notice_id=notice_id))
        if case_id is None:
            raise NotFound(notice_id)
        mark = partial(staff_notices.mark_read, user_id=member.id, notice_id=notice_id, now=self._now())
        await self._database.write(mark)
        return case_id

    async def read_all_notices(self, member: Member) -> None:
        """Mark every one of this person's as read."""
        await self._database.write(partial(staff_notices.mark_read, user_id=member.id, now=self._now()))

    async def deliveries(self, case_id: str, member: Member) -> tuple[DeliveryLine, ...]:
        """Everything staff were told about a case that this person may see. NotFound."""
        case = await self.case(case_id, member)
        names = self.names(self.pack(case))
        found = await self._database.read(partial(staff_notices.of_case, case_id=case_id))
        return tuple(_delivery(item, names) for item in found)


def _line(row: NoticeRow) -> NoticeLine:
    return NoticeLine(
        id=row.id,
        case_id=row.case_id,
        case_code=format_code(row.case_code),
        subject=row.subject,
        text=row.text,
        created_at=row.created_at,
        read_at=row.read_at,
    )


def _delivery(item: Delivery, names: Names) -> DeliveryLine:
    notice = item.notice
    state = _state(item)
    return DeliveryLine(
        who=item.name,
        role=names.role(notice.role),
        agency=names.maybe_agency(notice.agency_id),
        subject=notice.subject,
        form=Labelled(id=notice.form, label=FORMS.get(notice.form, notice.form)),
        state=Labelled(id=state, label=ENDS.get(state, state)),
        reached=state not in UNREACHED,
        created_at=notice.created_at,
        ended_at=notice.read_at or item.sent_at,
        reason=item.reason,
    )


def _state(item: Delivery) -> str:
    """The farthest that is known: of a message its receipt, else how its sending stands."""
    if item.notice.state != "queued":
        return item.notice.state
    if item.outcome in ("delivered", "read", "failed"):
        return item.outcome
    return item.sending or "pending"
