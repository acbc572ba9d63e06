"""What can happen on the floor; the input of `step`. A happening about somebody who is not there does nothing."""

from __future__ import annotations

from channels.call_center.acd.happenings.agents import (
    CameBack,
    Chose,
    Declined,
    Dials,
    SignedIn,
    SignedOut,
    Took,
    Vanished,
    WrappedUp,
)
from channels.call_center.acd.happenings.callers import Callback, GaveUp, Owed, Queued
from channels.call_center.acd.happenings.talks import Asks, HandedOver, NotReached, Part, Passed, Supervised, TalkEnded
from channels.call_center.acd.happenings.time import Counted, Ticked

__all__ = [
    "Asks",
    "Callback",
    "CameBack",
    "Chose",
    "Counted",
    "Declined",
    "Dials",
    "GaveUp",
    "HandedOver",
    "Happening",
    "NotReached",
    "Owed",
    "Part",
    "Passed",
    "Queued",
    "SignedIn",
    "SignedOut",
    "Supervised",
    "TalkEnded",
    "Ticked",
    "Took",
    "Vanished",
    "WrappedUp",
]

Happening = (
    Queued
    | GaveUp
    | Owed
    | SignedIn
    | SignedOut
    | Chose
    | Took
    | Declined
    | Dials
    | NotReached
    | TalkEnded
    | WrappedUp
    | Vanished
    | CameBack
    | Passed
    | Asks
    | HandedOver
    | Supervised
    | Ticked
    | Counted
)
