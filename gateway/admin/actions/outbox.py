"""Messages that stopped: which, why, what a person decides. Neither words nor whole addresses are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Any

import structlog

from core.contract.errors import NotFound
from core.privacy.blind import kind_of_address
from core.privacy.errors import Erased, Tampered
from core.privacy.mask import SHOWN_DIGITS, STARS, mask_email
from core.service.envelope import opened_entry
from core.storage import outbox, staff_lists
from core.storage.database import Connection
from core.storage.staff_lists import Step
from gateway.deployment import Deployment

log = structlog.get_logger()

Arguments = Mapping[str, Any]
_AT_ONCE = 200


async def list_stopped(deployment: Deployment, arguments: Arguments) -> Any:
    """Messages that failed on every way, or whose end nobody knows, in order of writing; `channel`: of one only."""
    only, found, after = arguments.get("channel"), list[dict[str, Any]](), 0
    while rows := await deployment.database.read(partial(staff_lists.stopped, after=after, most=_AT_ONCE)):
        found += [
            {
                "entry": row.id,
                "channel": row.channel,
                "state": row.state,
                "reason": row.reason,
                "tries": row.attempts,
                "written_at": row.created_at.isoformat(),
            }
            for row in rows
            if only in (None, row.channel)
        ]
        after = rows[-1].seq
    return found


async def show(deployment: Deployment, arguments: Arguments) -> Any:
    """Every way on which one thing was tried, in order, with masked addresses. NotFound."""
    steps = await deployment.database.read(partial(staff_lists.steps_of, entry_id=str(arguments["entry"])))
    if not steps:
        raise NotFound("no such message")
    return [_shown(step) | {"to": await _masked_recipient(deployment, step)} for step in steps]


async def replay(deployment: Deployment, arguments: Arguments) -> Any:
    """Try one again (`entry`), or all that failed of one channel; what is `unknown` only one by one → how many."""
    entry = arguments.get("entry")
    if entry is not None:
        await _decided(deployment, partial(outbox.resend, entry_id=str(entry), now=deployment.now()))
        return 1
    failed = partial(list_stopped, deployment, {"channel": str(arguments["channel"])})
    ids = [one["entry"] for one in await failed() if one["state"] == "failed"]
    done = await deployment.database.write(partial(_resend_all, ids=ids, deployment=deployment))
    deployment.clerk.changed.set()
    log.info("messages_replayed", count=done, channel=str(arguments["channel"]))
    return done


async def drop(deployment: Deployment, arguments: Arguments) -> Any:
    """Nobody needs it any more → its id. NotFound."""
    entry = str(arguments["entry"])
    await _decided(deployment, partial(outbox.decide, entry_id=entry, arrived=False, now=deployment.now()))
    return entry


def _resend_all(connection: Connection, *, ids: list[str], deployment: Deployment) -> int:
    return sum(outbox.resend(connection, entry, now=deployment.now()) for entry in ids)


async def _decided(deployment: Deployment, decision: Any) -> None:
    if not await deployment.database.write(decision):
        raise NotFound("no message in this state: it was sent, or somebody has decided")
    deployment.clerk.changed.set()
    log.info("message_settled", entry=decision.keywords["entry_id"], decision=decision.func.__name__, user="operator")


def _shown(step: Step) -> dict[str, Any]:
    hidden = {"payload_sealed", "subject_id"}
    told = {name: value for name, value in asdict(step).items() if name not in hidden}
    return told | {name: value.isoformat() for name, value in told.items() if hasattr(value, "isoformat")}


async def _masked_recipient(deployment: Deployment, step: Step) -> str:
    """Enough to tell two apart; nothing where the words and keys are gone."""
    safe, subject = deployment.safe, step.subject_id
    opening = partial(opened_entry, safe, step.payload_sealed, entry_id=step.entry, subject_id=subject)
    try:
        await safe.bring(subject, new=False)
        value = (await safe.aside(opening, subject)).recipient.value
    except (Erased, Tampered):
        return ""
    return mask_email(value) if kind_of_address(value) == "email" else STARS + value[-SHOWN_DIGITS:]
