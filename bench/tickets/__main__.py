"""A look at our side alone: `python -m bench.tickets --engine pg`."""

from __future__ import annotations

from bench.tickets.measurements import look

if __name__ == "__main__":
    look()
