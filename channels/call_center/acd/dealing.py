"""The one door for happenings: each kind is dealt with by the function registered for it, in a module by subject."""

from __future__ import annotations

from functools import singledispatch

from channels.call_center.acd import happenings as h
from channels.call_center.acd.floor import Floor


@singledispatch
def deal(happening: h.Happening, floor: Floor) -> None:
    """Change the floor as a happening asks for; TypeError: it is none."""
    raise TypeError(f"no happening: {happening!r}")
