"""
The rule catalogue: every rule id of the regulations, one row each, as data of the project itself.

The rows live in `catalogue/*.yaml`, one file a source (TG, LS, QB, HUE, DL), the units of time (U), the national
overlay (VN) and the readings where the texts are silent (A). `rules.py` sets them against the tests that prove them,
`lint.py` refuses a pack that cites an id which is not here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML

FOLDER = Path(__file__).with_name("catalogue")

Text = Annotated[str, Field(min_length=1)]


class CatalogueError(ValueError):
    """A catalogue file says something impossible; the message names the file and the row."""


class Source(StrEnum):
    """Where a rule comes from: five provincial texts, units of time, national overlay, readings."""

    TG = "TG"
    LS = "LS"
    QB = "QB"
    HUE = "HUE"
    DL = "DL"
    U = "U"
    VN = "VN"
    A = "A"


class Status(StrEnum):
    """What proves a rule: a tagged test, a feature still to come, or people who use the named feature."""

    ENFORCED = "enforced"
    LATER = "later"
    HUMAN = "human"


class Rule(BaseModel):
    """
    One rule of one text.

    Fields: `value` in machine notation (`2wh from received_at`, `channels=[app]`), empty where the text gives none;
    `cite` is the Điều and khoản; `reason` names the work that will carry a `later` rule; `feature` says what serves the
    people whom a `human` rule binds; `rest` names the part of an enforced rule that waits, and for which work.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^(TG|LS|QB|HUE|DL|U|VN|A)-[0-9A-Za-z]+([.-][0-9A-Za-z]+)*$")]
    text: Text
    cite: Text
    status: Status
    value: str = ""
    reason: str = ""
    feature: str = ""
    rest: str = ""

    @property
    def source(self) -> Source:
        """The text the rule belongs to: the part of its id before the first hyphen."""
        return Source(self.id.partition("-")[0])

    @model_validator(mode="after")
    def _status_is_explained(self) -> Self:
        if bool(self.reason) is not (self.status is Status.LATER):
            raise ValueError("`reason` belongs to `later` rules, and to each of them")
        if bool(self.feature) is not (self.status is Status.HUMAN):
            raise ValueError("`feature` belongs to `human` rules, and to each of them")
        if self.rest and self.status is not Status.ENFORCED:
            raise ValueError("`rest` belongs to enforced rules of which a part waits")
        return self


class SourceFile(BaseModel):
    """One file of the catalogue: a source, the pack that carries it out (None where every pack does), its rules."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Source
    title: Text
    pack: str | None = None
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _rules_are_its_own(self) -> Self:
        for rule in self.rules:
            if rule.source is not self.source:
                raise ValueError(f"{rule.id} does not belong to the source {self.source.value}")
        return self


class Catalogue:
    """All rules in the order of the files; look one up by id, or take those of a source."""

    def __init__(self, files: Mapping[Source, SourceFile]) -> None:
        """Index the files. Raises: CatalogueError: an id stands twice."""
        self.files = MappingProxyType(dict(files))
        rules: dict[str, Rule] = {}
        for rule in (rule for file in files.values() for rule in file.rules):
            if rule.id in rules:
                raise CatalogueError(f"the rule id {rule.id} stands twice in the catalogue")
            rules[rule.id] = rule
        self._rules = MappingProxyType(rules)

    def __contains__(self, rule_id: object) -> bool:
        return rule_id in self._rules

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules.values())

    def __len__(self) -> int:
        return len(self._rules)

    def __getitem__(self, rule_id: str) -> Rule:
        return self._rules[rule_id]

    def of(self, source: Source) -> tuple[Rule, ...]:
        """The rules of one source, in the order of the text."""
        return self.files[source].rules

    def source_of_pack(self, pack: str) -> Source | None:
        """Which text the pack `pack` carries out; a variant (`…_2025`) carries out that of its model; else None."""
        for source, file in self.files.items():
            if file.pack is not None and (pack == file.pack or pack.startswith(f"{file.pack}_")):
                return source
        return None


def read_source(path: Path) -> SourceFile:
    """Read one file of the catalogue. Raises: CatalogueError: names the file and what is wrong in it."""
    try:
        return SourceFile.model_validate(YAML(typ="safe").load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise CatalogueError(f"{path.name}: {error}") from error


@cache
def load_catalogue(folder: Path = FOLDER) -> Catalogue:
    """Read the whole catalogue (once a process and folder). Raises: CatalogueError: a file or the whole is wrong."""
    files = {source: read_source(folder / f"{source.value}.yaml") for source in Source}
    for source, file in files.items():
        if file.source is not source:
            raise CatalogueError(f"{source.value}.yaml declares the source {file.source.value}")
    return Catalogue(files)
