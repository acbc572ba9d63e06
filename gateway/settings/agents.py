"""The people who answer calls."""

from __future__ import annotations

from pydantic import Field

from gateway.settings.base import Names, Section


class Agents(Section):
    """Who looks after the floor; administrators do in any case."""

    supervisors: Names = Field(default=("distributor",), description="roles that see every call, listen and take over")
