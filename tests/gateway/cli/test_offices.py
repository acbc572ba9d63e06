"""Focal points, deputies and hand-overs from the command line."""

from __future__ import annotations

import csv
import io

import pytest

from tests.gateway.cli.conftest import CommandLine

WHERE = "so_y_te"


async def hire(langnghe: CommandLine, login: str, *roles: str) -> None:
    """An account with these roles."""
    given = [word for role in roles for word in ("--role", role)]
    number = ("--staff-number", f"CB-{login}")
    await langnghe.must("user", "add", login, "--name", f"Nguyễn Văn {login}", *number, "--generate", *given)


@pytest.mark.rule("LS-3.1")
async def test_an_official_has_one_account_however_the_number_is_written(langnghe: CommandLine) -> None:
    """A second one is refused, a second role is not; accounts of before are claimed once."""
    await hire(langnghe, "an", f"officer@{WHERE}")

    second = await langnghe("user", "add", "an2", "--name", "An", "--staff-number", "cb an", "--generate")
    await langnghe.must("user", "grant", "an", "editor")
    await hire(langnghe, "lan")
    claimed = await langnghe("user", "identify", "lan", "--staff-number", "CB.AN")
    await langnghe.must("user", "identify", "lan", "--staff-number", "CB-77")
    exported = list(csv.DictReader(io.StringIO((await langnghe.must("user", "export")).out)))

    assert (second.code, claimed.code) == (1, 1)
    assert "đã có tài khoản an" in second.err
    assert "đã có tài khoản an" in claimed.err
    assert [(row["login"], row["role"], row["agency"], row["identified"]) for row in exported] == [
        ("an", "editor", "", "yes"),
        ("an", "officer", WHERE, "yes"),
        ("lan", "", "", "yes"),
    ]


@pytest.mark.rule("TG-15.1")
async def test_one_leader_and_one_officer_an_agency(beside: CommandLine) -> None:
    """Registered in writing; what is missing is a list; the same person cannot be both, a stranger neither."""
    await hire(beside, "an", f"leader@{WHERE}", f"officer@{WHERE}")
    await hire(beside, "lan", f"officer@{WHERE}")
    await hire(beside, "xa", "officer@so_du_lich")
    before = await beside("focal", "gaps")

    await beside.must("focal", "set", WHERE, "--leader", "an", "--officer", "lan", "--document", "12/CV-SYT")
    listed = await beside.must("focal", "list")
    gaps = await beside("focal", "gaps")
    both = await beside("focal", "set", WHERE, "--officer", "an")
    stranger = await beside("focal", "set", WHERE, "--officer", "xa")
    closed = await beside("focal", "set", "so_giao_thong", "--officer", "xa")
    await beside.must("user", "deactivate", "lan")
    left = await beside("focal", "gaps")
    await beside.must("focal", "drop", WHERE, "leader")

    assert f"{WHERE}\tSở Y tế\tno leader\n" in before.out
    assert WHERE not in gaps.out
    assert f"{WHERE}\tleader\tan\tNguyễn Văn an\t12/CV-SYT\n" in listed.out
    assert gaps.code == 1
    assert "so_du_lich\tSở Du lịch\tno officer" in gaps.out
    assert "cần một lãnh đạo và một chuyên viên" in both.err
    assert "không có vai trò nào tại Sở Y tế" in stranger.err
    assert "không hoạt động" in closed.err
    assert f"{WHERE}\tSở Y tế\tno officer\n" in left.out
    assert (await beside("focal", "drop", WHERE, "leader")).code == 1


@pytest.mark.rule("LS-3.1")
async def test_people_whose_agency_ended_are_told(beside: CommandLine) -> None:
    """They can do nothing there any more: somebody must give them another one."""
    await hire(beside, "an", f"officer@{WHERE}")
    await beside.must("agency", "close", WHERE, "--at", "2026-01-01", "--to", "so_du_lich")

    gaps = await beside("focal", "gaps")
    refused = await beside("user", "grant", "an", f"leader@{WHERE}")

    assert f"{WHERE}\tSở Y tế\tits agency is closed\tan\n" in gaps.out
    assert "no agency so_y_te at work" in refused.err


async def test_a_deputy_from_day_to_day(langnghe: CommandLine) -> None:
    """Made, listed, ended early; what makes no sense is refused."""
    await hire(langnghe, "an", f"leader@{WHERE}")
    await hire(langnghe, "lan")
    period = ("--from", "2027-01-04", "--to", "2027-01-08")

    made = await langnghe.must("away", "add", "an", "--deputy", "lan", *period)
    twice = await langnghe("away", "add", "an", "--deputy", "lan", "--from", "2027-01-08", "--to", "2027-01-09")
    oneself = await langnghe("away", "add", "an", "--deputy", "an", *period)
    past = await langnghe("away", "add", "lan", "--deputy", "an", "--from", "2020-01-01", "--to", "2020-01-02")
    listed = await langnghe.must("away", "list")
    await langnghe.must("away", "end", made.out.strip())
    again = await langnghe("away", "end", made.out.strip())

    assert listed.out == f"{made.out.strip()}\tan\tlan\t2027-01-04\t2027-01-08\n"
    assert "đã có người thay" in twice.err
    assert "Không ai thay chính mình" in oneself.err
    assert "chưa qua" in past.err
    assert again.code == 1
    assert (await langnghe.must("away", "list")).out == ""


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["work", "list", "--agency", "mat"], "no agency mat"),
        (["work", "list", "--user", "mat"], "no user mat"),
        (["work", "hand-over", "--agency", WHERE, "--to", "so_giao_thong", "--reason", "x"], "không nhận bàn giao"),
        (["work", "hand-over", "--agency", WHERE, "--to", WHERE, "--reason", "x"], "không nhận bàn giao"),
        (["work", "hand-over", "--agency", WHERE, "--to", "so_du_lich", "--reason", " "], "lý do"),
    ],
)
async def test_a_hand_over_that_makes_no_sense(beside: CommandLine, words: list[str], problem: str) -> None:
    """Said before anything is touched."""
    answer = await beside(*words)

    assert answer.code == 1
    assert problem in answer.err
