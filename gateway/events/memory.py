"""Events inside one process."""

from __future__ import annotations

from collections.abc import Callable

from gateway.events.base import Hear, Listeners


class MemoryEvents:
    """`Events` for a process that is alone, or whose likes look for themselves."""

    connected = None

    def __init__(self) -> None:
        self._listeners = Listeners()

    def publish(self, topic: str, body: str = "") -> None:
        """Tell everybody in this process."""
        self._listeners.tell(topic, body)

    def subscribe(self, topic: str, hear: Hear) -> Callable[[], None]:
        """Listen until the answer is called."""
        return self._listeners.add(topic, hear)
