"""What most tests take for granted."""

from __future__ import annotations

REGULATION = "thua_thien_hue"
"""The shortest regulation: most stories are told under it, and a test of another one names it."""
