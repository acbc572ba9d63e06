"""What figures and reports to superiors are made with."""

from __future__ import annotations

from pydantic import Field

from gateway.settings.base import Section


class Statistics(Section):
    """
    What counts as stuck.

    The regulations have stuck cases reported (TG-12.4) and do not say after how many days a case is stuck: fifteen are
    ours, and another number is the province's to set.
    """

    stuck_days: int = Field(default=15, ge=1, le=365)
