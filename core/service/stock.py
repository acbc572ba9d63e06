"""
Ids whose keys are made before anybody needs them.

A key must be durable before anything sealed under it is stored, so making one is a commit of its own. Whoever sets
many to work has those of all of them made in one; what one round does not use is there for the next.
"""

from __future__ import annotations

from core.contract.schema import new_id
from core.service.safe import Safe
from core.storage.subjects import first_subject

_MOST = 64


class Stock:
    """Ids for people and cases that are not there yet, in one process."""

    def __init__(self, safe: Safe) -> None:
        self._safe = safe
        self._contacts: list[str] = []
        self._cases: list[str] = []

    async def provide(self, count: int) -> None:
        """Have so many of each, up to 64."""
        count = min(count, _MOST)
        contacts = [new_id() for _ in range(count - len(self._contacts))]
        cases = [new_id() for _ in range(count - len(self._cases))]
        if contacts or cases:
            await self._safe.make([*contacts, *map(first_subject, cases)])
            self._contacts += contacts
            self._cases += cases

    def contact_id(self, otherwise: str) -> str:
        """For somebody who is not known; `otherwise`, of which the key is still to be made, where none is left."""
        return self._contacts.pop() if self._contacts else otherwise

    def case_id(self) -> str:
        """For a case that is only being opened; its texts lie under its first subject."""
        return self._cases.pop() if self._cases else new_id()
