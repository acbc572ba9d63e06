"""Whether the other side of a trunk is there: registering with it, asking it by OPTIONS."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

import structlog

from channels.call_center.ports import TrunkState
from channels.call_center.sip import wire
from channels.call_center.sip.addressing import numeric
from channels.call_center.sip.dialling import registration
from channels.call_center.sip.dialog import Dialog
from channels.call_center.sip.digest import Digest
from channels.call_center.sip.endpoint import SipEndpoint
from channels.call_center.sip.settings import TrunkSettings
from channels.call_center.sip.wire import SipResponse
from channels.tasks import let_go

log = structlog.get_logger()

FIRST_PAUSE_S = 5.0
LONGEST_PAUSE_S = 120.0
MAX_TRIES = 4
PING_WITHIN = 8  # T1: after four packets a line is down, long before the transaction gives up
NO_ANSWER = "Tổng đài của nhà mạng không trả lời."
REFUSED = "Nhà mạng từ chối đăng ký ({code}): kiểm tra tài khoản và mật khẩu của trung kế."


class Presence:
    """
    The state of one trunk. A trunk without a host is up as soon as it listens.

    With `register` the registration decides; OPTIONS decide where nothing is registered, and where they have ever
    been answered: some carriers never do. `rtt_ms` is of the last one answered,
    `address` where the host was found.
    """

    def __init__(self, name: str, settings: TrunkSettings, endpoint: SipEndpoint) -> None:
        self._name = name
        self._settings = settings
        self._endpoint = endpoint
        self._digest = Digest(settings.user, settings.password)
        self._session: Dialog | None = None
        self._expires = settings.expires_s
        self._tasks: list[asyncio.Task[None]] = []
        self._registered = not settings.register
        self._reached: bool | None = None
        self._failures = 0
        self._started = False
        self._told_down = False
        self.address = ""
        self.rtt_ms: float | None = None
        self.problem = ""

    @property
    def state(self) -> TrunkState:
        """At this moment."""
        if not self._started:
            return TrunkState.IDLE
        waits = self._reached is None and self._pings and not self._settings.register
        up = self._registered and self._reached is not False and not waits
        return TrunkState.UP if up else TrunkState.DOWN

    @property
    def _pings(self) -> bool:
        return bool(self._settings.host and self._settings.options_s)

    async def start(self) -> None:
        """Begin to register and to ask. A name that cannot be looked up now is looked up again with every request."""
        self._started = True
        with suppress(OSError, TimeoutError):
            self.address = await self._found() if self._settings.host else ""
        loop = asyncio.get_running_loop()
        if self._settings.register:
            self._tasks.append(loop.create_task(self._forever(self._registering)))
        if self._pings:
            self._tasks.append(loop.create_task(self._forever(self._pinging)))

    async def _found(self) -> str:
        """The address of whoever is asked first. Raises: OSError, TimeoutError."""
        ours = self._settings
        places = await self._endpoint.locator.places(ours.host, ours.port or None, ours.transport)
        return await numeric(places[0][0])

    async def stop(self) -> None:
        """Stop, and take our registration back where there is one."""
        await let_go(*self._tasks)
        self._tasks.clear()
        if self._settings.register and self._registered:
            with suppress(TimeoutError, OSError):
                async with asyncio.timeout(4 * self._endpoint.settings.timers.t1):
                    await self._register(0)
        self._registered = not self._settings.register
        self._reached = None
        self._started = False

    async def _forever(self, once: Callable[[], Awaitable[float]]) -> None:
        """Do it again after as many seconds as it says; whatever a carrier answers, we go on."""
        while True:
            try:
                pause = await once()
            except Exception:
                log.exception("trunk_presence_failed", trunk=self._name)
                pause = LONGEST_PAUSE_S
            await asyncio.sleep(pause)

    async def _registering(self) -> float:
        answer = await self._asked_to_register()
        self._registered = answer is not None and answer.status_code < 300
        self._failures = 0 if self._registered else self._failures + 1
        self._note(NO_ANSWER if answer is None else REFUSED.format(code=answer.status_code))
        if answer and self._registered:
            return granted(answer, self._expires) / 2
        return min(FIRST_PAUSE_S * 2.0 ** min(self._failures, 10), LONGEST_PAUSE_S)

    async def _asked_to_register(self) -> SipResponse | None:
        try:
            answer = await self._register(self._expires)
        except (OSError, TimeoutError):
            return None
        least = (answer.get_header("min-expires") or "") if answer and answer.status_code == 423 else ""
        if not (least.isdigit() and len(least) < 7 and int(least) > self._expires):
            return answer
        self._expires = int(least)
        return await self._asked_to_register()

    async def _register(self, expires: int) -> SipResponse | None:
        contact = {"Expires": str(expires), "Allow": wire.ALLOW}
        return await self._ask("REGISTER", contact)

    async def _pinging(self) -> float:
        began = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(PING_WITHIN * self._endpoint.settings.timers.t1):
                answer = await self._ask("OPTIONS", {"Accept": "application/sdp"})
        except (OSError, TimeoutError):
            answer = None
        if answer is not None:
            self._reached = answer.status_code not in (408, 503)
            self.rtt_ms = round((asyncio.get_running_loop().time() - began) * 1000, 1)
        elif self._reached is not None or not self._settings.register:
            self._reached = False
        if answer is None:
            self._endpoint.locator.pass_over(self._settings.host, self._settings.transport)
        self._note(NO_ANSWER)
        return self._settings.options_s

    async def _ask(self, method: str, headers: Mapping[str, str]) -> SipResponse | None:
        flow = await self._endpoint.flow(hop(self._settings))
        self.address = flow.remote[0]
        here = self._endpoint.here(flow.transport, flow.remote[0], self._settings.user)
        session = self._session = self._session or registration(self._settings, here)
        session.here = here
        request = session.request(method)
        for name, value in {**headers, "Contact": here.contact}.items():
            request.set_header(name, value)
        request.set_header("User-Agent", self._endpoint.settings.user_agent)
        for _ in range(MAX_TRIES):
            answer = await self._endpoint.transactions.ask(request, flow)
            if answer is None or not self._digest.answer(request, answer):
                return answer
            session.renumber(request)
        return answer

    def _note(self, problem: str) -> None:
        """Told once when it goes, once when it is back."""
        down = self.state is TrunkState.DOWN
        self.problem = problem if down else ""
        if down != self._told_down:
            self._told_down = down
            (log.warning if down else log.info)("trunk_down" if down else "trunk_up", trunk=self._name)


def hop(settings: TrunkSettings) -> wire.SipUri:
    """Where a trunk's own requests go."""
    return wire.SipUri(host=settings.host, port=settings.port or None, params={"transport": settings.transport})


def granted(answer: SipResponse, asked: int) -> float:
    """For how many seconds the registrar keeps us; at least ten."""
    told = [wire.read_address(value).params.get("expires") for value in answer.get_header_values("contact")]
    seconds = [int(value) for value in [*told, answer.get_header("expires")] if value and value.isdigit()]
    return float(max(min([*seconds, asked]), 10))
