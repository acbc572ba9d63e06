"""
Idempotency-Key: the same request sent twice is carried out once, and answered twice alike.

The answer is stored in the transaction of what it answers. The key belongs to one token (or one person in the
browser); the same key with another request is refused (422). Without a key a request is simply carried out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from core.contract.errors import CaseError
from core.storage import answers
from core.storage.answers import Remembered
from core.storage.database import Connection
from gateway.api.errors import ApiError
from gateway.api.operation import Answer, Call
from gateway.deployment import Deployment

HEADER = "Idempotency-Key"
REPLAYED = {"Idempotency-Replayed": "true"}
LONGEST_KEY = 200


class AnsweredAlready(CaseError):
    """Another request with this key was faster; its answer is read back."""


@dataclass(frozen=True)
class Key:
    """The key of one request: whose it is, and a hash of all that the request says."""

    scope: str
    key: str
    body_hash: str

    @classmethod
    def of(cls, call: Call) -> Key | None:
        """The key of a call; None where it has none. ApiError 400: unreadable."""
        given = given_key(call.request)
        if given is None:
            return None
        scope = f"token:{call.staff.token_id}" if call.staff.token_id else f"user:{call.staff.id}"
        said = [call.request.method, call.request.path, _canonical(call)]
        return cls(scope, given, hashlib.sha256(json.dumps(said).encode()).hexdigest())

    def check(self, found: Remembered | None) -> Remembered | None:
        """ApiError 422 where the key was used for another request."""
        if found is not None and found.body_hash != self.body_hash:
            text = f"{HEADER} này đã dùng cho một yêu cầu khác. Vui lòng dùng khóa mới."
            raise ApiError(422, "idempotency_key_reused", text)
        return found


def given_key(request: web.Request) -> str | None:
    """The key of a request as it was given; None where it has none. ApiError 400: unreadable."""
    given = request.headers.get(HEADER)
    if given is None or (0 < len(given) <= LONGEST_KEY and given.isascii() and given.isprintable()):
        return given
    text = f"{HEADER} phải có từ 1 đến {LONGEST_KEY} ký tự ASCII."
    raise ApiError(400, "idempotency_key_invalid", text)


async def earlier(deployment: Deployment, key: Key | None) -> Remembered | None:
    """What was kept of the first request with this key. ApiError 422: it was another one."""
    if key is None:
        return None
    return key.check(await deployment.database.read(partial(answers.remembered, scope=key.scope, key=key.key)))


async def remembered(call: Call, key: Key | None) -> Answer | None:
    """The answer given to this request before, if any."""
    found = await earlier(call.deployment, key)
    return Answer(raw=found.response, status=found.status, headers=REPLAYED) if found else None


def keep(connection: Connection, key: Key | None, answer: Answer, *, call: Call) -> None:
    """Store the answer, in the transaction of what it answers. AnsweredAlready: the key was used meanwhile."""
    if key is None:
        return
    body = answer.raw if answer.raw is not None else answer.model.model_dump_json().encode() if answer.model else b""
    kept = Remembered(key.body_hash, answer.status, body)
    now = call.deployment.now()
    if not answers.remember_once(connection, scope=key.scope, key=key.key, answer=kept, now=now):
        raise AnsweredAlready(key.key)


def keeping(call: Call, key: Key | None, answer: Answer) -> Callable[[Connection], None]:
    """`keep` as a write of a unit of work."""
    return lambda connection: keep(connection, key, answer, call=call)


def _canonical(call: Call) -> str:
    """The body without its spelling: two ways to write one JSON object are the same request."""
    try:
        return json.dumps(json.loads(call.raw), sort_keys=True) if call.raw else ""
    except ValueError:
        return hashlib.sha256(call.raw).hexdigest()
