"""The canned answers of a deployment: those it began with, as its administrators have changed them."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache, partial
from pathlib import Path

from pydantic import Field
from ruamel.yaml import YAML

from core.contract.schema import Model
from core.storage import settings
from core.storage.database import Database

_PREFIX = "canned:"
_BEGINNING = Path(__file__).with_name("answers.yaml")
LONGEST_TITLE, LONGEST_TEXT = 80, 2_000


class Canned(Model):
    """
    One answer. `steps`: stages of a case in which it is offered, "" for where there is no case; empty: always.

    `off`: it was thrown away.
    """

    title: str = Field(max_length=LONGEST_TITLE)
    text: str = Field(max_length=LONGEST_TEXT)
    steps: tuple[str, ...] = ()
    off: bool = False

    def fits(self, steps: Collection[str]) -> bool:
        """Whether it is offered where a matter stands in these stages; none: there is no case."""
        here = steps or ("",)
        return not self.off and (not self.steps or bool(set(self.steps) & set(here)))


class CannedBook:
    """Reads and changes them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> dict[str, Canned]:
        """By id, in the order of the beginning, then of what was added."""
        kept = await self._database.read(partial(settings.under, prefix=_PREFIX))
        changed = {key: Canned.model_validate(value) for key, value in sorted(kept.items())}
        return {key: one for key, one in {**_beginning(), **changed}.items() if not one.off}

    async def keep(self, key: str, answer: Canned) -> None:
        """Add or change one."""
        await self._database.write(partial(settings.put, key=f"{_PREFIX}{key}", value=answer.model_dump(mode="json")))


@lru_cache(maxsize=1)
def _beginning() -> dict[str, Canned]:
    told = YAML(typ="safe").load(_BEGINNING.read_text(encoding="utf-8"))
    return {key: Canned.model_validate(value) for key, value in told.items()}
