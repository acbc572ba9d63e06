"""What the floor wants, carried out on the real calls and seats of a desk."""

from __future__ import annotations

from functools import singledispatchmethod
from typing import TYPE_CHECKING

import structlog

from channels.call_center.acd import effects as wishes
from channels.call_center.agents.caller import Served

if TYPE_CHECKING:
    from channels.call_center.agents.desk import Desk

log = structlog.get_logger()


class Wishes:
    """Of one desk. A wish about somebody who is not there any more is none."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @singledispatchmethod
    def carry_out(self, wish: wishes.Effect) -> None:
        """Ringing is seen by the agent's page in its status; the rest has sound."""

    @carry_out.register
    def _connect(self, wish: wishes.Connect) -> None:
        caller = self._desk.callers.get(wish.call)
        if caller is not None:
            caller.stop_waiting()
            self._desk.seats[wish.agent].held = False
            caller.told.answered(wish.agent)
        self._desk.hearing.set(wish.call)

    @carry_out.register
    def _comfort(self, wish: wishes.Comfort) -> None:
        self._desk.hearing.set(wish.call)

    @carry_out.register
    def _say(self, wish: wishes.Say) -> None:
        if wish.call in self._desk.callers:
            self._desk.callers[wish.call].tell(wish)

    @carry_out.register
    def _offer_callback(self, wish: wishes.OfferCallback) -> None:
        if wish.call in self._desk.callers:
            self._desk.callers[wish.call].offer_callback()

    @carry_out.register
    def _capture(self, wish: wishes.Capture) -> None:
        if wish.call in self._desk.callers:
            self._desk.callers[wish.call].end(Served("machine"))

    @carry_out.register
    def _join(self, wish: wishes.Join) -> None:
        self._desk.hearing.set(wish.call)

    @carry_out.register
    def _repaired(self, wish: wishes.Repaired) -> None:
        log.warning("floor_repaired", what=wish.what, id=wish.id, found=wish.found)
