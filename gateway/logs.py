"""
Structured logs: one line a unit of work, keys from a fixed set, personal data masked before it is written.

JSON for machines, colour at the desk. Context (request id, case, conversation) comes from context variables.
"""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog

from core.privacy.mask import mask_log_event
from gateway.settings.model import Logs


def configure_logs(settings: Logs) -> None:
    """Set up logging for this process; libraries' own log lines go the same way."""
    level = getattr(logging, settings.level.upper())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask_log_event,
        _in_reading_order,
    ]
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.format == "json"
        else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=cast(TextIO, _Unfailing(sys.stderr))),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[_Bridge()], force=True)


class _Unfailing:
    """A line that cannot be written (its disk is full, its reader is gone) must not stop what it tells of."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self._stream.write(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()


def _in_reading_order(_logger: Any, _method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """When, how grave, what; then the rest: a person reads the first words of many lines."""
    first = {name: line.pop(name) for name in ("timestamp", "level", "event") if name in line}
    return {**first, **line}


class _Bridge(logging.Handler):
    """Carries the lines of libraries into our format; their arguments may hold anything, so only the text goes."""

    def emit(self, record: logging.LogRecord) -> None:
        level = record.levelno if record.levelno in (30, 40, 50) else logging.WARNING
        structlog.get_logger(record.name).log(level, "library_log", detail=str(record.msg)[:300])
