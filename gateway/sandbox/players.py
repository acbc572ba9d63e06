"""What the page asks of a provider's sandbox, whichever it is: who is there, what they do, what they see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol


class Mood(StrEnum):
    """How a provider behaves. Each sandbox knows more; these are the ones that every provider can have."""

    NORMAL = "normal"
    SLOW = "slow"
    THROTTLED = "throttled"
    ERROR = "error"
    LOST = "lost"
    DUPLICATE = "duplicate"
    OUT_OF_ORDER = "out_of_order"


LABELS: Mapping[Mood, str] = MappingProxyType(
    {
        Mood.NORMAL: "Bình thường",
        Mood.SLOW: "Chậm",
        Mood.THROTTLED: "Quá tải, hẹn gửi lại (429)",
        Mood.ERROR: "Lỗi máy chủ (500)",
        Mood.LOST: "Nhận tin nhưng mất câu trả lời",
        Mood.DUPLICATE: "Chuyển mỗi tin hai lần",
        Mood.OUT_OF_ORDER: "Chuyển tin sai thứ tự",
    }
)


class CannotDo(Exception):
    """People cannot do this on the channel; the text is for them."""


class NotTaken(Exception):
    """The gateway did not take what the provider brought."""


@dataclass(frozen=True)
class Person:
    """Somebody with a phone or a mailbox on the channel; `address` is what people know it by."""

    id: str
    name: str
    address: str = ""


@dataclass(frozen=True)
class Act:
    """One thing that a citizen does; `place` is latitude and longitude, `fresh` begins a new mail thread."""

    text: str = ""
    photo: bytes = b""
    place: tuple[float, float] | None = None
    button: str = ""
    contact: bool = False
    fresh: bool = False

    @property
    def link(self) -> str:
        """The place as people write it where they cannot share one."""
        return "https://www.google.com/maps?q={},{}".format(*self.place) if self.place else ""


@dataclass(frozen=True)
class Arrived:
    """One message of the office on a screen. `buttons` can be pressed; `state` is how the provider says it went."""

    text: str
    buttons: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    subject: str = ""
    state: str = "Đã đến máy"


@dataclass(frozen=True)
class Facts:
    """What a channel is called, and what people can do there beside writing: photo, place, buttons, contact, fresh."""

    name: str
    label: str
    kind: str = "phone"
    can: frozenset[str] = frozenset({"photo", "place", "buttons"})
    moods: Mapping[Mood, str] = field(default_factory=lambda: LABELS)


class Player(Protocol):
    """One provider, played."""

    facts: Facts

    @property
    def addresses(self) -> Mapping[str, str]:
        """Where the gateway finds it."""

    async def start(self, ports: Mapping[str, int]) -> None:
        """Open the ports: `<name>` and what else it has; 0 or nothing: any free one."""

    async def stop(self) -> None:
        """Close them."""

    def people(self) -> Sequence[Person]:
        """Everybody who can be played."""

    async def act(self, person: str, act: Act) -> None:
        """Raises CannotDo, NotTaken."""

    def arrived(self, person: str) -> Sequence[Arrived]:
        """What stands on the screen of what the office sent, oldest first; it only ever grows."""

    def waiting(self) -> bool:
        """Whether something that citizens sent has not been taken by the gateway yet."""

    def behave(self, mood: Mood) -> None:
        """From now on. What is out of order, the desk does for everybody."""

    async def retry(self) -> None:
        """Bring once more what was not taken, as providers do after a while."""


PEOPLE = (("Nguyễn Văn An", "an"), ("Trần Thị Bình", "binh"), ("Lê Văn Cường", "cuong"))
"""The citizens that are there from the beginning; invented."""
