"""The rights, their times and the grounds for refusing them, read from `rights.yaml` and checked (VN-4)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from ruamel.yaml import YAML

from core.clock.terms import extend, parse_term
from core.regulations.letters import LetterForm

_FILE = Path(__file__).with_name("rights.yaml")
Text = Annotated[str, Field(min_length=1)]


class Right(StrEnum):
    """What may be asked for."""

    ACCESS = "access"
    CORRECTION = "correction"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    OBJECTION = "objection"
    WITHDRAWAL = "withdrawal"


HOLDS_BACK = frozenset({Right.RESTRICTION, Right.OBJECTION})
"""Rights that stop what is done with data, until they are lifted."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Terms(_Data):
    """
    One right: `label` and what carrying it out `does` (Vietnamese), and its times in the notation of `core.clock`.

    `with_processors`: the time where others process the data on our behalf; `longer`: what the one extension adds.
    """

    label: Text
    does: Text
    finish: Text
    longer: Text
    with_processors: str = ""

    def time(self, *, processors: bool, extended: bool = False) -> str:
        """In which time it is finished, counted from receipt."""
        usual = self.with_processors if processors and self.with_processors else self.finish
        return str(extend(parse_term(usual), parse_term(self.longer))) if extended else usual


class Ground(_Data):
    """A legal ground for refusing, and which rights it may refuse."""

    label: Text
    basis: Text
    rights: frozenset[Right]


class Rights(_Data):
    """
    All of it; `answer` is in which time a request is answered at all, `cites` the rule, `basis` the law.

    `letter`: the form in which it is answered on paper.
    """

    cites: Text
    basis: Text
    answer: Text
    letter: LetterForm
    rights: Mapping[Right, Terms]
    grounds: Mapping[str, Ground]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if set(self.rights) != set(Right):
            raise ValueError("every right has its times, and there are no others")
        parse_term(self.answer)
        for terms in self.rights.values():
            terms.time(processors=True, extended=True)
        return self

    def grounds_for(self, right: Right) -> dict[str, Ground]:
        """On which grounds this right may be refused, by code."""
        return {code: ground for code, ground in self.grounds.items() if right in ground.rights}


@cache
def load_rights() -> Rights:
    """The file, read once. Raises ValidationError, NotationInvalid: it says something impossible."""
    return Rights.model_validate(YAML(typ="safe", pure=True).load(_FILE.read_text("utf-8")))
