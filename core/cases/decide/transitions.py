"""
Stages entered: by the row of the table that allowed the command, and by joins when all dispatches have come far enough.
"""

from __future__ import annotations

from core.cases.decide.facts import facts_of, holds
from core.cases.decide.story import Scene, Story
from core.cases.events import CaseMoved, CoordinationMoved, DispatchMoved
from core.cases.model import Case
from core.regulations.model import Join, Move

PREVIOUS = "previous"


def follow(scene: Scene) -> None:
    """Enter the stages that the move names, then those that follow from them."""
    story, move = scene.story, scene.permit.move
    if move.to:
        _enter(scene, move)
    if move.case_to:
        move_case(story, move.case_to)
    for came_from, to in move.dispatches.items():
        for item in story.case.dispatches:
            if item.stage == came_from:
                move_dispatch(story, item.id, to)
    join(story)


def _enter(scene: Scene, move: Move) -> None:
    story, target = scene.story, str(move.to)
    if scene.dispatch:
        move_dispatch(story, scene.dispatch.id, target)
    elif scene.coordination:
        came_from = story.case.coordination(scene.coordination.id).stage
        story.tell(CoordinationMoved, coordination_id=scene.coordination.id, came_from=came_from, to=target)
    else:
        move_case(story, story.case.previous_stage if target == PREVIOUS else target)


def move_case(story: Story, to: str) -> None:
    """The case enters a stage, unless it stands there."""
    if story.case.stage != to:
        story.tell(CaseMoved, came_from=story.case.stage, to=to)


def move_dispatch(story: Story, dispatch_id: str, to: str) -> None:
    """A dispatch enters a stage, unless it stands there."""
    came_from = story.case.dispatch(dispatch_id).stage
    if came_from != to:
        story.tell(DispatchMoved, dispatch_id=dispatch_id, came_from=came_from, to=to)


def join(story: Story) -> None:
    """Move the case on where its dispatches have come far enough; the first join that holds, once."""
    for item in story.ctx.pack.joins.values():
        if _complete(story, item):
            story.tell(CaseMoved, came_from=story.case.stage, to=item.case_to, rules=item.cites)
            return


def _complete(story: Story, item: Join) -> bool:
    case = story.case
    if case.stage not in item.case_from or not _gathered(case, item):
        return False
    return holds(item.when, facts_of(story.ctx.pack, story.ctx.agencies, case))


def _gathered(case: Case, item: Join) -> bool:
    stages = [dispatch.stage for dispatch in case.dispatches]
    arrived = [stage for stage in stages if stage in item.needs]
    waiting = [stage for stage in stages if stage not in item.needs and stage not in item.ignores]
    return bool(arrived) and not waiting
