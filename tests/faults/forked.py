"""
Processes forked from one that has read every module already and has the shim preloaded.

A start costs the work of a gateway then and not that of the imports (two seconds). The child sets its environment,
tells the shim to read it, and runs one of the entries below; it ends with the process that started it.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from tests.support.fsync_shim import library

PRELOADED = ["tests.faults.forked", "tests.faults.gateway", "gateway.cli.serve", "uvloop", "gateway.demo"]
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION = 0x20080522

Entry = Callable[[], int]


def start(
    entry: Entry, argv: list[str], *, environment: Mapping[str, str], output: Path, as_mere_owner: bool = False
) -> ForkServerProcess:
    """
    Run `entry` with `argv` in a process of its own; what it prints goes to `output`.

    Args:
        entry: a function of a module in PRELOADED; its value is the exit code.
        as_mere_owner: root may write anywhere; so it is bound by permissions like everybody else.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    process = context.Process(target=_child, args=(entry, argv, dict(environment), str(output), as_mere_owner))
    preload, os.environ["LD_PRELOAD"] = os.environ.get("LD_PRELOAD"), str(library())
    try:  # the first start is that of the server, which keeps this environment
        process.start()
    finally:
        if preload is None:
            del os.environ["LD_PRELOAD"]
        else:
            os.environ["LD_PRELOAD"] = preload
    return process


def _child(entry: Entry, argv: list[str], environment: dict[str, str], output: str, as_mere_owner: bool) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(file, sys.stdout.fileno())
    os.dup2(file, sys.stderr.fileno())
    os.environ.update(environment)
    ctypes.CDLL(None).shim_configure()
    if as_mere_owner and os.geteuid() == 0:
        _give_up_override()
    sys.argv = argv
    sys.exit(entry())


def _end_with_parent() -> None:
    parent: Any = multiprocessing.parent_process()
    parent.join()
    os.kill(os.getpid(), signal.SIGKILL)


def _give_up_override() -> None:
    """Without the capability to pass over permissions."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    sets = (ctypes.c_uint32 * 6)()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.capget(header, sets):
        raise OSError(ctypes.get_errno(), "capget")
    sets[0] &= ~(1 << CAP_DAC_OVERRIDE)
    if libc.capset(header, sets):
        raise OSError(ctypes.get_errno(), "capset")
