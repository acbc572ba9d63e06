"""The linter is silent about the shipped packs, and finds each kind of slip made in a copy of one."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from core.cases.commands import NAMES
from core.regulations.lint import Finding, Kind, Severity, exit_code, lint_pack, lint_regulation, shipped_context
from core.regulations.loader import PackError, load_pack, pack_names
from core.regulations.model import Pack

Document = dict[str, Any]
HUE = load_pack("thua_thien_hue")
CONTEXT = shipped_context()
ROLE = next(iter(HUE.roles))
FIRST = HUE.first_stage


def lint_changed(change: Callable[[Document], object]) -> tuple[Finding, ...]:
    """The findings about HUE after `change` has altered a copy of its document."""
    document = copy.deepcopy(json.loads(HUE.document))
    change(document)
    return lint_pack(Pack.model_validate(document), CONTEXT)


class Slip(NamedTuple):
    """One way to spoil a pack, and what the linter must say to it."""

    kind: Kind
    path: str
    words: str
    change: Callable[[Document], object]


def put(path: str, value: object) -> Callable[[Document], object]:
    """Set what stands at a dotted path; missing mappings on the way are made."""

    def change(document: Document) -> None:
        *way, last = path.split(".")
        inner = document
        for key in way:
            inner = inner.setdefault(key, {})
        inner[last] = value

    return change


def both(*changes: Callable[[Document], object]) -> Callable[[Document], object]:
    return lambda document: [change(document) for change in changes]


def move(name: str, **fields: object) -> Callable[[Document], object]:
    """One more move, sound but for `fields`."""
    sound = {"command": "consult", "by": ROLE, "from": FIRST, "cites": "HUE-1"}
    return put(f"moves.{name}", sound | fields)


def stage(name: str, **fields: object) -> Callable[[Document], object]:
    """One more open stage of the case."""
    return put(f"stages.case.{name}", {"label": f"Thử {name}", "kind": "open", "cites": "HUE-1"} | fields)


def clock(name: str, **fields: object) -> Callable[[Document], object]:
    """One more deadline, sound but for `fields`."""
    sound = {"label": "Thử", "role": ROLE, "start": "receive_report", "stop": "divert", "allowance": "1h"}
    return put(f"clocks.{name}", sound | {"cites": "HUE-2"} | fields)


def notice(name: str, **fields: object) -> Callable[[Document], object]:
    sound = {"on": "receive_report", "to": "reporter", "template": "case_accepted", "cites": "HUE-1"}
    return put(f"notifications.{name}", sound | fields)


def category(name: str, **fields: object) -> Callable[[Document], object]:
    return put(f"intake.categories.{name}", {"label": "Rác thải", "cites": "A-HUE-3"} | fields)


def without_clocks_of(rule: str) -> Callable[[Document], object]:
    def change(document: Document) -> None:
        for name in [name for name, spec in document["clocks"].items() if rule in spec["cites"]]:
            document["clocks"][name]["cites"] = "HUE-1"

    return change


def cite_instead(old: str, new: str) -> Callable[[Document], object]:
    """Every citation of `old` becomes one of `new`."""

    def change(document: Document) -> None:
        changed = json.loads(json.dumps(document).replace(f'"{old}"', f'"{new}"'))
        document.clear()
        document.update(changed)

    return change


IDLE_COMMAND = min(NAMES - {row.command for row in HUE.moves.values()})

SLIPS = [
    Slip(Kind.DANGLING, "moves.slip.to", "no case stage 'nowhere'", move("slip", to="nowhere")),
    Slip(Kind.DANGLING, "moves.slip.from", "no case stage 'nowhere'", move("slip", **{"from": "nowhere"})),
    Slip(Kind.DANGLING, "moves.slip.by", "no role 'nobody'", move("slip", by="nobody")),
    Slip(Kind.DANGLING, "moves.slip.command", "no command 'abolish'", move("slip", command="abolish")),
    Slip(Kind.DANGLING, "moves.slip.requires", "no field of consult 'colour'", move("slip", requires=["note|colour"])),
    Slip(Kind.DANGLING, "clocks.slip.start", "no command 'fly'", clock("slip", start="fly")),
    Slip(Kind.DANGLING, "clocks.slip.stop", "no case stage 'nowhere'", clock("slip", stop="case/nowhere")),
    Slip(Kind.DANGLING, "notifications.slip.to", "no role 'nobody'", notice("slip", to="nobody")),
    Slip(Kind.DANGLING, "intake.categories.slip.topics", "no topic 'none'", category("slip", topics=["none"])),
    Slip(Kind.DANGLING, "intake.categories.slip.group", "no group 'none'", category("slip", group="none")),
    Slip(Kind.DANGLING, "intake.usual_urgency", "no urgency 'lazy'", put("intake.usual_urgency", "lazy")),
    Slip(
        Kind.DANGLING,
        "intake.required.slip.channels",
        "no channel 'pigeon'",
        put("intake.required.slip", {"label": "Thử", "field": "media", "channels": ["pigeon"], "cites": "A-HUE-3"}),
    ),
    Slip(Kind.UNKNOWN_RULE, f"roles.{ROLE}.cites", "no rule 'HUE-99'", put(f"roles.{ROLE}.cites", "HUE-99")),
    Slip(Kind.RULE_NOT_CARRIED, "", "no entry carries out HUE-4b", cite_instead("HUE-4b", "HUE-4a")),
    Slip(
        Kind.READING_UNKNOWN,
        "readings.A-HUE-9",
        "no reading 'A-HUE-9'",
        put("readings.A-HUE-9", {"choice": "some", "text": "Thử"}),
    ),
    Slip(Kind.READING_UNKNOWN, "readings.HUE-2", "", put("readings.HUE-2", {"choice": "some", "text": "Thử"})),
    Slip(Kind.STAGE_UNREACHABLE, "stages.case.island", "no path leads to", stage("island", kind="done")),
    Slip(
        Kind.STAGE_WITHOUT_EXIT,
        "stages.case.trap",
        "no move names the open stage 'trap'",
        both(stage("trap"), move("slip", to="trap")),
    ),
    Slip(
        Kind.ENDLESS,
        "stages.case.ring_a",
        "from the stage 'ring_a' no done or closed stage",
        both(
            stage("ring_a"),
            stage("ring_b"),
            move("in", to="ring_a"),
            move("on", **{"from": "ring_a", "to": "ring_b"}),
            move("back", **{"from": "ring_b", "to": "ring_a"}),
        ),
    ),
    Slip(
        Kind.ROLE_IDLE,
        "roles.idle",
        "may do nothing",
        put("roles.idle", {"label": "Người thử", "level": "centre", "cites": "HUE-1"}),
    ),
    Slip(Kind.FIELD_UNKNOWN, "intake.recommended", "no field 'shoe_size'", put("intake.recommended", ["shoe_size"])),
    Slip(Kind.EVENT_IDLE, "clocks.slip.stop", "no move brings about", clock("slip", stop=["divert", IDLE_COMMAND])),
    Slip(Kind.EVENT_IDLE, "notifications.slip.on", "no move brings about", notice("slip", on=IDLE_COMMAND)),
    Slip(Kind.CLOCK_MISSING, "clocks", "30min from distributed_at", without_clocks_of("HUE-2")),
    Slip(Kind.CLOCK_NEVER_STARTS, "clocks.slip.start", "nothing ever starts", clock("slip", start=IDLE_COMMAND)),
    Slip(Kind.CLOCK_NEVER_STOPS, "clocks.slip.stop", "nothing ever stops", clock("slip", stop=[])),
    Slip(Kind.CLOCK_NEVER_STOPS, "clocks.slip.stop", "nothing ever stops", clock("slip", stop=IDLE_COMMAND)),
    Slip(Kind.CALENDAR_MISSING, "meta.calendar", "no working calendar 'moon'", put("meta.calendar", "moon")),
    Slip(Kind.TEMPLATE_MISSING, "notifications.slip.template", "no template 'ode'", notice("slip", template="ode")),
    Slip(Kind.PLACEHOLDER_UNKNOWN, "letter.body", "[tên mèo]", put("letter.body", "Kính gửi: [Tên  mèo]")),
    Slip(Kind.PLACEHOLDER_UNKNOWN, "letter.recipients", "[ai đó]", put("letter.recipients", ["Như trên", "[Ai đó]"])),
    Slip(
        Kind.PLACEHOLDER_UNKNOWN,
        "letter.others.official.subject",
        "[việc gì]",
        put("letter.others.official.subject", "V/v [việc gì]"),
    ),
    Slip(Kind.LETTER_SAYS_NOTHING, "letter", "no place for what it tells", put("letter.body", "Kính gửi: Quý khách")),
    Slip(
        Kind.PLACEHOLDER_UNKNOWN,
        "intake.diversions.slip.text",
        "nobody fills in 'name'",
        put("intake.diversions.slip", {"label": "Thử", "text": "Chào {name}", "cites": "VN-1"}),
    ),
    Slip(
        Kind.DUPLICATE,
        "intake.categories.second",
        "first and second read the same",
        both(category("first"), category("second", label="rác  THẢI")),
    ),
    Slip(
        Kind.PUBLIC_FIELD_TELLS,
        "publication.confidential_fields",
        "'answer'",
        put("publication.confidential_fields", ["code", "answer"]),
    ),
    Slip(
        Kind.PUBLIC_FIELD_TELLS,
        "publication.withheld_fields",
        "'media'",
        put("publication.withheld_fields", ["media"]),
    ),
]
ELSEWHERE = {Kind.SCHEMA, Kind.AGENCY_ORPHAN}


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: f"{slip.kind.value}: {slip.path} {slip.words}")
def test_each_kind_of_slip_is_found_where_it_was_made(slip: Slip) -> None:
    """The kind, the path in the document and the words that name what is wrong."""
    found = [finding for finding in lint_changed(slip.change) if finding.kind is slip.kind]

    assert [".".join(finding.path) for finding in found if slip.words in finding.message] == [slip.path]


def test_the_table_above_knows_every_kind() -> None:
    """A new kind of finding needs a broken pack; those about files have tests of their own below."""
    assert {slip.kind for slip in SLIPS} | ELSEWHERE == set(Kind)


@pytest.mark.parametrize("name", pack_names())
def test_shipped_packs_have_no_errors(name: str) -> None:
    """Nor do their agency lists."""
    assert [str(finding) for finding in lint_regulation(name) if finding.severity is Severity.ERROR] == []


def test_hue_is_clean() -> None:
    """Not even a warning: every rule of its text is carried out by some entry."""
    assert lint_regulation("thua_thien_hue") == ()
    assert exit_code(()) == 0


def test_a_placeholder_of_the_forms_is_no_hole() -> None:
    """The words of TG-P2 and QB-IV.3 stand in the closed set."""
    body = "Kính gửi: Quý [cá nhân, tổ chức]\n[Đơn vị xử lý] xin thông báo\n[Nội dung trả lời xử lý: đã xong]"

    assert lint_changed(put("letter.body", body)) == lint_changed(lambda document: None)


def test_findings_come_with_file_and_line(tmp_path: Path) -> None:
    """A variant of HUE with one slip on its fifth line."""
    folder = tmp_path / "hue_thu"
    folder.mkdir()
    (folder / "pack.yaml").write_text(
        "id: hue_thu\nextends: thua_thien_hue\n\nmeta:\n  calendar: moon\n", encoding="utf-8"
    )
    (finding,) = lint_regulation(folder)

    assert str(finding).startswith("error: hue_thu/pack.yaml:5: meta.calendar: there is no working calendar 'moon'")
    assert str(finding).endswith("(calendar_missing)")
    assert exit_code([finding]) == 1


def test_agencies_beside_the_pack_are_checked(tmp_path: Path) -> None:
    """The list of the pack itself, before that of the pack which it varies."""
    (tmp_path / "pack.yaml").write_text(
        "id: thu\nextends: thua_thien_hue\nmeta: {variant_of: thua_thien_hue}\n", encoding="utf-8"
    )
    assert lint_regulation(tmp_path) == ()

    (tmp_path / "agencies.yaml").write_text(
        "agencies: {xa: {name: Xã, kind: commune, parent: nha}}\n", encoding="utf-8"
    )
    found = {finding.kind: finding for finding in lint_regulation(tmp_path)}

    assert found[Kind.AGENCY_ORPHAN].path == ("agencies", "xa", "parent")
    assert found[Kind.AGENCY_ORPHAN].place == f"{tmp_path.name}/agencies.yaml: "
    assert found[Kind.DANGLING].place.startswith("thua_thien_hue/")


def test_a_finding_about_the_whole_pack_has_no_place() -> None:
    """One line for a terminal, with the rule it is about."""
    slip = next(slip for slip in SLIPS if slip.kind is Kind.RULE_NOT_CARRIED)
    (finding,) = (found for found in lint_changed(slip.change) if found.kind is slip.kind)

    assert str(finding).startswith("warning: no entry carries out HUE-4b: ")
    assert str(finding).endswith(" [HUE-4b] (rule_not_carried)")


def test_a_letter_that_nobody_can_fill_in_is_found() -> None:
    """A placeholder of a template that the writer of notices does not know."""
    context = replace(CONTEXT, templates=CONTEXT.templates | {"case_accepted": frozenset({"code", "weather"})})
    (finding,) = lint_pack(HUE, context)

    assert finding.kind is Kind.PLACEHOLDER_UNKNOWN
    assert finding.message == "nobody fills in {weather} of the template 'case_accepted'"


def test_what_the_model_refuses_is_a_finding_too(tmp_path: Path) -> None:
    """An unknown key does not end the check with a traceback."""
    path = tmp_path / "thu.yaml"
    path.write_text("id: thu\nextends: thua_thien_hue\nmeta: {colour: red}\n", encoding="utf-8")
    (finding,) = lint_regulation(path)

    assert (finding.kind, finding.path) == (Kind.SCHEMA, ("meta", "colour"))
    assert finding.place == "thu.yaml:3: "


def test_a_pack_that_is_not_there_is_an_error_of_its_own() -> None:
    """Nothing was checked, so nothing was found."""
    with pytest.raises(PackError, match="not found"):
        lint_regulation("hai_dao")


def test_warnings_alone_do_not_fail() -> None:
    """They are shown; only errors stop a deployment."""
    warnings = lint_changed(SLIPS_BY_KIND[Kind.ROLE_IDLE].change)

    assert {finding.severity for finding in warnings} == {Severity.WARNING}
    assert exit_code(warnings) == 0
    assert exit_code([replace(warnings[0], severity=Severity.ERROR)]) == 1


SLIPS_BY_KIND = {slip.kind: slip for slip in SLIPS}
