"""Who is asking: the owner of the token, or whoever is signed in."""

from __future__ import annotations

from core.contract.schema import Model
from core.service.reading.names import Names
from core.service.reading.told import NoticeLine
from core.service.reading.views import Labelled
from gateway.api.operation import Answer, Call, Listing, Operation
from gateway.roles import role_label


class GrantView(Model):
    """One role, and the agency it holds for."""

    role: Labelled
    agency: Labelled | None


class Me(Model):
    """Who is asking. `waiting`: tasks per role. `unread`: notices not read yet. `by_token`: a program, no browser."""

    id: str
    login: str
    name: str
    by_token: bool
    grants: tuple[GrantView, ...]
    waiting: dict[str, int]
    unread: int


async def show_me(call: Call) -> Answer:
    """My account, what I may do, and how much waits for me."""
    regulation, staff = call.deployment.regulation, call.staff
    names = Names(regulation.current, regulation.agencies)
    grants = tuple(
        GrantView(role=Labelled(id=role, label=role_label(regulation.current, role)), agency=names.maybe_agency(agency))
        for role, agency in staff.grants
    )
    waiting = await call.reader.waiting(call.member)
    return Answer(
        Me(
            id=staff.id,
            login=staff.login,
            name=staff.display_name,
            by_token=bool(staff.token_id),
            grants=grants,
            waiting=waiting,
            unread=await call.reader.unread(call.member),
        )
    )


async def list_notices(call: Call) -> Answer:
    """What I was told, the newest hundred."""
    return Answer(Listing[NoticeLine](items=await call.reader.notices(call.member)))


async def read_notice(call: Call) -> Answer:
    """I have read it; it stands before me no longer."""
    await call.reader.read_notice(call.member, call.path("notice_id"))
    return Answer(status=204)


OPERATIONS = (
    Operation("showMe", "GET", "/me", "me", "Tài khoản của tôi", show_me, Me),
    Operation("listNotices", "GET", "/me/notices", "me", "Thông báo của tôi", list_notices, Listing[NoticeLine]),
    Operation("readNotice", "POST", "/me/notices/{notice_id}/read", "me", "Đánh dấu đã đọc", read_notice, status=204),
)
