"""What sections of the settings are made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Port = Annotated[int, Field(ge=0, le=65535)]
Names = Annotated[
    tuple[str, ...],
    BeforeValidator(lambda value: tuple(filter(None, value.split(","))) if isinstance(value, str) else value),
]


class Section(BaseModel):
    """Base of a settings section: unknown keys are mistakes, not wishes."""

    model_config = ConfigDict(frozen=True, extra="forbid")
