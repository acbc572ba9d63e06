"""Calls that the machine makes: news that no other way could bring, and one-time passwords."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gateway.settings.base import Names, Section

Minutes = Annotated[float, Field(gt=0, le=1440)]


class Outgoing(Section):
    """
    Only where a trunk has a `host`; it shows that trunk's own number.

    `tells`: the last way that news of a report takes. `reads_codes`: whoever got no message may hear their password.
    `pause_minutes`: between the attempts for one message; one more attempt than pauses. `at_once`: lines that it takes
    at most. `flow`, `code_flow`: what is heard; the shipped ones, or files of your own. `voice`: a program that speaks
    what nobody could record, run with these words; empty: where a report stands is said, and where to read the rest.
    """

    tells: bool = True
    reads_codes: bool = True
    pause_minutes: tuple[Minutes, ...] = Field(default=(30, 180), max_length=5)
    at_once: int = Field(default=4, ge=1, le=100)
    flow: str = Field(default="", description="path of a flow for news; empty: the shipped one")
    code_flow: str = Field(default="", description="path of a flow for passwords; empty: the shipped one")
    voice: Names = Field(default=(), description="command of a program that speaks")
