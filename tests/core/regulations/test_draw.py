"""The state diagram says what the pack's data says, in two languages, always the same way."""

from __future__ import annotations

import re

import pytest

from core.regulations.draw import diagram_of, to_dot, to_mermaid
from core.regulations.graph import node_id
from core.regulations.loader import load_pack
from core.regulations.model import Pack

TINY = {
    "id": "tiny",
    "meta": {"title": 'Quy chế "thử"'},
    "roles": {
        "centre": {"label": "Trung tâm", "level": "centre", "cites": "A-0"},
        "officer": {"label": "Cán bộ", "level": "agency", "cites": "A-0"},
    },
    "stages": {
        "case": {
            "received": {"label": "Mới nhận", "kind": "open", "cites": "A-0"},
            "sent": {"label": "Đã chuyển", "kind": "open", "cites": "A-0"},
            "waiting": {"label": "Chờ: bổ sung", "kind": "aside", "cites": "A-0"},
            "answered": {"label": "Đã trả lời", "kind": "done", "cites": "A-0"},
            "cancelled": {"label": "Đã hủy", "kind": "closed", "cites": "A-0"},
        },
        "dispatch": {
            "new": {"label": "Chờ nhận", "kind": "open", "cites": "A-0"},
            "handled": {"label": "Đã xử lý", "kind": "done", "cites": "A-0"},
        },
    },
    "moves": {
        "dispatch": {"by": "centre", "from": "received", "to": "sent", "opens": "new", "cites": "HUE-1"},
        "request_supplement": {"by": "centre", "from": "received", "to": "waiting", "cites": "LS-7.2b"},
        "supply_supplement": {"by": "centre", "from": "waiting", "to": "previous", "cites": "LS-7.2b"},
        "cancel": {"by": "centre", "from": "@aside", "to": "cancelled", "cites": ["LS-7.2b", "LS-7.2c"]},
        "classify": {"by": "centre", "from": "@open", "cites": "HUE-1"},
        "submit_result": {"by": "officer", "at": "dispatch", "from": "new", "to": "handled", "cites": "HUE-3a"},
    },
    "joins": {"all": {"needs": "handled", "case_from": "sent", "case_to": "answered", "cites": "HUE-5"}},
}


@pytest.fixture(scope="module")
def tiny() -> Pack:
    return Pack.model_validate(TINY)


@pytest.fixture(scope="module")
def hue() -> Pack:
    return load_pack("thua_thien_hue")


def test_dot_of_a_tiny_pack_word_for_word(tiny: Pack) -> None:
    """Boxes, shapes by kind, quotes escaped, dashed lines where another level follows."""
    expected = r"""digraph "tiny" {
  label="Quy chế \"thử\""; labelloc=t; rankdir=TB; compound=true;
  node [shape=box, style="rounded,filled", fillcolor=white, fontname="sans-serif"];
  edge [fontname="sans-serif", fontsize=10];
  start [shape=point, label=""];
  case_received [label="Mới nhận"];
  case_sent [label="Đã chuyển"];
  case_waiting [label="Chờ: bổ sung", style="rounded,dashed"];
  case_answered [label="Đã trả lời", peripheries=2];
  case_cancelled [label="Đã hủy", fillcolor="#dddddd"];
  subgraph cluster_dispatch {
    label="Phần việc của từng cơ quan"; style=rounded;
    dispatch_new [label="Chờ nhận"];
    dispatch_handled [label="Đã xử lý", peripheries=2];
  }
  start -> case_received [label="receive_report"];
  case_received -> case_sent [label="dispatch · Trung tâm · HUE-1"];
  case_received -> case_waiting [label="request_supplement · Trung tâm · LS-7.2b"];
  case_received -> dispatch_new [label="dispatch · Trung tâm · HUE-1", style=dashed];
  case_sent -> case_answered [label="(all) · HUE-5"];
  case_waiting -> case_received [label="supply_supplement · Trung tâm · LS-7.2b", style=dotted];
  case_waiting -> case_cancelled [label="cancel · Trung tâm · LS-7.2b, LS-7.2c"];
  dispatch_new -> dispatch_handled [label="submit_result · Cán bộ · HUE-3a"];
  dispatch_handled -> case_answered [label="(all) · HUE-5", style=dashed];
}
"""
    assert to_dot(tiny) == expected


def test_mermaid_of_a_tiny_pack_word_for_word(tiny: Pack) -> None:
    """Signs that Mermaid would take for its own are replaced."""
    expected = r"""---
title: "Quy chế \"thử\""
---
stateDiagram-v2
  state "Mới nhận" as case_received
  state "Đã chuyển" as case_sent
  state "Chờ∶ bổ sung" as case_waiting
  state "Đã trả lời" as case_answered
  state "Đã hủy" as case_cancelled
  state "Phần việc của từng cơ quan" as dispatch {
    state "Chờ nhận" as dispatch_new
    state "Đã xử lý" as dispatch_handled
  }
  [*] --> case_received : receive_report
  case_received --> case_sent : dispatch · Trung tâm · HUE-1
  case_received --> case_waiting : request_supplement · Trung tâm · LS-7.2b
  case_received --> dispatch_new : dispatch · Trung tâm · HUE-1
  case_sent --> case_answered : (all) · HUE-5
  case_waiting --> case_received : supply_supplement · Trung tâm · LS-7.2b
  case_waiting --> case_cancelled : cancel · Trung tâm · LS-7.2b, LS-7.2c
  dispatch_new --> dispatch_handled : submit_result · Cán bộ · HUE-3a
  dispatch_handled --> case_answered : (all) · HUE-5
  case_cancelled --> [*]
"""
    assert to_mermaid(tiny) == expected


def test_moves_between_the_same_stages_share_one_line() -> None:
    """Two labels, one line, in the order of the pack."""
    moves = TINY["moves"] | {"decline": {"by": "centre", "from": "@aside", "to": "cancelled", "cites": "LS-5.3"}}
    pack = Pack.model_validate(TINY | {"moves": moves})

    both = r"cancel · Trung tâm · LS-7.2b, LS-7.2c\ndecline · Trung tâm · LS-5.3"
    assert f'  case_waiting -> case_cancelled [label="{both}"];' in to_dot(pack).splitlines()


def test_linking_moves_the_other_case_aside_and_back() -> None:
    """The stage the other case enters is reached from each stage in which linking is allowed."""
    moves = TINY["moves"] | {
        "link_report": {"by": "centre", "from": "sent", "other_to": "linked", "cites": "A-3"},
        "unlink_report": {"by": "centre", "from": "sent", "other_to": "previous", "cites": "A-3"},
    }
    linked = {"linked": {"label": "Đã gộp", "kind": "aside", "cites": "A-3"}}
    stages = TINY["stages"] | {"case": TINY["stages"]["case"] | linked}
    lines = to_dot(Pack.model_validate(TINY | {"moves": moves, "stages": stages})).splitlines()

    assert '  case_sent -> case_linked [label="link_report · Trung tâm · A-3"];' in lines
    assert '  case_linked -> case_sent [label="unlink_report · Trung tâm · A-3", style=dotted];' in lines


def test_hue_shows_each_step_of_its_regulation(hue: Pack) -> None:
    """Every rule with a step of its own labels at least one edge, in both languages."""
    for text in (to_dot(hue), to_mermaid(hue)):
        cited = set(re.findall(r"HUE-[0-9][a-z]?", text))
        assert {"HUE-1", "HUE-2", "HUE-3a", "HUE-3b", "HUE-4a", "HUE-4b", "HUE-5"} <= cited


def test_hue_draws_every_stage_and_every_move_that_leads_somewhere(hue: Pack) -> None:
    """Nothing of the data is lost on the way into the picture."""
    diagram = diagram_of(hue)
    labels = " ".join(label for *_, found in diagram.edges for label in found)
    drawn = {node_id(level, stage.id) for level, stage in diagram.stages}

    assert len(drawn) == len(hue.stages.case) + len(hue.stages.dispatch) + len(hue.stages.coordination)
    assert {node for source, target, *_ in diagram.edges for node in (source, target)} <= drawn
    assert [move.id for move in hue.moves.values() if move.to and f"{move.command} ·" not in labels] == []


def test_the_picture_does_not_depend_on_the_run(hue: Pack) -> None:
    """A copy that went through JSON gives the same text."""
    again = Pack.model_validate_json(hue.model_dump_json(by_alias=True))

    assert to_dot(again) == to_dot(hue)
    assert to_mermaid(again) == to_mermaid(hue)
