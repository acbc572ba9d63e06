"""
The way out to a provider's HTTP interface: one session, time limits on everything, and honest failures.

What a caller hears says whether the request can be repeated: `ConnectionFailed` never left us, `OutcomeUnknown` left
and was not answered, `Throttled` was refused for now. Any other answer is a `Reply` for the channel's own error table.
Nothing here writes a log line: addresses and headers of providers carry secrets.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from socket import AddressFamily
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from core.contract.errors import (
    ChannelMisconfigured,
    ConnectionFailed,
    FileElsewhere,
    MessageInvalid,
    OutcomeUnknown,
    ProviderRefused,
    TemporarySendError,
    Throttled,
)

ANSWER_LIMIT = 4 * 1024 * 1024
"""Bytes of an answer that we are ready to hold."""
PAUSE = 30.0
"""Seconds to wait after a 429 that does not say how long."""
LONGEST_PAUSE = 86_400.0
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
"""What can only happen before a request has left."""
_HOPS = 3
_ELSEWHERE = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Reply:
    """What a provider answered; header names are in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the status says so; several providers say 200 to everything and put the error into the body."""
        return 200 <= self.status < 300

    def json(self) -> dict[str, Any]:
        """The body as an object, whatever type it is labelled with. Raises OutcomeUnknown: it may have been taken."""
        try:
            value = json.loads(self.body)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise OutcomeUnknown("the answer is not a JSON object", provider_code=str(self.status))
        return value


@dataclass
class Turns:
    """Spreads what one process sends, so that no more than `per_second` leave. `clock`: seconds that only grow."""

    per_second: float
    clock: Callable[[], float] = time.monotonic
    _free_at: float = -math.inf

    def take(self) -> float:
        """The next turn is ours; how many seconds away it is."""
        now = self.clock()
        turn = max(now, self._free_at)
        self._free_at = turn + 1 / self.per_second
        return turn - now

    async def wait(self) -> None:
        """Take a turn, and wait for it."""
        seconds = self.take()
        if seconds > 0:
            await asyncio.sleep(seconds)


class ProviderHttp:
    """
    Calls to one provider below `base_url`. Opened with the first call, in the event loop that makes it.

    Plain http and addresses inside the house are allowed only where `base_url` itself points at this machine (a
    sandbox, a test); everywhere else a name that leads to a private address is refused (SSRF), unless that lies in one
    of the networks `inside` that the deployment named. `most`: bytes of an answer; a longer one is cut there.
    """

    def __init__(
        self,
        base_url: str,
        *,
        timeout: float = 20.0,
        connections: int = 64,
        inside: Sequence[Network] = (),
        most: int = ANSWER_LIMIT,
    ) -> None:
        self._base = base_url.rstrip("/")
        self.at_home = _is_loopback(URL(self._base).host or "")
        self._timeout = aiohttp.ClientTimeout(total=timeout, sock_connect=min(timeout, 5.0))
        self._connections = connections
        self._inside = tuple(inside)
        self._most = most
        self._session: aiohttp.ClientSession | None = None

    async def get(
        self, path: str, *, query: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Ask for something."""
        return await self._call("GET", path, params=query, headers=headers)

    async def post_json(
        self,
        path: str,
        payload: Any,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Hand over a JSON document, in UTF-8 and with its letters unescaped."""
        data = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
        kind = {"Content-Type": "application/json; charset=utf-8"}
        return await self._call("POST", path, params=query, data=data, headers=kind | dict(headers or {}))

    async def post_bytes(self, path: str, data: bytes, *, headers: Mapping[str, str]) -> Reply:
        """Hand over a body as it is; what it is stands in the headers."""
        return await self._call("POST", path, data=data, headers=headers)

    async def post_form(
        self,
        path: str,
        fields: Mapping[str, Any] | aiohttp.FormData,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Hand over form fields; an `aiohttp.FormData` may hold files."""
        return await self._call("POST", path, params=query, data=fields, headers=headers)

    async def delete(self, path: str, *, headers: Mapping[str, str] | None = None) -> Reply:
        """Have something removed."""
        return await self._call("DELETE", path, headers=headers)

    async def download(
        self, url: str, *, hosts: frozenset[str], most: int, headers: Mapping[str, str] | None = None
    ) -> bytes:
        """
        A file the provider holds. `hosts`: exact names, or ".zdn.vn" for all below it; every redirection is checked.

        Raises FileElsewhere: not one of these hosts. MessageInvalid: longer than `most` bytes. ChannelMisconfigured:
        refused to us. ProviderRefused: it is gone (the status is the provider code). TemporarySendError: try again.
        """
        try:
            return await self._follow(_address(url), hosts, most, headers)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise TemporarySendError(type(error).__name__) from None

    async def _follow(self, target: URL, hosts: frozenset[str], most: int, headers: Mapping[str, str] | None) -> bytes:
        for _hop in range(_HOPS):
            self._allow(target, hosts)
            async with self._opened().get(target, headers=headers, allow_redirects=False) as answer:
                if answer.status not in _ELSEWHERE:
                    return await _file(answer, most, proved=headers is not None)
                headers = None  # what proves us to one host is none of another's business
                target = target.join(_address(answer.headers.get("Location", "")))
        raise FileElsewhere("too many redirections")

    async def close(self) -> None:
        """Let go of the connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _call(self, method: str, path: str, **request: Any) -> Reply:
        session = self._opened()
        try:
            async with session.request(method, self._base + path, allow_redirects=False, **request) as answer:
                body = await _at_most(answer, self._most)
                reply = Reply(answer.status, body, {name.lower(): value for name, value in answer.headers.items()})
        except NOT_SENT as error:
            raise ConnectionFailed(type(error).__name__) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise OutcomeUnknown(type(error).__name__) from None
        if reply.status == 429:
            raise Throttled("too many requests", retry_after=retry_after(reply.headers), provider_code="429")
        return reply

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=self._connections,
                keepalive_timeout=10,  # shorter than providers': a call on a dead connection has an unknown outcome
                resolver=None if self.at_home else _Outside(self._inside),
            )
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=self._timeout, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    def _allow(self, target: URL, hosts: frozenset[str]) -> None:
        host = target.host or ""
        if self.at_home and _is_loopback(host):
            return
        known = host in hosts or any(name.startswith(".") and host.endswith(name) for name in hosts)
        if target.scheme != "https" or target.explicit_port not in {None, 443} or not known:
            raise FileElsewhere("the file is not where this provider keeps its files")


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds that a `Retry-After` asks for, as a number or a date; half a minute where it does not say."""
    given = headers.get("retry-after", "")
    try:
        seconds = float(given)
    except ValueError:
        seconds = _seconds_until(given)
    return min(max(seconds, 1.0), LONGEST_PAUSE) if math.isfinite(seconds) else PAUSE


def _seconds_until(date: str) -> float:
    try:
        return (parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return PAUSE


def _address(url: str) -> URL:
    try:
        return URL(url)
    except ValueError:
        raise FileElsewhere("not an address") from None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Outside(AbstractResolver):
    """Names that lead into the house, or to this machine, lead nowhere: the address checked is the one connected to."""

    def __init__(self, inside: Sequence[Network]) -> None:
        self._inside = inside
        self._resolver = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: AddressFamily = AddressFamily.AF_INET
    ) -> list[ResolveResult]:
        resolved = await self._resolver.resolve(host, port, family)
        found = [one for one in resolved if may_be_called(one["host"], self._inside)]
        if not found:
            raise OSError(f"{host} has no public address")
        return found

    async def close(self) -> None:
        await self._resolver.close()


def may_be_called(address: str, inside: Sequence[Network] = ()) -> bool:
    """Whether an IP address is everybody's, or lies in one of these networks."""
    known = ipaddress.ip_address(address.partition("%")[0])
    return known.is_global or any(known in network for network in inside)


async def _at_most(answer: aiohttp.ClientResponse, most: int) -> bytes:
    """The body, however many pieces it comes in, or its beginning."""
    data = bytearray()
    async for piece in answer.content.iter_any():
        data += piece
        if len(data) > most:
            break
    return bytes(data[:most])


async def _file(answer: aiohttp.ClientResponse, most: int, *, proved: bool) -> bytes:
    if answer.status == 429 or answer.status >= 500:
        raise TemporarySendError("the file could not be had", provider_code=str(answer.status))
    if proved and answer.status in {401, 403}:  # without our name on the question it is an old link's answer
        raise ChannelMisconfigured("the file is refused to us", provider_code=str(answer.status))
    if answer.status != 200:
        raise ProviderRefused("the file is gone", provider_code=str(answer.status))
    if (answer.content_length or 0) > most:
        raise MessageInvalid("the file is too long")
    data = bytearray()
    async for piece in answer.content.iter_any():  # what a length claims is not what comes
        data += piece
        if len(data) > most:
            raise MessageInvalid("the file is too long")
    return bytes(data)
