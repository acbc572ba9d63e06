"""Session timers (RFC 4028): a call whose other end has vanished is found out. Negotiation is pure."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from channels.call_center.sip.wire import SipRequest, SipResponse

LEAST = 90


class TooShort(Exception):
    """They want to refresh more often than we allow: 422 with Min-SE."""


@dataclass(frozen=True, slots=True)
class Session:
    """Both ends refresh within `seconds`; `ours`: we do it. 0 seconds: no timer. `update`: they take UPDATE."""

    seconds: int = 0
    ours: bool = False
    update: bool = True

    def header(self, *, answering: bool) -> str:
        """Session-Expires as we say it, in an answer of ours or in a request."""
        refresher = "uas" if self.ours is answering else "uac"
        return f"{self.seconds};refresher={refresher}"


def read(message: SipRequest | SipResponse) -> tuple[int, str]:
    """Their Session-Expires: seconds (0: none) and refresher."""
    value, *params = (message.get_header("session-expires") or "").split(";")
    told = {key.strip().lower(): text.strip().lower() for key, _, text in (p.partition("=") for p in params)}
    seconds = int(value) if value.strip().isdigit() and len(value) < 8 else 0
    return seconds, told.get("refresher", "")


def asked(request: SipRequest, most: int) -> Session:
    """What we agree to when they ask. Raises: TooShort."""
    supported = any("timer" in value.lower() for value in request.get_header_values("supported"))
    seconds, refresher = read(request)
    update = _takes_update(request)
    if not most or not (supported or seconds):
        return Session(update=update)
    if 0 < seconds < LEAST and supported:
        raise TooShort
    least = max(_number(request.get_header("min-se")), LEAST)
    agreed = max(min(seconds or most, most), least)
    ours = refresher == "uas" or not supported  # a proxy asked for it; they know nothing of it
    return Session(agreed, ours, update)


def told(response: SipResponse, before: Session) -> Session:
    """What their 2xx to a request of ours settled."""
    seconds, refresher = read(response)
    return replace(before, seconds=seconds, ours=refresher != "uas", update=_takes_update(response))


def _takes_update(message: SipRequest | SipResponse) -> bool:
    allowed = message.get_header_values("allow")
    return any("UPDATE" in value.upper() for value in allowed)


def _number(text: str | None) -> int:
    return int(text) if text and text.strip().isdigit() and len(text) < 8 else 0


class Watch:
    """Calls `refresh` at half the time where it is our turn, `expire` when theirs has passed (RFC 4028 §10)."""

    def __init__(self, refresh: Callable[[], None], expire: Callable[[], None]) -> None:
        self._refresh = refresh
        self._expire = expire
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, session: Session) -> None:
        """Start anew, as after every refresh."""
        self.stop()
        if not session.seconds:
            return
        act = self._refresh if session.ours else self._expire
        self._timer = asyncio.get_running_loop().call_later(pause(session), act)

    def stop(self) -> None:
        """The call is over."""
        if self._timer:
            self._timer.cancel()
            self._timer = None


def pause(session: Session) -> float:
    """Seconds until we refresh, or until we take them for dead."""
    if session.ours:
        return session.seconds / 2
    return session.seconds - min(32.0, session.seconds / 3)
