"""Turns the subjects into test parameters; a channel without a trait simply has no test for it."""

from __future__ import annotations

from typing import Any

import pytest

from core.contract.schema import InboundMessage
from tests.contract.subject import Subject, Written, subjects

SUBJECTS = subjects()


def every() -> Any:
    """Each channel."""
    return _parametrize("subject", [(found, found.label) for found in SUBJECTS])


def having(trait: str) -> Any:
    """Each channel that has this trait at all."""
    return _parametrize("subject", [(found, found.label) for found in SUBJECTS if getattr(found, trait)])


def each(trait: str) -> Any:
    """Each channel with each case of a trait that is a dictionary."""
    return _parametrize(
        ("subject", "case"),
        [
            ((found, case), f"{found.label}-{label}")
            for found in SUBJECTS
            for label, case in getattr(found, trait).items()
        ],
    )


def one(subject: Subject, delivery: Any) -> Any:
    """The only item's only meaning."""
    channel = subject.channel()
    [item] = channel.split(delivery)
    [parsed] = channel.parse(delivery, item)
    return parsed


def mark(subject: Subject, said: Written | InboundMessage) -> object:
    """What tells one message of a burst from the others."""
    if subject.worded:
        return said.text
    return said.at if isinstance(said, Written) else said.provider_time


def _parametrize(names: Any, rows: list[tuple[Any, str]]) -> Any:
    assert rows, f"no channel offers {names}"
    values = [pytest.param(*(row if isinstance(row, tuple) else (row,)), id=label) for row, label in rows]
    return pytest.mark.parametrize(names, values)
