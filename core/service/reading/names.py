"""How codes and ids read in Vietnamese: from the pack of the case, the agencies of today, and the list of users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from core.cases.agencies import AgencyTree
from core.cases.events import ActorRef
from core.cases.model import Flags
from core.regulations.model import Pack
from core.regulations.words import Level
from core.service.reading.views import Labelled, Person

SYSTEM, REPORTER = "system", "reporter"
THE_SYSTEM, THE_REPORTER, UNKNOWN = "Hệ thống", "Người phản ánh", "Cán bộ không còn tài khoản"

CHANNELS: Mapping[str, str] = MappingProxyType(
    {
        "web": "Cổng thông tin",
        "email": "Thư điện tử",
        "app": "Ứng dụng",
        "partner": "Liên thông",
        "phone": "Điện thoại",
        "call": "Điện thoại",
        "call_center": "Tổng đài",
        "sms": "Tin nhắn SMS",
        "zalo": "Zalo",
        "facebook": "Facebook",
        "telegram": "Telegram",
    }
)
WAYS: Mapping[str, str] = MappingProxyType({**CHANNELS, "webpush": "Thông báo trên trình duyệt"})
"""The same, and those on which we write and nobody answers."""
OWN_ROLES: Mapping[str, str] = MappingProxyType({"admin": "Quản trị hệ thống"})
"""Roles that belong to the deployment, whatever its regulation."""
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "reason": "Lý do",
        "content": "Nội dung",
        "place": "Nơi xảy ra",
        "time": "Thời gian xảy ra",
        "name": "Họ và tên",
        "phone": "Số điện thoại",
        "email": "Thư điện tử",
        "reachable": "Địa chỉ liên hệ nhận trả lời",
        "contact": "Địa chỉ liên hệ nhận trả lời",
        "address": "Địa chỉ",
        "identity_number": "Số căn cước",
        "identity": "Số căn cước",
        "media": "Ảnh, video",
    }
)
FLAGS: Mapping[str, str] = MappingProxyType(
    {
        "confidential": "Giữ bí mật người phản ánh",
        "flagged": "Có dấu hiệu ảnh hưởng uy tín",
        "confirmed": "Ảnh hưởng uy tín (đã xác nhận)",
        "secret": "Nghi bí mật nhà nước",
        "valuable": "Có giá trị",
        "false_report": "Sai sự thật",
        "out_of_scope": "Ngoài phạm vi quy chế",
    }
)
OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "reached": "đã liên hệ được với người phản ánh",
        "not_reached": "không liên lạc được",
        "not_the_reporter": "người nghe máy không phải người phản ánh",
    }
)


@dataclass(frozen=True)
class Names:
    """Looks words up; what nobody knows any more reads as its id."""

    pack: Pack
    agencies: AgencyTree
    users: Mapping[str, str] = field(default_factory=dict)

    def agency(self, agency_id: str) -> Labelled:
        """An agency by its name of today."""
        return Labelled(id=agency_id, label=self.agencies.name(agency_id))

    def maybe_agency(self, agency_id: str | None) -> Labelled | None:
        """The same where there may be none."""
        return self.agency(agency_id) if agency_id else None

    def stage(self, level: Level, name: str) -> Labelled:
        """A stage as the regulation calls it."""
        known = getattr(self.pack.stages, level).get(name)
        return Labelled(id=name, label=known.label if known else name)

    def role(self, name: str) -> Labelled:
        """A role as the regulation calls it."""
        known = self.pack.roles.get(name)
        return Labelled(id=name, label=known.label if known else OWN_ROLES.get(name, name))

    def category(self, name: str) -> Labelled:
        """A field of competence (lĩnh vực)."""
        known = self.pack.intake.categories.get(name)
        return Labelled(id=name, label=known.label if known else name)

    def urgency(self, name: str) -> Labelled:
        """A tier of urgency."""
        known = self.pack.intake.urgencies.get(name)
        return Labelled(id=name, label=known.label if known else name)

    def attendant(self, user_id: str) -> Labelled | None:
        """Who has taken a conversation over, by name."""
        return Labelled(id=user_id, label=self.users.get(user_id, UNKNOWN)) if user_id else None

    def channel(self, name: str) -> Labelled:
        """A way in, in the regulation's word where it has one."""
        known = self.pack.intake.channels.get(name)
        return Labelled(id=name, label=known.label if known else CHANNELS.get(name, name))

    def field(self, name: str) -> Labelled:
        """Something a report holds."""
        asked = (entry.label for entry in self.pack.intake.required.values() if entry.field == name)
        return Labelled(id=name, label=next(asked, FIELDS.get(name, name)))

    def level(self, name: str) -> Labelled:
        """A step of the reporter's verdict."""
        known = self.pack.rating.levels.get(name)
        return Labelled(id=name, label=known.label if known else name)

    def clock(self, name: str) -> str:
        """A time limit."""
        known = self.pack.clocks.get(name)
        return known.label if known else name

    def reason(self, name: str) -> str:
        """A lawful ground to decline or cancel."""
        known = self.pack.decline_reasons.get(name) or self.pack.cancel_reasons.get(name)
        return known.label if known else name

    def staff(self, user_id: str) -> Person:
        """An official by id."""
        return Person(id=user_id, name=self.users.get(user_id, UNKNOWN))

    def maybe_staff(self, user_id: str | None) -> Person | None:
        """The same where there may be none."""
        return self.staff(user_id) if user_id else None

    def person(self, by: ActorRef) -> Person:
        """Whoever is behind an event."""
        if by.role == REPORTER:
            return Person(id="", name=THE_REPORTER)
        if by.id == SYSTEM:
            return Person(id=SYSTEM, name=THE_SYSTEM)
        agency = self.agencies.name(by.agency_id) if by.agency_id else ""
        away = self.staff(by.acting_for).name if by.acting_for else ""
        name, role = self.users.get(by.id, UNKNOWN), "" if by.role == SYSTEM else self.role(by.role).label
        return Person(id=by.id, name=name, role=role, agency=agency, acting_for=away)

    def flags(self, flags: Flags) -> tuple[Labelled, ...]:
        """The marks that are set."""
        set_ones = [name for name, value in flags if value is True]
        if flags.reputation != "none":
            set_ones.append(flags.reputation)
        return tuple(Labelled(id=name, label=FLAGS[name]) for name in set_ones)
