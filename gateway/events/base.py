"""
What an event is: a word to whoever listens now, which nothing may depend on.

An event says that there is something to look at; what it is stands in the database. Whoever listens also looks from
time to time without being told, so that an event which never came costs time and loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import structlog

log = structlog.get_logger()

Hear = Callable[[str], None]
"""Is told the body of an event. An empty one means: something may have happened, look yourself."""


class Events(Protocol):
    """
    Tells and hears, in this process and in all others of the deployment.

    Everybody hears an event at most once, and those of one process on one topic in their order. After a time without
    connection every listener hears an empty body once. A body never holds personal data.
    """

    @property
    def connected(self) -> bool | None:
        """Whether other processes can be reached; None where there are none to reach."""

    def publish(self, topic: str, body: str = "") -> None:
        """Tell everybody. Never waits and never fails: where nobody can be reached, nobody is told."""

    def subscribe(self, topic: str, hear: Hear) -> Callable[[], None]:
        """From now on `hear` is called with each event of the topic; the answer ends that. It must not block."""


class Listeners:
    """Who listens in this process."""

    def __init__(self) -> None:
        self._topics: dict[str, list[Hear]] = {}

    def add(self, topic: str, hear: Hear) -> Callable[[], None]:
        """One more; the answer removes it."""
        heard_by = self._topics.setdefault(topic, [])
        heard_by.append(hear)

        def remove() -> None:
            if hear in heard_by:
                heard_by.remove(hear)

        return remove

    def tell(self, topic: str, body: str) -> None:
        """Call everyone on a topic; one that fails spoils it for nobody."""
        for hear in tuple(self._topics.get(topic, ())):
            try:
                hear(body)
            except Exception:
                log.exception("listener_failed", topic=topic)

    def tell_all_to_look(self) -> None:
        """Something may have been missed on every topic."""
        for topic in tuple(self._topics):
            self.tell(topic, "")
