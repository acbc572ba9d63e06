"""Where a case should go, beside the form that sends it: the proposal of `core.cases.routing`, prefilled."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from functools import partial

from aiohttp import web

from core.cases.model import Case
from core.cases.routing import DISPATCH, Matter, Proposal, route
from core.clock import local
from core.service.reading.views import CaseView, Labelled, MoveView
from core.service.triage.making import facts_of
from gateway.console.fields import Typed
from gateway.console.shared import member_of, reader_of
from gateway.deployment import DEPLOYMENT, Deployment

FIELD = "agencies"


@dataclass(frozen=True)
class Usual:
    """The agency that dealt with such matters before, and the words they have in common; chosen by nobody yet."""

    agency: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Advice:
    """
    What is shown above the form.

    Args:
        named: communes that the words of the place name, with what they are now.
        usual: whom the desk chose before, where that is another one than proposed.
    """

    proposal: Proposal
    agencies: tuple[Labelled, ...]
    others: tuple[Labelled, ...]
    named: tuple[str, ...] = ()
    usual: Usual | None = None


async def advice(request: web.Request, view: CaseView, move: MoveView | None) -> Advice | None:
    """The proposal for this case, if this is the form that distributes it."""
    if move is None or move.command != DISPATCH:
        return None
    case = await reader_of(request).case(view.id, member_of(request))
    deployment = request.app[DEPLOYMENT]
    made = await advise(deployment, case, words=[one.place.text for one in view.reports if one.place])
    return replace(made, usual=await usual(deployment, case, view, made.proposal))


async def usual(deployment: Deployment, case: Case, view: CaseView, proposal: Proposal) -> Usual | None:
    """Whom the desk chose for such matters before; None where that is unsure, proposed already, or no longer there."""
    sorter = await deployment.sorters.agencies()
    told = next((one.content for one in view.reports if one.content), "")
    if sorter is None or not told:
        return None
    found = await asyncio.to_thread(partial(sorter.sort, told, most=1, facts=facts_of(case)))
    tree = deployment.regulation.agencies
    if not found.sure or found.guesses[0].label in proposal.agencies or not tree.is_active(found.guesses[0].label):
        return None
    return Usual(tree.name(found.guesses[0].label), found.guesses[0].words)


async def advise(deployment: Deployment, case: Case, *, words: list[str]) -> Advice:
    """
    The proposal for a case.

    Args:
        words: what reporters wrote about the place, for whoever may read that.
    """
    regulation, day = deployment.regulation, local(deployment.now()).date()
    tree = regulation.agencies
    await deployment.places.warm()
    ground = deployment.places.ground(tree)
    named = [one for text in words for one in ground.hinted_in(text, day)]
    matter = Matter.of(case, communes=tuple(dict.fromkeys(one.commune.code for one in named)))
    made = route(regulation.packs.get(case.regulation), tree, matter)
    return Advice(
        made,
        tuple(Labelled(id=key, label=tree.name(key)) for key in made.agencies),
        tuple(Labelled(id=key, label=tree.name(key)) for key in made.others),
        tuple(dict.fromkeys(one.label for one in named)),
    )


def filled_in(typed: Typed, move: MoveView, found: Advice | None) -> Typed:
    """The form with the proposed agencies chosen, as far as they may be chosen."""
    field = next((one for one in move.fields if one.name == FIELD), None)
    if found is None or field is None or typed.has(FIELD):
        return typed
    offered = {choice.id for choice in field.choices}
    chosen = tuple(key for key in found.proposal.agencies if key in offered)
    return Typed({**typed.values, FIELD: chosen}, typed.files) if chosen else typed
