"""The log is a witness: what becomes of it must not change what it tells of."""

from __future__ import annotations

import subprocess
import sys


def test_a_log_that_cannot_be_written_stops_nothing() -> None:
    """Its disk is full: work goes on, also what library code logs."""
    code = """
import logging
import structlog
from gateway.logs import configure_logs
from gateway.settings.model import Logs

configure_logs(Logs())
for _ in range(2000):
    structlog.get_logger().error("nobody_reads_this", detail="x" * 100)
    logging.getLogger("library").error("nor this")
print("went on")
"""
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=full, text=True, check=False)

    assert done.stdout == "went on\n"
