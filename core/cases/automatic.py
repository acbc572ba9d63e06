"""
What the product may do by itself: distribute a case where its regulation says so, once a person accepted it.

Only where the pack gives the `system` role that row (A-TG-6), and only where it is clear where the case goes;
everywhere else there is nothing here to do, and a person routes it by hand (TG-P1.II.3b).
"""

from __future__ import annotations

from dataclasses import replace

from core.cases.commands import Command, DispatchCase
from core.cases.decide.context import Actor, Context
from core.cases.decide.guard import THE_CASE, fits
from core.cases.model import Case
from core.cases.routing import Matter, automatic_rows, route


def automatic_command(ctx: Context, case: Case) -> Command | None:
    """The command the product itself should issue now, to be decided like any other; None: nothing."""
    own = replace(ctx, actor=Actor.system())
    row = next((row for row in automatic_rows(ctx.pack) if fits(own, case, row, THE_CASE)), None)
    if row is None:
        return None
    made = route(ctx.pack, ctx.agencies, Matter.of(case), row=row)
    return DispatchCase(agencies=made.agencies) if made.is_clear else None
