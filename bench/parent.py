"""What a child process knows of the bench that started it: it ends when its input does."""

from __future__ import annotations

import sys


def ended() -> None:
    """Wait until the parent closes our input, or is gone."""
    while sys.stdin.readline():
        pass
