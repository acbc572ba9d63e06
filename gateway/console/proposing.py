"""Where a case should go, beside the form that sends it: the proposal of `core.cases.routing`, prefilled."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from core.cases.model import Case
from core.cases.routing import DISPATCH, Matter, Proposal, route
from core.clock import local
from core.service.reading.views import CaseView, Labelled, MoveView
from gateway.console.fields import Typed
from gateway.console.shared import member_of, reader_of
from gateway.deployment import DEPLOYMENT, Deployment

FIELD = "agencies"


@dataclass(frozen=True)
class Advice:
    """What is shown above the form; `named`: communes that the words of the place name, with what they are now."""

    proposal: Proposal
    agencies: tuple[Labelled, ...]
    others: tuple[Labelled, ...]
    named: tuple[str, ...] = ()


async def advice(request: web.Request, view: CaseView, move: MoveView | None) -> Advice | None:
    """The proposal for this case, if this is the form that distributes it."""
    if move is None or move.command != DISPATCH:
        return None
    case = await reader_of(request).case(view.id, member_of(request))
    return await advise(request.app[DEPLOYMENT], case, words=[one.place.text for one in view.reports if one.place])


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
