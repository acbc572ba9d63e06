"""What the process may ask of the machine differs; it never fails for it."""

from __future__ import annotations

import asyncio
import sys

import pytest

ASKING = """
import gc, os, sys, threading
{before}
from channels.call_center.media.steadiness import stay_steady
seen = []
go_on = threading.Event()
def look():
    go_on.wait()
    seen.append(os.sched_getscheduler(0))
before = threading.Thread(target=look)
before.start()
granted = stay_steady()
after = threading.Thread(target=look)
after.start()
go_on.set()
before.join()
after.join()
real_time = os.sched_getscheduler(0) == os.SCHED_RR
assert seen == [os.sched_getscheduler(0)] * 2
assert real_time == (granted == "realtime"), granted
assert gc.get_freeze_count() > 1000
assert sys.getswitchinterval() < 0.005
print(granted)
"""
REFUSED = """
def refuse(*_given):
    raise PermissionError(1, "Operation not permitted")
os.sched_setscheduler = os.setpriority = refuse
"""


@pytest.mark.parametrize(
    ("before", "granted"),
    [pytest.param("", {"realtime", "nice", "plain"}, id="as it is"), pytest.param(REFUSED, {"plain"}, id="refused")],
)
async def test_a_process_takes_what_it_is_granted(before: str, granted: set[str]) -> None:
    """Its threads too: one that holds the interpreter must not wait behind others."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ASKING.format(before=before), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()

    assert process.returncode == 0
    assert said.decode().strip() in granted
