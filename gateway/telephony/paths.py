"""Where the two processes find each other and what they leave: all of it in the data folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gateway.settings.model import Settings


def spool_folder(data: Path) -> Path:
    """Calls that are up, or not handed over yet."""
    return data / "calls"


def link_socket(data: Path) -> Path:
    """Where the web side hears of calls."""
    return data / "calls.sock"


def standing_file(data: Path) -> Path:
    """What the web side said last of the centre: opening hours for days ahead, storm."""
    return spool_folder(data) / "standing.json"


def running_file(data: Path) -> Path:
    """Locked by the telephony process while it lives; says who it is and where it listens."""
    return spool_folder(data) / "telephony.json"


def own_prompts(settings: Settings) -> Path:
    """Sentences that people of the province have recorded."""
    named = settings.call_center.prompts
    return Path(named) if named else settings.data / "prompts"


def voices_folder() -> Path:
    """Prompts that a machine speaks, made at set-up."""
    return Path(__file__).resolve().parents[2] / ".tools" / "voices"


def agents_socket(data: Path) -> Path:
    """Where web processes meet the people who answer."""
    return data / "agents.sock"


def portal_socket(data: Path) -> Path:
    """Where the web side brings callers from the portal."""
    return data / "portal-calls.sock"
