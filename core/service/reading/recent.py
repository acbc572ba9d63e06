"""Cases as lists last read them: what has not changed since is not taken apart again for every line."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from threading import Lock

from core.cases.model import Case
from core.storage import staff_lists
from core.storage.database import Connection

MOST = 500
"""Some ten megabytes; the first pages of a console's queues."""

Version = tuple[str, int]


class Recent:
    """By id and version, which between them never mean anything else. For all threads of a process."""

    def __init__(self) -> None:
        self._known: dict[Version, Case] = {}
        self._lock = Lock()

    def states(self, connection: Connection, wanted: Collection[Version]) -> dict[str, Case]:
        """These cases by id; those that are not known are read."""
        with self._lock:
            found = {one[0]: self._known[one] for one in wanted if one in self._known}
        stored = staff_lists.case_states(connection, {case_id for case_id, _ in wanted} - found.keys())
        fresh = {case_id: Case.model_validate(state) for case_id, state in stored.items()}
        self._note(fresh)
        return found | fresh

    def _note(self, fresh: Mapping[str, Case]) -> None:
        with self._lock:
            if len(self._known) + len(fresh) > MOST:
                self._known.clear()
            self._known |= {(case_id, case.version): case for case_id, case in fresh.items()}
