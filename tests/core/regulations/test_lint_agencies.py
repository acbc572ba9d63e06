"""The linter holds an agency list against itself and against the pack that sends work to it."""

from __future__ import annotations

from datetime import date

import pytest

from core.cases.agencies import Agency
from core.regulations.lint.agencies import lint_agencies
from core.regulations.loader import BUNDLED, load_pack, pack_names
from core.regulations.model import Pack
from tests.support.agencies import load_agencies

CENTRE = Agency(id="ioc", name="Trung tâm", kind="centre")
COMMUNE = Agency(id="xa_1", name="UBND xã Một", kind="commune", parent="ioc")
PACK = Pack.model_validate(
    {
        "id": "tiny",
        "meta": {"title": "Quy chế thử"},
        "roles": {"centre": {"label": "Trung tâm", "level": "centre", "cites": "A-0"}},
        "stages": {"case": {"received": {"label": "Mới nhận", "kind": "open", "cites": "A-0"}}},
        "moves": {
            "dispatch": {"by": "centre", "from": "received", "target": {"kinds": ["commune"]}, "cites": "HUE-1"},
        },
        "intake": {"categories": {"waste": {"label": "Rác thải", "agencies": ["xa_1"], "cites": "A-HUE-3"}}},
    }
)


def test_a_sound_list_has_no_findings() -> None:
    """Both agencies are known, and the pack finds the agency and the kind that it names."""
    assert lint_agencies([CENTRE, COMMUNE], PACK) == ()


@pytest.mark.parametrize(
    ("agencies", "kind", "path", "words"),
    [
        ([COMMUNE], "agency_orphan", "agencies.xa_1.parent", "no agency 'ioc' to stand below"),
        (
            [CENTRE, COMMUNE, COMMUNE.model_copy(update={"id": "xa_0", "replaced_by": ("xa_9",)})],
            "agency_orphan",
            "agencies.xa_0.replaced_by",
            "no agency 'xa_9' to take over",
        ),
        ([CENTRE, COMMUNE, COMMUNE], "duplicate", "agencies.xa_1", "is given 2 times"),
        ([CENTRE], "dangling", "intake.categories.waste.agencies", "no agency 'xa_1'"),
        ([CENTRE], "dangling", "moves.dispatch.target.kinds", "no agency is of the kind 'commune'"),
        (
            [CENTRE, COMMUNE, COMMUNE.model_copy(update={"id": "xa_2", "parent": "xa_2"})],
            "agency_orphan",
            "agencies.xa_2.parent",
            "stands above itself",
        ),
    ],
    ids=["unknown parent", "unknown successor", "id twice", "category's agency", "kind nobody is of", "circle"],
)
def test_each_slip_is_named_where_it_stands(agencies: list[Agency], kind: str, path: str, words: str) -> None:
    """A commune without a parent cannot escalate, a category without an agency goes nowhere."""
    found = lint_agencies(agencies, PACK)

    assert [finding.kind.value for finding in found if words in finding.message] == [kind]
    assert path in {".".join(finding.path) for finding in found}


def test_a_longer_circle_names_everybody_in_it() -> None:
    """Both stand above themselves; the agency below them does not."""
    first = Agency(id="a", name="A", kind="unit", parent="b")
    second = Agency(id="b", name="B", kind="unit", parent="a")
    below = Agency(id="c", name="C", kind="unit", parent="a")
    found = lint_agencies([CENTRE, COMMUNE, first, second, below], PACK)

    assert [finding.path for finding in found] == [("agencies", "a", "parent"), ("agencies", "b", "parent")]


@pytest.mark.rule("VN-11")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Sở Giao thông vận tải", "Sở Xây dựng"),
        ("Sở Tài nguyên và Môi trường", "Sở Nông nghiệp và Môi trường"),
        ("Sở Nông nghiệp và Phát triển nông thôn", "Sở Nông nghiệp và Môi trường"),
    ],
)
def test_a_department_merged_in_2025_leads_to_the_one_that_took_over(before: str, after: str) -> None:
    """Active until the day before, then found by its old name and followed to the new one."""
    file = BUNDLED / "thua_thien_hue" / "agencies.yaml"
    old, new = load_agencies(file, date(2025, 2, 28)), load_agencies(file, date(2025, 3, 1))
    (gone,) = (agency for agency in new.agencies.values() if agency.name == before)

    assert old.is_active(gone.id)
    assert not new.is_active(gone.id)
    assert [agency.name for agency in new.successors(gone.id)] == [after]


@pytest.mark.rule("VN-11")
@pytest.mark.parametrize("name", pack_names())
def test_no_role_of_a_shipped_pack_is_a_department(name: str) -> None:
    """Departments are merged and renamed; who owns the system is a role."""
    assert [role.label for role in load_pack(name).roles.values() if "sở " in f"{role.label.casefold()} "] == []
