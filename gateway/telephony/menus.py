"""Which flow leads a call: the file's, as the centre rearranged it, by the number that was called."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import structlog

from channels.call_center.flow.load import Source
from channels.call_center.flow.model import Flow
from channels.call_center.flow.plan import UNCHANGED, Plan, planned, wrong_with
from channels.call_center.numbers import is_among

log = structlog.get_logger()


class Menus:
    """
    Asked for every call; a plan that is told meanwhile leads the next one.

    A plan that no longer fits the flow (its file was changed) is not followed: callers hear the flow as it is written.
    """

    def __init__(self, source: Source, slots: Collection[str], plan: Callable[[], Plan]) -> None:
        self._source, self._slots, self._plan = source, slots, plan
        self._followed = UNCHANGED
        self._flows: Mapping[str, Flow] = {"": source.flow}

    def flow_for(self, called: str) -> Flow:
        """Of a call to this number, however the trunk writes it."""
        plan = self._plan()
        if plan != self._followed:
            self._follow(plan)
        number = next((one for one in self._flows if one and is_among(called, {one})), "")
        return self._flows[number]

    def _follow(self, plan: Plan) -> None:
        self._followed, flow = plan, self._source.flow
        wrong = wrong_with(self._source, plan, self._slots)
        if wrong:
            log.error("dial_plan_not_followed", reason=str(wrong[0]), mistakes=len(wrong))
            self._flows = {"": flow}
            return
        self._flows = {called: planned(flow, plan, called) for called in ("", *plan.numbers)}
        log.info("dial_plan_followed", menus=len(plan.menus), numbers=len(plan.numbers))
