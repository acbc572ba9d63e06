"""Every sentence the dialogue can say exists, is complete and fits a text message."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import core.intake
from core.intake.effects import Button, Phrase, Say
from core.intake.happenings import Proof
from core.intake.render import Rendered, render, texts
from core.intake.rules import DiversionKind, EmergencyKind, IntakeField, IntakeRules
from tests.core.intake.harness import rules

SOURCE = Path(core.intake.__file__).parent
LITERAL = re.compile(r"""(?:say\(\s*|["'])([a-z_]+(?:\.[a-z_]+)+)["']""")
GROUPS = {
    "ask",
    "ask_again",
    "short",
    "opened",
    "secrecy",
    "emergency",
    "divert",
    "handover",
    "cancelled",
    "supplied",
    "smalltalk",
    "rated",
    "feedback",
    "prove",
    "notices",
}


def keys_in_code() -> set[str]:
    """All text keys that stand in the engine's code, and those it builds from closed sets."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.glob("*.py"))
    found = set(LITERAL.findall(code))
    found |= {f"{group}.{field}" for group in ("ask", "ask_again", "short") for field in IntakeField}
    found |= {f"divert.{kind}" for kind in DiversionKind} | {f"emergency.kinds.{kind}" for kind in EmergencyKind}
    found |= {f"prove.{proof}" for proof in Proof}
    found |= {f"handover.{reason}" for reason in re.findall(r'hand_over\(turn, "(\w+)"\)', code)}
    found |= set(re.findall(r'say\("([a-z_]+)"', code))
    return {key for key in found if key.split(".")[0] in GROUPS or "." not in key}


def test_no_text_is_missing() -> None:
    assert keys_in_code() - set(texts()) == set()


def test_no_text_is_left_over() -> None:
    said_by_the_service = {"notices.kept", "notices.nowhere"}
    used = keys_in_code() | {"ask.code"} | said_by_the_service
    assert {key for key in texts() if not key.startswith("buttons.")} - used == set()


def test_a_missing_template_or_parameter_is_an_error() -> None:
    with pytest.raises(KeyError):
        render(Say("no.such.text"))
    with pytest.raises(KeyError):
        render(Say("ask.content"))


def test_references_and_titles_are_looked_up() -> None:
    buttons = (Button("none:email"), Button("none:time"), Button("rate:1", "Hài lòng"))
    said = render(Say("reminder", {"question": Phrase("short.place")}, buttons))
    assert "còn thiếu địa điểm" in said.text
    assert said.buttons == (("Không có", "none:email"), ("Không nhớ", "none:time"), ("Hài lòng", "rate:1"))


@pytest.mark.parametrize("words", ["@short.place", "@no.such.text", "{code}", "{0.__class__}", "%s", "@"])
def test_what_a_citizen_wrote_is_never_taken_for_ours(words: str) -> None:
    said = render(Say("reminder", {"question": words}))
    assert f"còn thiếu {words}." in said.text


def test_rendering_leaves_no_empty_lines() -> None:
    params = {
        "office": "Trung tâm",
        "code": "1",
        "access": "",
        "summary": "s",
        "place": "p",
        "secrecy": "",
        "terms": "",
        "several": "",
    }
    said = render(Say("opened.report", params))
    assert isinstance(said, Rendered)
    assert "mã 1.\n" in said.text
    assert "\n\n" not in said.text
    assert not said.text.endswith(("\n", " "))


@pytest.mark.parametrize(
    "key", sorted(key for key in texts() if key.startswith(("ask", "handover", "divert", "smalltalk")))
)
def test_sentences_are_short_and_polite(key: str) -> None:
    assert len(texts()[key]) <= 220
    assert "{" in texts()[key] or texts()[key].startswith(("Dạ", "Nếu", "Ban"))


def test_fields_are_asked_for_in_one_order_whatever_the_pack_lists() -> None:
    assert rules("strict").required_on("zalo") == tuple(
        field for field in IntakeField if field in {"content", "place", "time", "name", "phone", "email"}
    )
    assert IntakeRules(regulation="x", required={}).required_on("zalo") == ()


@pytest.mark.parametrize(
    ("template", "asked"),
    [("ask.phone", "phone"), ("ask_again.contact", "phone"), ("ask.place", "place"), ("ask.name", "")],
)
def test_what_a_phone_can_share_is_named(template: str, asked: str) -> None:
    assert render(Say(template, {"office": "Trung tâm"})).asks == asked
