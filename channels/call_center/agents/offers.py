"""The sound of agents' pages: what a browser offers is answered, and the floor learns who can be heard."""

from __future__ import annotations

import structlog

from channels.call_center.acd import happenings as h
from channels.call_center.agents import messages as m
from channels.call_center.agents.desk import Desk
from channels.call_center.agents.news import Answer, Refused
from channels.call_center.agents.seat import Seat
from channels.call_center.media.wire import Legs
from channels.call_center.ports import MediaUnavailable
from channels.call_center.webrtc.inside import MediaPlace, NoPort
from channels.call_center.webrtc.peer import OfferRefused

log = structlog.get_logger()


class Offers:
    """Of the pages of one desk. `legs`: opens the sound of a browser. `place`: where browsers reach us."""

    def __init__(self, desk: Desk, legs: Legs, place: MediaPlace) -> None:
        self._desk, self._legs, self._place = desk, legs, place

    def seat(self, agent: str) -> Seat:
        """The agent's, a new one where there is none."""
        fresh = Seat(agent, connected=self._desk.sound_is_back, lost=self._lost)
        return self._desk.seats.setdefault(agent, fresh)

    async def answer(self, command: m.Offer) -> None:
        """Tell the page our SDP, or why there is none."""
        seat = self._desk.seats[command.agent]
        try:
            sdp = await seat.answer(command.sdp, legs=self._legs, place=self._place)
        except OfferRefused as error:
            log.info("offer_refused", agent=command.agent, reason=str(error))
            self._refuse(command, "offer")
        except (NoPort, MediaUnavailable) as error:
            log.warning("no_sound_for_agent", agent=command.agent, reason=str(error))
            self._refuse(command, "no_room")
        else:
            self._desk.tell(Answer(agent=command.agent, sdp=sdp))

    def _lost(self, agent: str) -> None:
        self._desk.happen(h.Vanished(agent))

    def _refuse(self, command: m.Offer, why: str) -> None:
        self._desk.tell(Refused(agent=command.agent, command=command.do, why=why))
