"""The member of staff behind a request, and the guard that asks for one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps

from aiohttp import web

from core.storage.people import Borrowed, SessionRow
from gateway.auth.errors import NotAllowed, NotSignedIn

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Staff:
    """
    One official, signed in completely (LS-3.1: one account each, personally answerable).

    `grants`: (role, agency id) pairs, the agency empty where the role belongs to none. Exactly one of `session` (a
    browser) and `token_id` (a program with an API token) is set. `borrowed`: the grants that belong to colleagues who
    are away, with whose they are.
    """

    id: str
    login: str
    display_name: str
    grants: tuple[tuple[str, str], ...] = ()
    session: SessionRow | None = None
    token_id: str = ""
    borrowed: tuple[Borrowed, ...] = ()

    @property
    def one_case(self) -> str:
        """The only case that this browser was signed in for, by a link; empty: signed in for everything."""
        return self.session.case_id if self.session else ""

    @property
    def roles(self) -> frozenset[str]:
        """Every role held, wherever."""
        return frozenset(role for role, _ in self.grants)

    def agencies(self, role: str) -> frozenset[str]:
        """Agencies for which this role is held; empty where it belongs to none."""
        return frozenset(agency for held, agency in self.grants if held == role and agency)

    def may(self, *roles: str, agency_id: str = "") -> bool:
        """Whether one of the roles is held, for this agency if one is named; no roles: anybody signed in may."""
        return not roles or any(
            held in roles and (not agency_id or agency_id == agency) for held, agency in self.grants
        )


STAFF = web.RequestKey("staff", Staff)
PENDING = web.RequestKey("pending_session", SessionRow)
"""A session whose password was right and whose second factor is still to come."""


def current_staff(request: web.Request) -> Staff | None:
    """Whoever is signed in completely, or None."""
    return request.get(STAFF)


def staff_of(request: web.Request) -> Staff:
    """Whoever is signed in. Raises NotSignedIn."""
    staff = current_staff(request)
    if staff is None:
        raise NotSignedIn("nobody is signed in")
    return staff


def current_session(request: web.Request) -> SessionRow | None:
    """The browser's session, complete or waiting for its second factor."""
    staff = current_staff(request)
    return staff.session if staff else request.get(PENDING)


def require_staff(*roles: str) -> Callable[[Handler], Handler]:
    """Guard a handler: NotSignedIn without a session or token, NotAllowed without one of the roles (none: anybody)."""

    def guard(handler: Handler) -> Handler:
        @wraps(handler)
        async def guarded(request: web.Request) -> web.StreamResponse:
            if not staff_of(request).may(*roles):
                raise NotAllowed(f"needs one of {', '.join(roles)}")
            return await handler(request)

        return guarded

    return guard
