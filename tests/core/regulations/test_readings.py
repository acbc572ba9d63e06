"""A reading is an option: choosing another one changes the pack as the reading says, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.regulations.lint import lint_regulation
from core.regulations.loader import BUNDLED, PackError, load_pack
from core.regulations.model import Pack


def with_choices(tmp_path: Path, **choices: str) -> Pack:
    """A deployment's own pack of a few lines."""
    folder = tmp_path / "cua_rieng"
    folder.mkdir()
    lines = "\n".join(f"  A-TG-{number}: {{choice: {choice}}}" for number, choice in choices.items())
    (folder / "pack.yaml").write_text(f"id: cua_rieng\nextends: tien_giang\nreadings:\n{lines}\n", encoding="utf-8")
    assert [finding for finding in lint_regulation(folder) if finding.severity.value == "error"] == []
    return load_pack("cua_rieng", roots=(tmp_path, BUNDLED))


@pytest.mark.rule("A-TG-2")
def test_media_may_be_required_on_the_app(tmp_path: Path) -> None:
    """Recommended unless chosen."""
    chosen = with_choices(tmp_path, **{"2": "app"}).intake.required["media"]

    assert (chosen.field, chosen.channels) == ("media", ("app",))
    assert "media" not in load_pack("tien_giang").intake.required


@pytest.mark.rule("A-TG-3")
def test_email_may_be_only_recommended(tmp_path: Path) -> None:
    """What the choice takes away is gone, also through `extends`."""
    intake = with_choices(tmp_path, **{"3": "recommended"}).intake

    assert "email" not in intake.required
    assert intake.recommended == ("media", "email")


@pytest.mark.rule("A-TG-5", "A-TG-6")
def test_two_choices_add_up(tmp_path: Path) -> None:
    """Six days from acceptance, and no automatic routing; the rest is as shipped."""
    shipped, pack = load_pack("tien_giang"), with_choices(tmp_path, **{"5": "acceptance", "6": "by_hand"})

    assert (shipped.clocks["processing"].start, pack.clocks["processing"].start) == (
        ("dispatch/distributed",),
        ("accept_dispatch",),
    )
    assert shipped.moves.keys() - pack.moves.keys() == {"dispatch_automatically"}
    assert (shipped.stages, shipped.intake, shipped.joins) == (pack.stages, pack.intake, pack.joins)


@pytest.mark.parametrize(
    ("reading", "words"),
    [
        ("{choice: b, options: [a, b], text: x, changes: {c: {}}}", "none of the options"),
        ("{choice: c, options: [a, b], text: x}", "none of the options"),
        ("{choice: b, options: [a, b], text: x, changes: {b: {moves: {dispatch: {by: [nobody]}}}}}", "nobody"),
    ],
)
def test_a_reading_that_makes_no_sense_is_refused(tmp_path: Path, reading: str, words: str) -> None:
    """At load, with what is wrong."""
    file = tmp_path / "x.yaml"
    file.write_text(f"id: x\nextends: tien_giang\nreadings:\n  A-TG-1: {reading}\n", encoding="utf-8")

    with pytest.raises(PackError, match=words):
        load_pack(file)
