"""How providers may behave."""

from __future__ import annotations

from enum import StrEnum


class Mood(StrEnum):
    """
    One for all providers.

    `cut_after`: the message is taken and the answer lost. `duplicate` and `out_of_order` are about what they tell us.
    """

    NORMAL = "normal"
    SLOW = "slow"
    THROTTLED = "throttled"
    ERROR = "error"
    BROKEN = "broken"
    CUT_AFTER = "cut_after"
    REFUSE = "refuse"
    OPTED_OUT = "opted_out"
    NO_MONEY = "no_money"
    WRONG_KEY = "wrong_key"
    UNDELIVERED = "undelivered"
    DUPLICATE = "duplicate"
    OUT_OF_ORDER = "out_of_order"
