"""
Where the processes find each other and what they leave: all of it in the data folder.

Telephony processes are numbered from 1 on; each has files of its own. The first one's have no number.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.settings.model import Settings

PORTAL, ERRANDS = "portal-calls", "errands"
VOICE, STREAMS = "voice-calls", "voice-streams"
"""Calls over Twilio, and their sound."""
_NUMBERED = re.compile(r"calls(?:-([1-9][0-9]?))?")


def spool_folder(data: Path, node: int = 1) -> Path:
    """Calls that are up, or not handed over yet."""
    return data / _own("calls", node)


def spool_folders(data: Path) -> dict[int, Path]:
    """Those of all nodes that there are or ever were, by number."""
    named = ((_NUMBERED.fullmatch(path.name), path) for path in data.glob("calls*") if path.is_dir())
    return dict(sorted((int(found[1] or 1), path) for found, path in named if found))


def links_folder(data: Path) -> Path:
    """Where web processes hear of calls: a socket each."""
    return data / "links"


def standing_file(data: Path, node: int = 1) -> Path:
    """What the web side said last of the centre: opening hours for days ahead, storm."""
    return spool_folder(data, node) / "standing.json"


def running_file(data: Path, node: int = 1) -> Path:
    """Locked by the telephony process while it lives; says who it is and where it listens."""
    return spool_folder(data, node) / "telephony.json"


def own_prompts(settings: Settings) -> Path:
    """Sentences that people of the province have recorded."""
    named = settings.call_center.prompts
    return Path(named) if named else settings.data / "prompts"


def voices_folder() -> Path:
    """Prompts that a machine speaks, made at set-up."""
    return Path(__file__).resolve().parents[2] / ".tools" / "voices"


def agents_socket(data: Path) -> Path:
    """Where web processes meet the people who answer: of the one node that has the floor."""
    return data / "agents.sock"


def floor_lock(data: Path) -> Path:
    """Held by the node that has the floor."""
    return data / "floor.lock"


def floor_socket(data: Path) -> Path:
    """Where the other nodes bring their callers to the floor."""
    return data / "floor.sock"


def portal_socket(data: Path, node: int = 1) -> Path:
    """Where the web side brings callers from the portal."""
    return node_socket(data, PORTAL, node)


def node_socket(data: Path, name: str, node: int) -> Path:
    """A socket that every node has."""
    return data / f"{_own(name, node)}.sock"


def node_sockets(data: Path, name: str) -> list[Path]:
    """Those of all nodes that are there; some may be of a process that was killed."""
    return [data / f"{name}.sock", *data.glob(f"{name}-[0-9]*.sock")]


def _own(name: str, node: int) -> str:
    return name if node == 1 else f"{name}-{node}"
