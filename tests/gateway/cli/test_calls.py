"""`langnghe calls`."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.cli import main
from gateway.cli.calls import PAGE, page


def test_the_page_is_current() -> None:
    """Otherwise: `langnghe calls draw --write`."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_the_standard_flow_has_all_its_prompts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calls", "lint"]) == 0
    assert capsys.readouterr().out == ""


def test_a_mistake_is_told_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("based_on: standard\nsteps:\n  welcome: {do: say, say: [hello], then: notice}\n")

    assert main(["calls", "lint", str(own)]) == 1
    assert capsys.readouterr().out == "own.yaml:3: welcome: there is no prompt hello\n"


def test_a_flow_is_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calls", "draw"]) == 0
    assert capsys.readouterr().out.startswith("flowchart TD\n")
    assert main(["calls", "draw", str(tmp_path / "none.yaml")]) == 1
    assert "cannot be read" in capsys.readouterr().err
