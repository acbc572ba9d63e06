"""
What the product may do by itself: distribute a case whose category is marked automatic, once a person accepted it.

Only where the pack gives the `system` role that row (A-TG-6); everywhere else there is nothing here to do.
"""

from __future__ import annotations

from dataclasses import replace

from core.cases.commands import Command, DispatchCase
from core.cases.decide.context import Actor, Context
from core.cases.model import Case
from core.cases.moves import allowed_moves


def automatic_command(ctx: Context, case: Case) -> Command | None:
    """The command the product itself should issue now, to be decided like any other; None: nothing."""
    category = ctx.pack.intake.categories.get(case.category or "")
    usual = category.agencies if category else ()
    targets = tuple(dict.fromkeys(heir.id for name in usual for heir in ctx.agencies.successors(name)))
    own = replace(ctx, actor=Actor.system())
    may = any(move.command == "dispatch" for move in allowed_moves(own, case))
    return DispatchCase(agencies=targets) if may and targets else None
