"""The operators' manual says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

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
    assert set(secrets.values()) <= {'""', "{}"}


PAGES = sorted(path.relative_to(MANUAL).as_posix() for path in MANUAL.rglob("*.md") if path.name != "settings.md")


def test_the_commands_of_the_manual_exist() -> None:
    """Every `langnghe …` line of every page can be typed as it stands."""
    lines = [line for page in PAGES for line in _commands((MANUAL / page).read_text(encoding="utf-8"))]

    assert len(lines) >= 20
    for line in lines:
        build_parser().parse_args(line.replace("NUMBER", "7").replace("$(date +%F)", "2026-11-20").split())


def _commands(text: str) -> list[str]:
    return re.findall(r"(?:^    |`)langnghe ([^`\n#]+)", text, flags=re.MULTILINE)
