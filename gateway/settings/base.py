"""What sections of the settings are made of."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """Base of a settings section: unknown keys are mistakes, not wishes."""

    model_config = ConfigDict(frozen=True, extra="forbid")
