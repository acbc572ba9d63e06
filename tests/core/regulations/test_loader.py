"""The loader: folders, files, extension, references, and errors that say where."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.contract.errors import NotFound
from core.notify.letters import Template
from core.regulations import speaking
from core.regulations.library import PackLibrary
from core.regulations.loader import PackError, load_pack, overlay, pack_names, parse_pack

SMALL = """\
id: nho
meta: {title: Nhỏ}
roles:
  clerk: {label: Cán bộ, level: centre, cites: A-1}
stages:
  case:
    received: {label: Mới, kind: open, owner: clerk, cites: A-1}
    accepted: {label: Nhận, kind: done, cites: A-1}
moves:
  accept: {by: clerk, from: received, to: accepted, cites: A-1}
"""


def write(folder: Path, text: str, name: str = "pack.yaml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", pack_names())
def test_every_shipped_regulation_is_data_on_the_national_base(name: str) -> None:
    """No rule of the five texts needs a line of Python of its own."""
    pack = load_pack(name)

    assert pack.id == name
    assert {"linked", "diverted"} <= pack.stages.case.keys()


def test_a_pack_is_a_folder_of_files_with_one_section_each(tmp_path: Path) -> None:
    """Sections may be spread over files as suits the reader."""
    head, moves = SMALL.split("moves:")
    write(tmp_path / "nho", head)
    write(tmp_path / "nho", "moves:" + moves, "moves.yaml")

    pack = load_pack("nho", roots=(tmp_path,))

    assert pack.moves["accept"].from_ == ("received",)
    assert pack.moves["accept"].command == "accept"


def test_a_section_in_two_files_is_refused(tmp_path: Path) -> None:
    """Otherwise half of it would silently be lost."""
    write(tmp_path / "nho", SMALL)
    write(tmp_path / "nho", "moves: {}", "zz.yaml")

    with pytest.raises(PackError, match=r"nho/zz.yaml: section moves stands in another file too"):
        load_pack("nho", roots=(tmp_path,))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("to: accepted,", "to: acepted,", r"pack.yaml:10: .*no case stage 'acepted'; did you mean 'accepted'\?"),
        ("by: clerk", "by: clrk", r"pack.yaml:10: moves.accept.by: no role 'clrk'; did you mean 'clerk'\?"),
        ("by: clerk", "by: xyz", r"pack.yaml:10: moves.accept.by: no role 'xyz'; there are clerk"),
        ("to: accepted, cites", "cites", r"pack.yaml:10: moves.accept: accept leads nowhere; write .*\(to: …\)"),
        ("  accept: {by", "  dispatch: {by", r"pack.yaml:10: .*dispatch opens nothing; write .*\(opens: …\)"),
        ("  accept: {by", "  link_report: {by", r"pack.yaml:10: .*leaves the other case where it is; write other_to"),
        (
            "label: Nhận, kind",
            "label: mới, kind",
            r"pack.yaml:8: .*reads the same as 'received': 'mới'; give it a name",
        ),
        ("    accepted: {label", "    received: {label", r"pack.yaml:8: .*duplicate key \"received\""),
        ("owner: clerk", "owner: boss", r"pack.yaml:7: .*no role 'boss'"),
        ("  accept: {by", "  acept: {by", r"pack.yaml:10: .*no command 'acept' in table 7.0"),
        ("kind: done", "kind: finished", r"pack.yaml:8: stages.case.accepted.kind: Input should be"),
        ("to: accepted, cites: A-1", "to: accepted", r"pack.yaml:10: moves.accept.cites: Field required"),
        ("cites: A-1}\nstages", "cites: quy chế}\nstages", r"pack.yaml:4: roles.clerk.cites"),
        ("to: accepted,", "to: accepted, color: red,", r"pack.yaml:10: moves.accept.color: Extra inputs"),
        ("to: accepted,", "to: accepted, requires: reasn,", r"no field of accept 'reasn'"),
        ("id: nho", "id: nho\nid: to", r"pack.yaml:2: .*duplicate key"),
    ],
)
def test_every_mistake_is_reported_with_file_and_line(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    """Whoever edits a pack must be able to jump to the line."""
    write(tmp_path / "nho", SMALL.replace(old, new, 1))

    with pytest.raises(PackError, match=complaint):
        load_pack("nho", roots=(tmp_path,))


@pytest.mark.parametrize(
    ("clock", "complaint"),
    [
        ("allowance: 2 hours", "pack.yaml:12: clocks.t.allowance: .*is not a time limit; write 10min, 1h"),
        ("allowance: '2'", "pack.yaml:12: clocks.t.allowance: .*'2' is not a time limit; write 10min, 1h"),
        ("allowance: 2", "pack.yaml:12: clocks.t.allowance: .*'2' is not a time limit; write 10min, 1h"),
        ("allowance: {windows: [{from: '06:00', through: '22:00', allow: 1h}]}", "gap or overlap|end of the day"),
        ("allowance: 1h, from: 'soon()'", "is not the name of a time"),
        ("allowance: 1h, from: arrived_at", "no time 'arrived_at'"),
        ("allowance: 1h, stop: fly", "no command 'fly'"),
        ("allowance: 1h, stop: case/nowhere", "no case stage 'nowhere'"),
        ("allowance: 1h, warnings: [{at: later, tell: clerk}]", "later"),
        ("allowance: 1h, warnings: [{at: 30, tell: clerk}]", "pack.yaml:12: clocks.t.warnings.*'30' is not"),
    ],
)
def test_clock_notation_is_understood_when_the_pack_is_loaded(tmp_path: Path, clock: str, complaint: str) -> None:
    """A deadline nobody can read must not wait for the night it is needed."""
    line = f"clocks:\n  t: {{label: T, role: clerk, start: receive_report, {clock}, cites: A-1}}\n"
    write(tmp_path / "nho", SMALL + line)

    with pytest.raises(PackError, match=complaint):
        load_pack("nho", roots=(tmp_path,))


@pytest.mark.parametrize(
    ("section", "complaint"),
    [
        (
            "notifications: {n: {on: accept, to: reporter, template: case_acepted, cites: A-1}}",
            r"pack.yaml:11: notifications.n.template: there is no template .*; did you mean 'case_accepted'\?",
        ),
        (
            "letter: {body: 'Kính gửi [cá nhan, tổ chức]'}",
            r"pack.yaml:11: .*\[cá nhan, tổ chức\]; did you mean 'cá nhân",
        ),
        (
            "letter: {others: {official: {body: '[tên tôi]'}}}",
            r"pack.yaml:11: letter.others.official.body: nobody fills in",
        ),
    ],
)
def test_words_that_cannot_be_said_are_refused_when_the_pack_is_loaded(
    tmp_path: Path, section: str, complaint: str
) -> None:
    """A template that nobody wrote, a placeholder that nobody fills in."""
    write(tmp_path / "nho", SMALL + section + "\n")

    with pytest.raises(PackError, match=complaint):
        load_pack("nho", roots=(tmp_path,))


def test_a_template_with_a_hole_that_nobody_fills_in_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Named with the template and the placeholder most like it."""
    written = {"case_accepted": Template("Phản ánh {code}", "Xem tại {lin}")}
    monkeypatch.setattr(speaking, "templates", lambda: written)
    write(
        tmp_path / "nho",
        SMALL + "notifications: {n: {on: accept, to: reporter, template: case_accepted, cites: A-1}}\n",
    )

    with pytest.raises(
        PackError, match=r"nobody fills in \{lin\} of the template 'case_accepted'; did you mean 'link'"
    ):
        load_pack("nho", roots=(tmp_path,))


def test_times_of_day_and_no_stay_what_was_written(tmp_path: Path) -> None:
    """YAML 1.1 readers make 22:00 a number and `no` a falsehood."""
    report = "reports: {w: {label: no, role: clerk, every: week, at: 22:00, cites: A-1}}\n"
    write(tmp_path / "nho", SMALL + report)

    pack = load_pack("nho", roots=(tmp_path,))

    assert pack.reports["w"].label == "no"
    assert f"{pack.reports['w'].at:%H:%M}" == "22:00"


def test_a_variant_changes_fields_adds_entries_and_removes_them(tmp_path: Path) -> None:
    """`extends` keeps everything it does not name."""
    write(tmp_path / "nho", SMALL)
    write(
        tmp_path / "nho_2025",
        """\
id: nho_2025
extends: nho
roles: {clerk: {label: Nhân viên}, chief: {label: Trưởng, level: centre, cites: A-2}}
moves:
  accept: null
  classify: {by: chief, from: received, cites: A-2}
""",
    )

    pack = load_pack("nho_2025", roots=(tmp_path,))

    assert (pack.roles["clerk"].label, pack.roles["clerk"].level) == ("Nhân viên", "centre")
    assert list(pack.moves) == ["classify"]
    assert pack.id == "nho_2025"


def test_an_error_in_what_a_variant_inherits_names_the_file_it_stands_in(tmp_path: Path) -> None:
    """The line of the base, not of the variant."""
    write(tmp_path / "nho", SMALL.replace("owner: clerk", "owner: boss"))
    write(tmp_path / "con", "id: con\nextends: nho\n")

    with pytest.raises(PackError, match=r"nho/pack.yaml:7: "):
        load_pack("con", roots=(tmp_path,))


def test_a_text_whose_comma_was_not_quoted_is_refused(tmp_path: Path) -> None:
    """YAML reads its rest as a key without a value, which would silently shorten what people read."""
    write(tmp_path / "nho", SMALL)
    write(tmp_path / "con", "id: con\nextends: nho\nstages:\n  case:\n    accepted: {label: Nhận, chờ phân công}\n")

    with pytest.raises(PackError, match=r"con/pack.yaml:5: 'chờ phân công' has no value .* in quotes"):
        load_pack("con", roots=(tmp_path,))


def test_overlay_replaces_lists_and_merges_mappings() -> None:
    """The one rule of extension."""
    base = {"a": {"x": 1, "y": [1, 2]}, "b": 2}

    assert overlay(base, {"a": {"y": [3]}, "b": None, "c": {"z": 1}}) == {"a": {"x": 1, "y": [3]}, "c": {"z": 1}}


def test_the_reference_follows_the_content(tmp_path: Path) -> None:
    """A comment changes nothing; a changed limit is another regulation to every case that pins it."""
    first = load_pack("nho", roots=(write(tmp_path / "1" / "nho", SMALL).parent,))
    same = load_pack("nho", roots=(write(tmp_path / "2" / "nho", "# ghi chú\n" + SMALL).parent,))
    other = load_pack("nho", roots=(write(tmp_path / "3" / "nho", SMALL.replace("Nhận", "Tiếp nhận")).parent,))

    assert first.ref == same.ref
    assert first.ref != other.ref
    assert first.ref.startswith("nho@")
    assert len(first.digest) == 16


def test_a_pinned_pack_is_found_again_after_a_newer_one_is_installed(tmp_path: Path) -> None:
    """U-11: a case goes on under what it began with."""
    old = load_pack("nho", roots=(write(tmp_path / "1" / "nho", SMALL).parent,))
    new = load_pack("nho", roots=(write(tmp_path / "2" / "nho", SMALL.replace("Nhận", "Tiếp nhận")).parent,))

    library = PackLibrary.of(new, [old.document, new.document])

    assert old == library.get(old.ref)
    assert new == library.get(new.ref)
    assert len(list(library)) == 2
    with pytest.raises(NotFound):
        library.get("nho@0000000000000000")


def test_a_stored_document_gives_the_same_pack() -> None:
    """What storage keeps is enough."""
    pack = load_pack("quang_binh")

    assert pack == parse_pack(pack.document)


def test_an_unknown_name_says_where_it_was_looked_for(tmp_path: Path) -> None:
    """A typing slip in the configuration."""
    with pytest.raises(PackError, match="khong_co: not found in"):
        load_pack("khong_co", roots=(tmp_path,))


def test_the_national_base_is_no_regulation_by_itself() -> None:
    """It is there to be extended."""
    assert "national" not in pack_names()
