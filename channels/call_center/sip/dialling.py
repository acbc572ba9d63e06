"""Who we are when we call, and whom: the names in an INVITE or REGISTER of ours. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aiosipua import generate_call_id

from channels.call_center.numbers import is_among, written
from channels.call_center.ports import CallFailed
from channels.call_center.sip.dialog import Dialog, Here
from channels.call_center.sip.settings import TrunkSettings, bracketed

_USER = re.compile(r"[\w.+*#-]{1,64}", re.ASCII)


def shown(settings: TrunkSettings, caller: str) -> str:
    """The number to show; the line's first where none is asked for. Raises: CallFailed: not one of this line's."""
    own = next((one for one in settings.caller_ids if not one.endswith("*")), settings.user or "anonymous")
    number = caller or own
    may = not settings.caller_ids or settings.passes_callers or not caller
    if not (may or is_among(number, settings.caller_ids)):
        raise CallFailed(403, "this number may not be shown on this trunk")
    if not _USER.fullmatch(number):
        raise CallFailed(403, "not a number to show")
    return written(number, settings.shows)


def target(settings: TrunkSettings, user: str = "") -> str:
    """The URI of somebody behind this trunk, or of the trunk itself."""
    name = f"{user.replace('#', '%23')}@" if user else ""
    stream = "" if settings.transport == "udp" else f";transport={settings.transport}"
    port = f":{settings.port}" if settings.port else ""
    return f"sip:{name}{bracketed(settings.host)}{port}{stream}"


def draft(settings: TrunkSettings, here: Here, to: str, caller: str) -> Dialog:
    """Both ends of a call that we make. Raises: CallFailed: no such number can be."""
    if not _USER.fullmatch(to):
        raise CallFailed(404, "not a number")
    to = written(to, settings.dials)
    from_user = settings.user if settings.identity else caller
    return Dialog(
        call_id=generate_call_id(here.address),
        here=here,
        ours=f"<sip:{from_user}@{settings.realm}>",
        theirs=f"<sip:{to.replace('#', '%23')}@{settings.realm}>",
        target=target(settings, to),
    )


def registration(settings: TrunkSettings, here: Here) -> Dialog:
    """What all our REGISTER and OPTIONS share: one Call-ID, growing numbers (§10.2)."""
    return Dialog(
        call_id=generate_call_id(here.address),
        here=here,
        ours=f"<sip:{settings.user or 'langnghe'}@{settings.realm}>",
        theirs=f"<sip:{settings.user or 'langnghe'}@{settings.realm}>",
        target=target(settings),
    )


def identified(settings: TrunkSettings, caller: str, headers: Mapping[str, str]) -> dict[str, str]:
    """The extra headers of a call, with the number where this carrier wants it."""
    if not settings.identity:
        return dict(headers)
    return {settings.identity: f"<sip:{caller}@{settings.realm}>", **headers}
