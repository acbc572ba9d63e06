"""The people who answer calls."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gateway.settings.base import Names, Section


class Agents(Section):
    """Who looks after the floor (administrators do in any case), and what is chosen when a call is over."""

    supervisors: Names = Field(default=("distributor",), description="roles that see every call, listen and take over")
    wrap_up: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")], str] = Field(
        default_factory=dict, description="code and what agents read; empty: the usual ones"
    )
