"""Who is asking: the owner of the token, or whoever is signed in."""

from __future__ import annotations

from core.contract.schema import Model
from core.service.reading.names import Names
from core.service.reading.views import Labelled
from gateway.api.operation import Answer, Call, Operation
from gateway.roles import role_label


class GrantView(Model):
    """One role, and the agency it holds for."""

    role: Labelled
    agency: Labelled | None


class Me(Model):
    """Who is asking. `waiting`: tasks per role. `by_token`: a program, not a browser."""

    id: str
    login: str
    name: str
    by_token: bool
    grants: tuple[GrantView, ...]
    waiting: dict[str, int]


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
        )
    )


OPERATIONS = (Operation("showMe", "GET", "/me", "me", "Tài khoản của tôi", show_me, Me),)
