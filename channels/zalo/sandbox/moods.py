"""How the provider behaves."""

from __future__ import annotations

from enum import StrEnum


class Mood(StrEnum):
    """
    `refuse`: nobody who follows us; `refuses`: the person wants none of this; `cut_after`: a message is taken and the
    connection cut; `refresh_cut_before`, `refresh_cut_after`: the same around a renewal of tokens; `echo_first`: echo
    and receipt come before the answer; `duplicate`: each event twice; `out_of_order`: the last comes first.
    """

    NORMAL = "normal"
    SLOW = "slow"
    BUSY = "busy"
    THROTTLED = "throttled"
    ERROR = "error"
    BROKEN = "broken"
    REFUSE = "refuse"
    REFUSES = "refuses"
    WINDOW = "window"
    NO_QUOTA = "no_quota"
    CUT_AFTER = "cut_after"
    REFRESH_CUT_BEFORE = "refresh_cut_before"
    REFRESH_CUT_AFTER = "refresh_cut_after"
    ECHO_FIRST = "echo_first"
    DUPLICATE = "duplicate"
    OUT_OF_ORDER = "out_of_order"
