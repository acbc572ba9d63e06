"""When people answer the hotline: as the working calendar says, at all hours, or at hours of its own."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

MINUTES = 24 * 60


class Stretch(BaseModel):
    """From one minute of a day to another, counted from midnight. Raises: ValueError: it ends before it begins."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    begin: int = Field(ge=0, lt=MINUTES)
    end: int = Field(gt=0, le=MINUTES)

    @model_validator(mode="after")
    def _forward(self) -> Stretch:
        if self.end <= self.begin:
            raise ValueError("ends before it begins")
        return self


class Hours(BaseModel):
    """Of `kind` "own": None means closed; Sundays are as holidays, a working Saturday of a swap is as weekdays."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["calendar", "always", "own"] = "calendar"
    weekdays: Stretch | None = None
    saturdays: Stretch | None = None
    holidays: Stretch | None = None
