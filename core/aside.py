"""
What takes long and is no hurry: cleaning a photo of five megabytes, reading a mail that holds one.

Threads let the event loop run while they work, but not sooner than anybody else: for five photos at once there were
five threads behind which it had to wait for a processor. (A low priority would not mend that: a thread that waits for a
processor may just hold the interpreter.)
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")


class Aside:
    """Threads for slow work: as many as leave half of the processors to everything else."""

    def __init__(self, *, at_once: int = 0) -> None:
        self._pool = ThreadPoolExecutor(at_once or max(1, (os.cpu_count() or 1) // 2), thread_name_prefix="aside")

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As `asyncio.to_thread`, when its turn has come."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(work, *args, **kwargs))
