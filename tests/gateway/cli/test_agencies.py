"""The tree of agencies from the command line, with and without a running gateway."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.gateway.cli.conftest import CommandLine

LONG_AGO = "2025-01-15"


def ids(listed: str) -> list[str]:
    return [line.split("\t")[0] for line in listed.splitlines()]


@pytest.mark.rule("VN-10", "VN-11")
async def test_an_agency_lives_from_add_to_close(langnghe: CommandLine) -> None:
    """Added, renamed, closed with a successor; every day keeps its own tree, every name is found."""
    await langnghe.must("agency", "add", "chi_cuc", "--name", "Chi cục Thủy lợi", "--kind", "unit", "--since", LONG_AGO)
    await langnghe.must("agency", "move", "chi_cuc", "--at", "2025-03-01", "--name", "Chi cục Nước", "--note", "QĐ 12")
    await langnghe.must("agency", "close", "chi_cuc", "--at", "2025-06-30", "--to", "so_nong_nghiep_moi_truong")

    before = await langnghe.must("agency", "list", "--at", "2025-01-14")
    during = await langnghe.must("agency", "list", "--at", LONG_AGO, "--search", "thuy loi")
    after = await langnghe.must("agency", "list", "--search", "thuy loi", "--all")
    shown = json.loads((await langnghe.must("agency", "show", "chi_cuc")).out)

    assert "chi_cuc" not in ids(before.out)
    assert during.out == "chi_cuc\tunit\tChi cục Thủy lợi\n"
    assert after.out == "chi_cuc\tunit\tChi cục Nước\t(until 2025-06-30 → so_nong_nghiep_moi_truong)\n"
    assert "chi_cuc" not in ids((await langnghe.must("agency", "list")).out)
    assert [one.get("ended", False) for one in shown["changes"]] == [False, False, True]
    assert shown["successors"] == ["Sở Nông nghiệp và Môi trường"]
    assert "QĐ 12" in (await langnghe.must("agency", "editions")).out


@pytest.mark.rule("VN-10")
async def test_a_table_is_taken_in_whole_or_not_at_all(beside: CommandLine, tmp_path: Path) -> None:
    """Twice is once; one bad line and nothing of it is there."""
    head = "id,name,kind,parent,commune_code,since,until,replaced_by\n"
    good = tmp_path / "good.csv"
    good.write_text(
        head
        + "huyen_a,UBND huyện A,district,,,,2025-06-30,xa_a xa_b\n"
        + "xa_a,UBND xã A,commune,huyen_a,90101,,,\nxa_a,UBND xã A,commune,,90101,2025-07-01,,\n"
        + "xa_b,UBND xã B,commune,huyen_a,90102,,,\n",
        encoding="utf-8",
    )
    bad = tmp_path / "bad.csv"
    bad.write_text(head + "xa_c,UBND xã C,commune,,90103,,,\nxa_d,UBND xã D,commune,mat,,,,\n", encoding="utf-8")

    first = await beside.must("agency", "import", str(good))
    again = await beside.must("agency", "import", str(good))
    refused = await beside("agency", "import", str(bad))

    assert (first.out, again.out) == ("5 entries read, 5 new\n", "5 entries read, 0 new\n")
    assert refused.code == 1
    assert "no agency mat" in refused.err
    listed = ids((await beside.must("agency", "list")).out)
    assert "xa_a" in listed
    assert "xa_c" not in listed
    assert "huyen_a" not in listed
    assert "huyen_a" in ids((await beside.must("agency", "list", "--at", "2025-06-30")).out)


@pytest.mark.rule("VN-10")
@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["agency", "add", "so_y_te", "--name", "X", "--kind", "unit"], "không dùng lại"),
        (["agency", "add", "Sở", "--name", "X", "--kind", "unit"], "không hợp lệ"),
        (["agency", "add", "x", "--name", "X", "--kind", "unit", "--parent", "mat"], "mat không có trong danh mục"),
        (["agency", "add", "x", "--name", "X", "--kind", "unit", "--since", "hôm qua"], "is no date"),
        (["agency", "close", "so_y_te", "--at", "9999-12-31"], "is no date"),
        (["agency", "add", "x", "--name", "X", "--kind", "unit", "--parent", "so_giao_thong"], "không còn hoạt động"),
        (["agency", "move", "ubnd_thanh_pho", "--parent", "so_nong_nghiep_moi_truong"], "không thể trực thuộc"),
        (
            ["agency", "add", "x", "--name", "X", "--kind", "comune"],
            "Không có loại cơ quan “comune”. Các loại: province,",
        ),
        (["agency", "move", "so_y_te", "--kind", "Sở"], "Không có loại cơ quan “Sở”"),
        (["agency", "move", "mat", "--name", "X"], "Không có cơ quan mã mat"),
        (["agency", "close", "so_y_te", "--to", "so_giao_thong"], "Cơ quan kế thừa"),
        (["agency", "close", "ubnd_thanh_pho"], "trực thuộc"),
        (["agency", "show", "mat"], "no agency mat"),
        (["agency", "import", "mat.csv"], "no file"),
    ],
)
async def test_a_slip_is_refused_with_a_sentence(beside: CommandLine, words: list[str], problem: str) -> None:
    """Exit 1, one line, no new edition."""
    before = (await beside.must("agency", "editions")).out

    answer = await beside(*words)

    assert (answer.code, answer.out) == (1, "")
    assert problem in answer.err
    assert answer.err.count("\n") == 1
    assert (await beside.must("agency", "editions")).out == before


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ("name,kind\nX,unit\n", "columns are"),
        ("id,name,kind,colour\nx,X,unit,red\n", "not colour"),
        ("id,name,kind,since\nx,X,unit,gestern\n", "bad.csv:2: since"),
        ("id,name,kind\nx,X\n", "bad.csv:2: kind"),
    ],
)
async def test_a_table_that_cannot_be_read_says_where(
    alone: CommandLine, tmp_path: Path, table: str, problem: str
) -> None:
    """File, line, column."""
    path = tmp_path / "bad.csv"
    path.write_text(table, encoding="utf-8")

    answer = await alone("agency", "import", str(path))

    assert answer.code == 1
    assert problem in answer.err
