"""Rule marks are read from the source of the tests, and each regulation is set against the tests that prove it."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from core.regulations.catalogue import Catalogue, Rule, Source, Status, load_catalogue
from core.regulations.marks import UnreadableMark, proofs_by_rule, read_marks
from core.regulations.rules import ROOT, RulesReport, report_on, rules_of, rules_report
from core.regulations.standing import Standing


def marks(source: str) -> dict[str, set[str]]:
    """The marked tests of one made-up file: node name → ids."""
    return {test.node: set(test.rules) for test in read_marks(dedent(source), "t.py")}


def test_marks_on_functions_classes_and_modules_add_up() -> None:
    """A test proves what its own mark says and what stands around it."""
    found = marks(
        """
        import pytest
        from pytest import mark

        pytestmark = [pytest.mark.chaos, pytest.mark.rule("U-1")]

        @pytest.mark.rule("HUE-2", "HUE-1")
        async def test_accept(): ...

        def test_plain(): ...

        def helper(): ...

        @mark.rule("HUE-4a")
        class TestLeader:
            pytestmark = pytest.mark.rule("HUE-4b")

            @pytest.mark.timeout(3)
            def test_edit(self): ...
        """
    )

    assert found == {
        "t.py::test_accept": {"U-1", "HUE-1", "HUE-2"},
        "t.py::test_plain": {"U-1"},
        "t.py::TestLeader::test_edit": {"U-1", "HUE-4a", "HUE-4b"},
    }


def test_marks_in_the_rows_of_a_table_count_for_its_test() -> None:
    """The row may stand in the decorator or in a constant that the decorator names, also by way of another."""
    found = marks(
        """
        import pytest

        EARLY = [pytest.param(1, marks=pytest.mark.rule("TG-6.3"))]
        ROWS: list = EARLY + [pytest.param(2, marks=[pytest.mark.rule("TG-7.3")])]
        OTHER = [pytest.param(3, marks=pytest.mark.rule("TG-9.3"))]

        @pytest.mark.parametrize("value", ROWS)
        def test_named(value): ...

        @pytest.mark.parametrize("value", [pytest.param(4, marks=pytest.mark.rule("LS-7.3b")), 5])
        def test_written_out(value): ...
        """
    )

    assert found == {"t.py::test_named": {"TG-6.3", "TG-7.3"}, "t.py::test_written_out": {"LS-7.3b"}}


def test_a_mark_may_name_a_list_of_ids_in_the_module() -> None:
    """Several tests of one file often prove the same rules."""
    found = marks(
        """
        import pytest

        RULES = ("HUE-1", "HUE-2")

        @pytest.mark.rule("HUE-5", *RULES)
        def test_moves(): ...
        """
    )

    assert found == {"t.py::test_moves": {"HUE-1", "HUE-2", "HUE-5"}}


def test_a_test_without_a_mark_proves_nothing() -> None:
    """Neither a name like a rule nor a rule in a text is a mark."""
    assert marks('def test_hue_2():\n    """HUE-2"""\n    assert "HUE-2"\n') == {}


@pytest.mark.parametrize("argument", ["*ELSEWHERE", "*COUNTED", "RULE", "f'HUE-{2}'", "", "'HUE-2', 'HUE-2'"])
def test_a_mark_that_nobody_can_read_is_an_error(argument: str) -> None:
    """The message says where it stands."""
    with pytest.raises(UnreadableMark, match=r"t\.py:2: write the rule ids"):
        marks(f"import pytest; COUNTED = ('HUE-1', 2)\n@pytest.mark.rule({argument})\ndef test_a(): ...\n")


def test_tests_are_found_in_the_core_and_in_the_channels(tmp_path: Path) -> None:
    """Files of other names and folders beside `tests` are not tests."""
    source = 'import pytest\n@pytest.mark.rule("HUE-C")\ndef test_a(): ...\n'
    for name in ("tests/core/test_a.py", "channels/zalo/tests/test_b.py", "tests/helper.py", "channels/zalo/test_c.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(source, "utf-8")

    assert proofs_by_rule(tmp_path) == {
        "HUE-C": ("channels/zalo/tests/test_b.py::test_a", "tests/core/test_a.py::test_a")
    }


def test_without_tests_there_is_no_report(tmp_path: Path) -> None:
    """An installed package carries no tests; silence would look like proof."""
    with pytest.raises(FileNotFoundError, match="holds no tests"):
        proofs_by_rule(tmp_path)


def rule(rule_id: str, status: Status = Status.ENFORCED) -> Rule:
    """A rule of the catalogue with the field its status asks for."""
    explained = {Status.LATER: {"reason": "call centre"}, Status.HUMAN: {"feature": "help pages"}}.get(status, {})
    return Rule(id=rule_id, text=f"what {rule_id} asks", cite="Đ.1", status=status, **explained)


def report(rules: list[Rule], tests: dict[str, tuple[str, ...]]) -> RulesReport:
    return report_on(rules, tests, load_catalogue(), regulation="somewhere")


def test_an_enforced_rule_without_a_test_is_missing_and_fails() -> None:
    """The text names it."""
    found = report([rule("HUE-1"), rule("HUE-2")], {"HUE-1": ("tests/t.py::test_a",)})

    assert [(row.rule.id, row.standing) for row in found.rows] == [
        ("HUE-1", Standing.PROVED),
        ("HUE-2", Standing.MISSING),
    ]
    assert found.exit_code == 1
    assert "HUE-2 is enforced and no test is marked with it: what HUE-2 asks" in found.text()
    assert found.text().endswith("somewhere: 2 rules, 1 proved, 1 missing, 0 later, 0 human")


def test_later_and_human_rules_need_no_test_but_say_why() -> None:
    """A test proves what binds people; what waits for another work is not proved by a test of some part of it."""
    later, human, proved = rule("HUE-1", Status.LATER), rule("HUE-2", Status.HUMAN), rule("HUE-5", Status.HUMAN)
    tests = ("tests/t.py::test_a", "tests/t.py::test_b")
    found = report([later, human, proved], {"HUE-5": tests, "HUE-1": tests})

    assert [row.standing for row in found.rows] == [Standing.LATER, Standing.HUMAN, Standing.PROVED]
    assert found.exit_code == 0
    first, second, third, *_ = found.text().splitlines()
    assert first.endswith("tests/t.py::test_a (+1)")
    assert found.rows[0].note == "call centre"
    assert second.endswith("help pages")
    assert third.endswith("tests/t.py::test_a (+1)")


def test_a_mark_with_an_unknown_id_fails() -> None:
    """A slip of the pen in a mark would prove nothing and look like proof."""
    found = report([], {"HUE-9": ("tests/t.py::test_a",)})

    assert found.exit_code == 1
    assert "HUE-9 is no rule of the catalogue, but marks tests/t.py::test_a" in found.text()


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def test_a_regulation_is_bound_by_its_text_the_overlay_and_its_readings(catalogue: Catalogue) -> None:
    """Nothing of other provinces, and every reading of its own text whether chosen or not."""
    ids = [found.id for found in rules_of(catalogue, "thua_thien_hue", ["A-2", "A-QB-8"])]

    expected = [*catalogue.of(Source.HUE), *catalogue.of(Source.U), *catalogue.of(Source.VN)]
    assert ids == [*(one.id for one in expected), "A-2", "A-QB-8", "A-HUE-1", "A-HUE-2", "A-HUE-3"]


def test_an_invented_regulation_is_bound_by_what_binds_all(catalogue: Catalogue) -> None:
    """A sixth province has no text in the catalogue, but lives in the same country."""
    sources = {found.source for found in rules_of(catalogue, "hai_dao", ["A-0"])}

    assert sources == {Source.U, Source.VN, Source.A}


def test_every_mark_in_the_repository_names_a_rule_of_the_catalogue() -> None:
    """Also marks on rules of regulations that come later."""
    assert {rule_id for rule_id in proofs_by_rule(ROOT) if rule_id not in load_catalogue()} == set()


def test_no_rule_that_binds_hue_is_without_a_test() -> None:
    """The same report that `langnghe regulation rules thua_thien_hue` prints."""
    found = rules_report("thua_thien_hue")

    assert [row.rule.id for row in found.missing] == []
    assert found.exit_code == 0
    assert {row.rule.id for row in found.rows} >= {"HUE-2", "U-1", "VN-1", "A-HUE-1"}
