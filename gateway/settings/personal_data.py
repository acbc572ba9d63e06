"""What the deployment says about people's data beyond how long it is kept."""

from __future__ import annotations

from pydantic import Field

from gateway.settings.base import Names, Section


class PersonalData(Section):
    """
    Who else processes people's data for the centre (VN-4), and how long it is known who read them (VN-14).

    `processors` are shown to everybody; where there are some, a restriction, an objection and a withdrawal may take
    the longer time that the law has for it. Logs of readings are kept twelve months at least.
    """

    processors: Names = ()
    access_log_months: int = Field(default=12, ge=12, le=120)
