"""
A province nobody has heard of: random roles, stages, clocks and moves that form a lawful chain, as files of a pack.

A case goes through some stages at the centre, is dispatched, goes through some at one agency or several, comes back,
goes through some more and gets its answer. Which steps there are, by whom, under which limits, and which side ways lead
off and back, is chance; that it is a chain is all that is certain.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

CITES = "A-1"
AT_THE_CENTRE = ("log_verification_call", "notify_reporter", "classify", "consult")
"""Steps that the words of the nation do not have: a row of theirs would fit first."""

AT_AN_AGENCY = ("accept_dispatch", "assign_staff", "submit_result", "confirm_result", "approve")
LIMITS = ("30min", "1h", "24h", "2wh", "6wh", "1wd", "5wd", "1d", "3d", "unset")
ENDS = ("publish", "reply_privately")
KINDS = ("department", "commune", "enterprise", "central_body", "office_of_the_sea")
FIELDS = ("content", "place", "reachable", "phone", "name", "email")


@dataclass
class Draft:
    """The sections as they grow."""

    roles: dict[str, Any] = field(default_factory=dict)
    case: dict[str, Any] = field(default_factory=dict)
    dispatch: dict[str, Any] = field(default_factory=dict)
    moves: dict[str, Any] = field(default_factory=dict)
    clocks: dict[str, Any] = field(default_factory=dict)

    def stage(self, level: str, name: str, owner: str = "", *, kind: str = "open") -> str:
        """A new stage; returns its name."""
        stages = self.case if level == "case" else self.dispatch
        owned = {"owner": owner} if owner else {}
        stages[name] = {"label": f"Bước {name}", "kind": kind, "public": f"Đang ở {name}", "cites": CITES, **owned}
        return name

    def move(self, name: str, command: str, role: str, **fields: Any) -> None:
        """A new row; the first to fit is taken, so names are only names."""
        self.moves[name] = {"command": command, "by": [role], "cites": CITES, **fields}

    def clock(self, level: str, stage: str, role: str, limit: str, ends: list[str]) -> None:
        """A limit from entering a stage to the commands that leave it."""
        self.clocks[f"limit_{stage}"] = {
            "label": f"Thời hạn {stage}",
            "at": level,
            "role": role,
            "start": f"{level}/{stage}",
            "allowance": limit,
            "stop": ends,
            "warnings": [{"at": "10min", "tell": [role]}],
            "breach": {"tell": [role]},
            "cites": CITES,
        }


@st.composite
def packs(draw: st.DrawFn) -> dict[str, Any]:
    """The document of a pack; extends what holds everywhere."""
    pack = Draft()
    central = _roles(draw, pack, "centre", "ngoi_sao")
    local = _roles(draw, pack, "agency", "hai_dang")
    last = _centre_stages(draw, pack, central)
    _agency_stages(draw, pack, central, local, last)
    return _document(draw, pack)


def _roles(draw: st.DrawFn, pack: Draft, level: str, word: str) -> list[str]:
    names = [f"{word}_{number}" for number in range(draw(st.integers(1, 3)))]
    pack.roles |= {name: {"label": f"Người {name}", "level": level, "cites": CITES} for name in names}
    return names


def _centre_stages(draw: st.DrawFn, pack: Draft, central: list[str]) -> str:
    """received → accept → some steps; returns the stage from which the case is dispatched."""
    one = st.sampled_from(central)
    here = pack.stage("case", "tiep_nhan", draw(one))
    pack.move("accept", "accept", draw(one), **{"from": "received", "to": here}, when={"complete": True})
    steps = draw(st.lists(st.sampled_from(AT_THE_CENTRE), unique=True, max_size=3))
    for number, command in enumerate(steps):
        role = pack.case[here]["owner"]
        to = pack.stage("case", f"kiem_{number}", draw(one))
        pack.move(f"kiem_{number}", command, role, **{"from": here, "to": to})
        pack.clock("case", here, role, draw(st.sampled_from(LIMITS)), [command])
        here = to
    if draw(st.booleans()):
        pack.stage("case", "cho_bo_sung", draw(one), kind="aside")
        pack.move("hoi", "request_supplement", draw(one), **{"from": "received", "to": "cho_bo_sung"})
        pack.move("dap", "supply_supplement", draw(one), **{"from": "cho_bo_sung", "to": "received"})
    return here


def _agency_stages(draw: st.DrawFn, pack: Draft, central: list[str], local: list[str], last: str) -> None:
    one, other = st.sampled_from(local), st.sampled_from(central)
    chosen = draw(st.sets(st.sampled_from([c for c in AT_AN_AGENCY if c != "submit_result"])))
    commands = [command for command in AT_AN_AGENCY if command in chosen or command == "submit_result"]
    names = [pack.stage("dispatch", f"viec_{number}", draw(one)) for number in range(len(commands))]
    names.append(pack.stage("dispatch", "xong", kind="done"))
    for number, command in enumerate(commands):
        owner = pack.dispatch[names[number]]["owner"]
        pack.move(f"viec_{number}", command, owner, at="dispatch", **{"from": names[number], "to": names[number + 1]})
        pack.clock("dispatch", names[number], owner, draw(st.sampled_from(LIMITS)), [command, "send_back"])
    pack.stage("case", "dang_xu_ly")
    most = draw(st.sampled_from([None, 1, 2]))
    pack.move(
        "dispatch",
        "dispatch",
        pack.case[last]["owner"],
        **{"from": last, "to": "dang_xu_ly"},
        opens=names[0],
        agencies={"min": 1} | ({"max": most} if most else {}),
    )
    if draw(st.booleans()):
        _way_back(pack, names, last)
    _ending(draw, pack, draw(other))


def _way_back(pack: Draft, names: list[str], last: str) -> None:
    """The first stage of an agency can send the case back to where it was dispatched from."""
    pack.stage("dispatch", "tra_lai", kind="closed")
    owner = pack.dispatch[names[0]]["owner"]
    pack.move("tra_lai", "send_back", owner, at="dispatch", **{"from": names[0], "to": "tra_lai"}, case_to=last)


def _ending(draw: st.DrawFn, pack: Draft, editor: str) -> None:
    pack.stage("case", "cho_tra_loi", editor)
    pack.stage("case", "da_tra_loi", kind="done")
    end = draw(st.sampled_from(ENDS))
    pack.move("tra_loi", end, editor, **{"from": "cho_tra_loi", "to": "da_tra_loi"})
    pack.clock("case", "cho_tra_loi", editor, draw(st.sampled_from(LIMITS)), [end])


def _document(draw: st.DrawFn, pack: Draft) -> dict[str, Any]:
    required = draw(st.lists(st.sampled_from(FIELDS), unique=True, min_size=1))
    classified = any(move["command"] == "classify" for move in pack.moves.values())
    categories = range(draw(st.integers(1 if classified else 0, 4)))
    levels = range(1, draw(st.integers(2, 5)) + 1)
    back = {"ignores": ["tra_lai"]} if "tra_lai" in pack.dispatch else {}
    return {
        "id": "hai_dao",
        "extends": "national",
        "meta": {"title": "Quy chế tỉnh Hải Đảo (không có thật)", "place": "tỉnh Hải Đảo", "cites": [CITES]},
        "roles": pack.roles,
        "stages": {"case": pack.case, "dispatch": pack.dispatch},
        "moves": pack.moves,
        "joins": {
            "xong": {
                "needs": ["xong"],
                **back,
                "case_from": ["dang_xu_ly"],
                "case_to": "cho_tra_loi",
                "cites": CITES,
            }
        },
        "clocks": pack.clocks,
        "intake": {
            "channels": {"web": {"label": "Trang của tỉnh", "cites": CITES}},
            "required": {name: {"field": name, "label": f"Mục {name}", "cites": CITES} for name in required},
            "categories": {f"linh_vuc_{n}": {"label": f"Lĩnh vực {n}", "cites": CITES} for n in categories},
        },
        "notifications": {
            "reporter_accepted": {"on": "accept", "to": "reporter", "template": "case_accepted", "cites": CITES},
            "reporter_answered": {
                "on": "case/da_tra_loi",
                "to": "reporter",
                "template": "case_dispatched",
                "cites": CITES,
            },
        },
        "rating": {"levels": {f"muc_{n}": {"label": f"Mức {n}", "score": n, "cites": CITES} for n in levels}},
        "publication": {
            "public_fields": ["code", "category", "received_at", "stage", "progress", "answer", "answered_at"]
        },
    }


def write_pack(folder: Path, document: dict[str, Any], agencies: int) -> Path:
    """The pack as a folder of files (JSON is YAML), with a tree of invented agencies; returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    tree = {
        f"co_quan_{number}": {"name": f"Cơ quan số {number}", "kind": KINDS[number % len(KINDS)]}
        for number in range(agencies)
    }
    for name, content in (("pack.yaml", document), ("agencies.yaml", {"agencies": tree})):
        (folder / name).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    return folder
