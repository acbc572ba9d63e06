"""
Packs by the reference that cases pin: `id@digest`.

A case goes on under the pack it began with, also after a newer one is installed (U-11). The library knows the packs
in force and every older one it has been given; storage keeps their documents and hands them back at start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from core.contract.errors import NotFound
from core.regulations.loader import parse_pack
from core.regulations.model import Pack


@dataclass(frozen=True)
class PackLibrary:
    """An immutable set of packs, found by reference or, the current one, by name."""

    current: Pack
    older: tuple[Pack, ...] = field(default=())

    @classmethod
    def of(cls, current: Pack, documents: Iterable[str] = ()) -> PackLibrary:
        """The pack in force, and the older ones from their stored documents."""
        older = tuple(pack for pack in map(parse_pack, documents) if pack.ref != current.ref)
        return cls(current, older)

    def __iter__(self) -> Iterator[Pack]:
        yield self.current
        yield from self.older

    def get(self, ref: str) -> Pack:
        """
        The pack a case is pinned to.

        Raises: NotFound: no pack of this reference was ever given to the library.
        """
        for pack in self:
            if pack.ref == ref:
                return pack
        raise NotFound(f"no regulation {ref}; the library holds {[pack.ref for pack in self]}")
