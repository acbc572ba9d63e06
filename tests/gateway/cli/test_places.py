"""Communes from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gateway.cli.conftest import CommandLine

HEAD = "code,name,kind,district,province,province_code,since,until\n"


@pytest.mark.rule("VN-10")
async def test_tables_are_imported_and_old_names_found(langnghe: CommandLine, tmp_path: Path) -> None:
    """Both tables at once; the day decides what a name means."""
    communes, changes = tmp_path / "communes.csv", tmp_path / "succession.csv"
    communes.write_text(
        HEAD + "80001,Sao Cũ,xã,Huyện Sao,tỉnh Sao,80,,2025-06-30\n80002,Sao Mới,xã,,tỉnh Sao,80,2025-07-01,\n",
        encoding="utf-8",
    )
    changes.write_text("old_code,new_code,since,whole\n80001,80002,2025-07-01,yes\n", encoding="utf-8")

    done = await langnghe.must("commune", "import", str(communes), "--succession", str(changes))
    now = await langnghe.must("commune", "search", "sao cu")
    then = await langnghe.must("commune", "search", "sao cu", "--at", "2025-06-30")

    assert done.out == "2 communes, 1 changes\n"
    assert now.out == "80002\txã Sao Mới, tỉnh Sao (trước đây: xã Sao Cũ)\n"
    assert then.out == "80001\txã Sao Cũ, Huyện Sao, tỉnh Sao\n"


@pytest.mark.parametrize(
    ("text", "problem"), [("a,b\n", "first line"), (HEAD + "1,A\n", "bad.csv:2"), (None, "no file")]
)
async def test_a_table_with_a_mistake_is_refused(
    beside: CommandLine, tmp_path: Path, text: str | None, problem: str
) -> None:
    """Where it is, and nothing of it is there."""
    path = tmp_path / "bad.csv"
    if text is not None:
        path.write_text(text, encoding="utf-8")

    answer = await beside("commune", "import", str(path))
    nothing = await beside("commune", "import")

    assert (answer.code, nothing.code) == (1, 1)
    assert problem in answer.err
    assert "which table" in nothing.err
