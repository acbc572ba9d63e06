"""The operators' manual says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway import metrics
from gateway.cli import build_parser
from gateway.cli.settings_page import MEANINGS, rows, settings_page

MANUAL = Path(__file__).parents[3] / "docs" / "operations"


def test_the_page_of_settings_is_current() -> None:
    """`langnghe config describe > docs/operations/settings.md` after every change of a setting."""
    assert (MANUAL / "settings.md").read_text(encoding="utf-8") == settings_page()


def test_every_setting_has_a_meaning_and_every_meaning_a_setting() -> None:
    """Nothing is left over when a setting goes."""
    assert {row.key for row in rows()} == MEANINGS.keys()


def test_secrets_are_marked_and_have_no_default() -> None:
    """Whoever reads the page knows what belongs into a file of its own."""
    secrets = {row.key: row.default for row in rows() if row.secret}

    assert {"master_key", "database_password", "email.relay_password"} <= secrets.keys()
    assert set(secrets.values()) == {'""'}


def test_the_figures_of_the_runbook_exist() -> None:
    """An alarm on a name that nobody exports never rings."""
    exported = {name for metric in vars(metrics).values() if (name := getattr(metric, "_name", None))}
    text = (MANUAL / "runbook.md").read_text(encoding="utf-8")
    named = re.findall(r"`(?:increase\()?([a-z]+(?:_[a-z]+)+)(?:\[1h\]\))? ?[=><]", text)

    assert len(named) >= 9
    assert {name for name in named if name not in exported} == set()


@pytest.mark.parametrize("page", ["runbook.md", "backup.md"])
def test_the_commands_of_the_manual_exist(page: str) -> None:
    """Every `langnghe …` line can be typed as it stands."""
    text = (MANUAL / page).read_text(encoding="utf-8")
    lines = re.findall(r"(?:^    |`)langnghe ([^`\n#]+)", text, flags=re.MULTILINE)

    assert len(lines) >= 5
    for line in lines:
        words = line.replace("NUMBER", "7").replace("$(date +%F)", "2026-11-20").split()
        build_parser().parse_args(words)
