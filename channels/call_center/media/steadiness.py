"""What the process of the calls asks of the machine: to be served first, and not to stop for itself."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from typing import Literal

_REAL_TIME_PRIORITY = 2
_NICE = -10
_SWITCH_S = 0.001


def stay_steady() -> Literal["realtime", "nice", "plain"]:
    """
    Ask for the processor before others, for every thread; how far that was granted. Once, when everything is loaded.

    Measured beside a busy machine (load 6 on two cores, 160 legs): packets leave at most 25 ms apart in real time, at
    most 240 ms without. What is loaded is taken out of garbage collection, whose full rounds would be heard.
    """
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(_SWITCH_S)  # the recorder's thread gives way at once
    with contextlib.suppress(OSError, AttributeError):
        for thread in _threads():
            os.sched_setscheduler(thread, os.SCHED_RR, os.sched_param(_REAL_TIME_PRIORITY))
        return "realtime"
    with contextlib.suppress(OSError, AttributeError):
        for thread in _threads():
            os.setpriority(os.PRIO_PROCESS, thread, _NICE)
        return "nice"
    return "plain"


def _threads() -> list[int]:
    """Those there are: one that waits for the processor while it holds the interpreter would hold up all others."""
    return [int(name) for name in os.listdir("/proc/self/task")]
