"""
The communes of a deployment, read when somebody first asks for one, and the tables they come from.

Communes that only the tree of agencies knows (an agency that answers for a code) are found as well, by the name of
their agency, so that a place can be chosen before any table was imported.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib.resources import files
from pathlib import Path

import structlog

from core.cases.agencies import Agency, AgencyTree
from core.contract.errors import ConfigError
from core.places import Commune, Gazetteer, Ground, Succession, read_communes, read_successions
from core.storage import places
from core.storage.database import Database

log = structlog.get_logger()

Tables = tuple[tuple[Commune, ...], tuple[Succession, ...]]

_OFFICE = "UBND "


class PlaceBook:
    """What is known of communes; `changed` is called after an import, to tell other processes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._edition = -1
        self._stored = Gazetteer()
        self._shown: tuple[AgencyTree | None, Gazetteer] = (None, Gazetteer())
        self._ground: Ground | None = None
        self._reading = asyncio.Lock()
        self.changed: Callable[[], None] = lambda: None

    async def gazetteer(self, tree: AgencyTree) -> Gazetteer:
        """Every commune, those included that only this tree of agencies names."""
        await self.warm()
        return self.known(tree)

    def ground(self, tree: AgencyTree) -> Ground:
        """What is known, with what of it lies in the province of this tree's seats."""
        gazetteer = self.known(tree)
        if self._ground is None or self._ground.gazetteer is not gazetteer:
            self._ground = Ground(gazetteer, _provinces(gazetteer, tree))
        return self._ground

    async def warm(self) -> None:
        """Read them, unless that was done."""
        if self._edition >= 0:
            return
        async with self._reading:
            if self._edition < 0:
                await self._read()

    def known(self, tree: AgencyTree) -> Gazetteer:
        """The same without looking into the database: nothing but the tree's own before anybody has."""
        if self._shown[0] is not tree:
            self._shown = (tree, _with_seats(self._stored, tree))
        return self._shown[1]

    async def refresh(self) -> int:
        """Read again what another process imported; 1 if it did."""
        await self.warm()
        if await self._database.read(places.edition) == self._edition:
            return 0
        await self._read()
        return 1

    async def take_in(self, tables: Tables) -> None:
        """Import: all of it or nothing."""
        edition = await self._database.write(partial(places.store, communes=tables[0], successions=tables[1]))
        log.info("places_imported", edition=edition, communes=len(tables[0]), changes=len(tables[1]))
        await self._read()
        self.changed()

    async def begin_with_sample(self) -> None:
        """For a demonstration: the few that ship with the program, unless there are others."""
        if await self._database.read(places.edition) == 0:
            tables = await asyncio.to_thread(sample)
            await self._database.write(partial(places.store, communes=tables[0], successions=tables[1]))

    async def _read(self) -> None:
        self._edition, self._stored = await self._database.read(places.gazetteer)
        self._shown = (None, self._stored)


def sample() -> Tables:
    """The few communes that ship with the program: public names and codes, for trying."""
    data = files("core.places") / "data"
    communes = (data / "communes.csv").read_text(encoding="utf-8").splitlines()
    changes = (data / "succession.csv").read_text(encoding="utf-8").splitlines()
    return read_communes(communes), read_successions(changes)


def read_tables(communes: Path | None, successions: Path | None) -> Tables:
    """Tables out of files. ConfigError: no such file, or not in UTF-8; PlacesInvalid."""
    return (
        read_communes(_lines(communes), name=communes.name) if communes else (),
        read_successions(_lines(successions), name=successions.name) if successions else (),
    )


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        raise ConfigError("FILE", f"no file {path}", example="communes.csv") from None
    except UnicodeDecodeError as error:
        raise ConfigError("FILE", f"{path.name} is not in UTF-8: {error.reason}") from None


def _with_seats(known: Gazetteer, tree: AgencyTree) -> Gazetteer:
    codes = {one.code for one in known.communes}
    seats = (item for item in tree if item.commune_code and item.commune_code not in codes)
    return replace(known, communes=(*known.communes, *(_of_seat(item) for item in seats)))


def _provinces(known: Gazetteer, tree: AgencyTree) -> frozenset[str]:
    """Where the communes lie that agencies of this tree answer for."""
    codes = {item.commune_code for item in tree if item.commune_code}
    return frozenset(one.province for one in known.communes if one.code in codes and one.province)


def _of_seat(agency: Agency) -> Commune:
    """A commune by the name of its people's committee: UBND phường Thanh Trà."""
    title = agency.name.removeprefix(_OFFICE)
    kind = next((word for word in ("phường", "xã", "thị trấn", "đặc khu") if title.startswith(f"{word} ")), "")
    name = title.removeprefix(kind).strip()
    return Commune(code=agency.commune_code or "", name=name, kind=kind, since=agency.since, until=agency.until)
