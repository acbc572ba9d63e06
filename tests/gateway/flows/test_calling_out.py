"""What our own calls mean: a call that was owed is returned, an attempt to reach a reporter stands in the case."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from core.cases.events import VerificationCallLogged
from core.service.actors import Member
from core.service.calls import NOT_REACHED, REACHED
from core.storage import cases
from core.storage.tables import identity
from tests.gateway.api.staffing import centre, hire, issue, report
from tests.gateway.flows.office import state_of
from tests.support.calls import CALL, book_of, hand_over, leave_call
from tests.support.databases import on_both_engines
from tests.support.deployments import World, world_over

OURS, KIND = "0" * 31 + "7", "verification_call_logged"


async def we_called(
    world: World,
    agent: Member,
    about: str,
    *,
    talked: bool,
    call: str = OURS,
    code: int = 486,
    number: str = "+84900000001",
) -> None:
    """Our own call has just ended, and is handed over. `code`: how, where nobody talked."""
    ours = {"way": "out", "caller": "", "called": number, "agent": agent.id, "about": about}
    ours |= {} if talked else {"ended_code": code}
    leave_call(world, id=call, talked=talked, **ours)
    await hand_over(world)


async def proofs(world: World, number: str) -> list[str | None]:
    """By what this number is proved to be its contact's."""
    blind = world.deployment.safe.blind.phone(number)
    query = select(identity.c.verified_by).where(identity.c.address_blind == blind)
    return list(await world.deployment.database.read(lambda connection: connection.scalars(query).all()))


async def attempts(world: World, case_id: str) -> list[tuple[str, str | None, str]]:
    """(outcome, call, by whom) of every call that is logged in a case."""
    rows = await world.deployment.database.read(partial(cases.load_events, case_id=case_id))
    logged = [VerificationCallLogged.model_validate_json(row.body) for row in rows if row.name == KIND]
    return [(event.outcome, event.call_id, event.by.id) for event in logged]


@on_both_engines
async def test_a_call_that_was_owed_is_returned(world: World) -> None:
    """Each attempt is counted, a line of ours that failed is none; the one that was answered settles it."""
    ioc = await centre(world)
    leave_call(world)
    await hand_over(world)

    await we_called(world, ioc, f"call:{CALL}", talked=False, call="0" * 31 + "6", code=503)
    assert (await book_of(world).held(CALL)).row.attempts == 0
    await we_called(world, ioc, f"call:{CALL}", talked=False)
    (owed,) = await book_of(world).owed()
    assert (owed.row.attempts, owed.row.result, owed.row.settled_by) == (1, NOT_REACHED, ioc.id)
    await we_called(world, ioc, f"call:{CALL}", talked=True, call="0" * 31 + "8")

    assert await book_of(world).owed() == []
    before = await book_of(world).held(CALL)
    assert (before.row.attempts, before.row.result, before.owed) == (2, REACHED, False)
    ours = await book_of(world).held("0" * 31 + "8")
    assert (ours.row.outcome, ours.row.due_at, ours.row.subject_id) == ("served", None, before.row.subject_id)


@on_both_engines
@pytest.mark.parametrize(("called", "proved"), [("+84900000001", "callback"), ("+84900000002", None)])
async def test_who_answers_where_the_call_came_from_has_that_number(
    world: World, called: str, proved: str | None
) -> None:
    """A number that the network asserted is verified by our calling it back; another one proves nothing of it."""
    ioc = await centre(world)
    leave_call(world)
    await hand_over(world)
    await we_called(world, ioc, f"call:{CALL}", talked=False, number=called)
    assert await proofs(world, "+84900000001") == [None]

    await we_called(world, ioc, f"call:{CALL}", talked=True, call="0" * 31 + "8", number=called)

    assert await proofs(world, "+84900000001") == [proved]


async def test_a_call_that_a_colleague_settled_meanwhile_stays_settled(world: World) -> None:
    ioc = await centre(world)
    leave_call(world)
    await hand_over(world)
    await book_of(world).called(CALL, REACHED, by="u1", attempts=0)

    await we_called(world, ioc, f"call:{CALL}", talked=False)

    held = await book_of(world).held(CALL)
    assert (held.row.result, held.row.attempts, held.row.settled_by) == (REACHED, 1, "u1")


@on_both_engines
@pytest.mark.rule("QB-QD.III.1.1b", "QB-IV.1.1a.x3", "A-QB-2")
async def test_who_did_not_answer_is_waited_for(database_url: str, tmp_path: Path) -> None:
    """In the agent's name, with the call; who answered is for the agent to say."""
    async with world_over(database_url, tmp_path, regulation="quang_binh") as world:
        ioc = await hire(world, "Trần Thị Bình", ("receptionist", ""))
        case_id = await report(world)

        await we_called(world, ioc, f"case:{case_id}", talked=False)
        assert await attempts(world, case_id) == [("not_reached", OURS, ioc.id)]
        assert (await state_of(world, case_id)).stage == "waiting_verification"
        await we_called(world, ioc, f"case:{case_id}", talked=True, call="0" * 31 + "8")
        assert len(await attempts(world, case_id)) == 1
        assert (await book_of(world).held("0" * 31 + "8")).about == case_id

        await issue(world, ioc, case_id, "log_verification_call", outcome="reached")
        assert (await state_of(world, case_id)).stage == "received"


@pytest.mark.parametrize("about", ["", "case:" + "f" * 32, "call:" + "f" * 32])
async def test_a_call_about_nothing_that_is_known_is_kept_all_the_same(world: World, about: str) -> None:
    ioc = await centre(world)

    await we_called(world, ioc, about, talked=False)

    held: Any = await book_of(world).held(OURS)
    assert (held.row.outcome, held.facts.way, held.owed) == ("not_reached", "out", False)


async def test_a_case_that_is_over_has_the_call_and_no_attempt(world: World) -> None:
    """What the regulation does not allow now is not logged; the call stays linked to its case."""
    ioc = await centre(world)
    case_id = await report(world)
    await issue(world, ioc, case_id, "decline", reason_code="no_basis", reason="Không rõ địa điểm")

    await we_called(world, ioc, f"case:{case_id}", talked=False)

    assert await attempts(world, case_id) == []
    assert (await book_of(world).held(OURS)).about == case_id
