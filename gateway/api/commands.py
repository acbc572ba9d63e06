"""Commands: the only way to change a case (table 7.0), one address a command."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from core.cases.commands import NAMES
from core.cases.decide import Actor, Refusal
from core.cases.model import Case
from core.contract.errors import VersionConflict
from core.contract.schema import Instant, Model
from core.identity.codes import format_code
from core.service.actors import actor_for
from core.service.reading.names import Names
from core.service.reading.parts import task_views
from core.service.reading.views import Labelled, TaskView
from core.storage import cases, staff_lists
from core.storage.database import Connection
from gateway.api import idempotency
from gateway.api.errors import ApiError, refused
from gateway.api.idempotency import AnsweredAlready, Key
from gateway.api.operation import Answer, Call, Operation

IF_MATCH = "If-Match"
_VERSION = re.compile(r'(?:W/)?"?([0-9]{1,9})"?')


class CommandDone(Model):
    """
    A command was carried out: where the case stands now, and whose turn it is (`tasks`).

    `version` goes into the next If-Match; `open`: there is work left, or a wait for somebody.
    """

    case_id: str
    code: str
    command: str
    version: int
    stage: Labelled
    due_at: Instant | None
    open: bool
    tasks: tuple[TaskView, ...]


async def issue_command(call: Call) -> Answer:
    """
    Carry out a command on a case.

    403 somebody else's command · 404 no such case or command · 409 not at this stage, or the case has changed ·
    422 what it carries does not fit.
    """
    name = call.path("name")
    if name not in NAMES:
        text = f"Không có thao tác “{name}”. Các thao tác: {', '.join(sorted(NAMES))}."
        raise ApiError(404, "command_unknown", text, details={"commands": sorted(NAMES)})
    key, version = Key.of(call), _expected_version(call)
    case = await call.reader.case(call.path("case_id"), call.member)
    known = await idempotency.remembered(call, key)
    return known or await _execute(call, case, key=key, version=version)


async def _execute(call: Call, case: Case, *, key: Key | None, version: int | None) -> Answer:
    name, done = call.path("name"), list[Answer]()

    def answer(connection: Connection) -> None:
        """In the command's own transaction, after the case was stored."""
        made = _answer(connection, case.id, name, call)
        idempotency.keep(connection, key, made, call=call)
        done[:] = [made]

    try:
        outcome = await call.deployment.clerk.execute(
            case.id, name, call.body, actor=_actor(call, case), version=version, also=answer
        )
    except (VersionConflict, AnsweredAlready):
        earlier = await idempotency.remembered(call, key)
        if earlier is None:
            raise
        return earlier
    except OverflowError:
        raise ApiError(422, "data_invalid", "Có giá trị vượt quá giới hạn. Vui lòng kiểm tra lại.") from None
    if isinstance(outcome, Refusal):
        earlier = await idempotency.remembered(call, key)
        if earlier is None:
            raise refused(outcome)
        return earlier
    return done[0]


def _actor(call: Call, case: Case) -> Actor:
    regulation, body = call.deployment.regulation, call.body
    about = next((value for name in ("dispatch_id", "coordination_id") if isinstance(value := body.get(name), str)), "")
    pack = regulation.packs.get(case.regulation)
    return actor_for(call.member, case, pack=pack, agencies=regulation.agencies, acting=call.acting, about=about)


def _answer(connection: Connection, case_id: str, name: str, call: Call) -> Answer:
    row = cases.load(connection, case_id)
    regulation, case = call.deployment.regulation, Case.model_validate(row.state)
    given_to = {item.staff_id for item in case.dispatches if item.staff_id}
    users = staff_lists.user_names(connection, given_to) if given_to else {}
    names = Names(regulation.packs.get(row.regulation), regulation.agencies, users)
    done = CommandDone(
        case_id=row.id,
        code=format_code(row.code),
        command=name,
        version=row.version,
        stage=names.stage("case", row.stage),
        due_at=row.next_due_at,
        open=row.open,
        tasks=tuple(task_views(case, names, now=call.deployment.now())),
    )
    return Answer(done, headers={"ETag": f'"{row.version}"'})


def _expected_version(call: Call) -> int | None:
    given = call.request.headers.get(IF_MATCH, "").strip()
    if given in ("", "*"):
        return None
    found = _VERSION.fullmatch(given)
    if found is None:
        raise ApiError(400, "if_match_invalid", 'If-Match phải là phiên bản của hồ sơ, ví dụ "7".')
    return int(found[1])


def _operation(**fields: Any) -> Operation:
    make = partial(Operation, "issueCommand", "POST", "/cases/{case_id}/commands/{name}", "commands")
    return make("Thực hiện một thao tác", issue_command, CommandDone, **fields)


OPERATIONS = (_operation(keyed=True, versioned=True, acts=True, is_command=True),)
