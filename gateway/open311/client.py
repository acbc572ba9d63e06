"""
The other side of GeoReport v2: another city's system, asked and told over JSON. Decides nothing.

Servers differ: ids come as numbers or words, one object or a list of one; a token comes where an id is not known yet.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from channels.http import ProviderHttp, Reply
from core.contract.errors import OutcomeUnknown, ProviderRefused, TemporarySendError

LONGEST_WORDS = 500
LONGEST_NOTES = 15_000
"""What a city answers may be as long as an answer of ours, and has paragraphs."""


@dataclass(frozen=True)
class Service:
    """One kind of request that is taken there."""

    code: str
    name: str
    group: str = ""


@dataclass(frozen=True)
class Outgoing:
    """A request as it is handed over. `key`: the same however often it is sent (Idempotency-Key, where it is known)."""

    service: str
    description: str
    key: str
    address: str = ""
    point: tuple[float, float] | None = None
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> dict[str, str]:
        """As the specification names them."""
        told = {"service_code": self.service, "description": self.description, "address_string": self.address}
        if self.point is not None:
            told |= {"lat": f"{self.point[0]:.6f}", "long": f"{self.point[1]:.6f}"}
        return {name: value for name, value in {**told, **self.more}.items() if value}


@dataclass(frozen=True)
class Receipt:
    """It was taken: under an id, or a token until there is one."""

    request_id: str = ""
    token: str = ""


@dataclass(frozen=True)
class Standing:
    """How a request stands there. `notes`: what they say of it."""

    request_id: str
    closed: bool
    notes: str = ""


class Open311Client:
    """
    One endpoint. `http`: below its address, as `https://city.example/open311/v2`.

    Every call raises SendError: ConnectionFailed, Throttled, TemporarySendError (not now) · ProviderRefused (their
    answer is no) · OutcomeUnknown (it is not clear whether it was taken).
    """

    def __init__(self, http: ProviderHttp, *, api_key: str = "", jurisdiction: str = "") -> None:
        self._http = http
        self._key = {"api_key": api_key} if api_key else {}
        self._place = {"jurisdiction_id": jurisdiction} if jurisdiction else {}

    async def services(self) -> list[Service]:
        """What is taken there."""
        rows = _rows(await self._http.get("/services.json", query=self._place))
        return [Service(_word(row, "service_code"), _word(row, "service_name"), _word(row, "group")) for row in rows]

    async def post(self, request: Outgoing) -> Receipt:
        """Hand a request over."""
        fields = {**self._place, **self._key, **request.fields}
        reply = await self._http.post_form("/requests.json", fields, headers={"Idempotency-Key": request.key})
        (row,) = _rows(reply)[:1] or [{}]
        receipt = Receipt(_word(row, "service_request_id"), _word(row, "token"))
        if not (receipt.request_id or receipt.token):
            raise OutcomeUnknown("neither an id nor a token", provider_code=str(reply.status))
        return receipt

    async def resolve(self, token: str) -> str:
        """The id that came of a token; empty: none yet."""
        rows = _rows(await self._http.get(f"/tokens/{token}.json", query=self._place))
        return _word(rows[0], "service_request_id") if rows else ""

    async def standing(self, request_id: str) -> Standing:
        """How a request stands."""
        rows = _rows(await self._http.get(f"/requests/{request_id}.json", query=self._place))
        if not rows:
            raise ProviderRefused("no such request", provider_code="404")
        row = rows[0]
        return Standing(request_id, _word(row, "status").lower() == "closed", _words(row, "status_notes"))


def _rows(reply: Reply) -> list[dict[str, Any]]:
    if reply.status >= 500:
        raise TemporarySendError("not now", provider_code=str(reply.status))
    if not reply.ok:
        raise ProviderRefused("refused", provider_code=str(reply.status))
    try:
        found = json.loads(reply.body)
    except (ValueError, RecursionError):
        raise OutcomeUnknown("the answer is not JSON", provider_code=str(reply.status)) from None
    rows = found if isinstance(found, list) else [found]
    if not all(isinstance(row, dict) for row in rows):
        raise OutcomeUnknown("the answer is none of GeoReport v2", provider_code=str(reply.status))
    return rows


def _word(row: Mapping[str, Any], name: str) -> str:
    """A field as one short line, whatever it was written as; nothing a stranger says may break what we store."""
    return " ".join(_words(row, name).split())[:LONGEST_WORDS]


def _words(row: Mapping[str, Any], name: str) -> str:
    """A field with its lines; what had to be cut says so."""
    value = row.get(name)
    text = "" if value is None or isinstance(value, dict | list) else str(value)
    printed = "".join(sign for sign in text if sign.isprintable() or sign.isspace())
    lines = "\n".join(" ".join(line.split()) for line in printed.splitlines()).strip()
    return lines if len(lines) <= LONGEST_NOTES else lines[: LONGEST_NOTES - 1] + "…"
