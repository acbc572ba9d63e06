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
    Ask for the processor before others; how far that was granted. Once, when everything is loaded, before threads.

    Measured beside a busy machine (load 6 on two cores, 160 legs): packets leave at most 25 ms apart in real time, at
    most 240 ms without. What is loaded is taken out of garbage collection, whose full rounds would be heard.
    """
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(_SWITCH_S)  # the recorder's thread gives way at once
    with contextlib.suppress(OSError, AttributeError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(_REAL_TIME_PRIORITY))
        return "realtime"
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, 0, _NICE)
        return "nice"
    return "plain"
