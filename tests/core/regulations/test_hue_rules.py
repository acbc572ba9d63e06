"""Thừa Thiên Huế, rule by rule: values on time, at the limit and one second late; who does what; what is unset."""

from __future__ import annotations

import pytest

from core.cases.decide import Actor, Refusal
from core.cases.events import CaseReceived, ClockBreached, ClockStopped, ClockWarned, DispatchSentBack
from core.cases.tasks import UNSET_VI
from core.regulations.loader import load_pack
from tests.core.cases.bench import Bench, at, kinds, pack_of, staff

RECEPTIONIST, DISTRIBUTOR, EDITOR = staff("receptionist"), staff("distributor"), staff("editor")
OFFICER, LEADER = staff("officer", "so_xay_dung"), staff("leader", "so_xay_dung")
AN = Actor.reporter("an")


def distributed(now: str = "2026-11-20 09:00:00") -> Bench:
    bench = Bench(now=at(now)).receive()
    bench.do(RECEPTIONIST, "accept")
    bench.do(DISTRIBUTOR, "dispatch", agencies=["so_xay_dung"])
    return bench


def resolved() -> Bench:
    bench = distributed()
    bench.do(OFFICER, "accept_dispatch")
    bench.do(OFFICER, "submit_result", result="Đã vá mặt đường")
    return bench


@pytest.mark.rule("HUE-0")
@pytest.mark.parametrize(
    ("agency", "kind"),
    [
        ("so_xay_dung", "department"),
        ("ubnd_dam_xanh", "commune"),
        ("cong_an", "central_body"),
        ("cty_dien_luc", "enterprise"),
    ],
)
def test_hue_0_every_kind_of_body_in_scope_can_be_sent_a_report(agency: str, kind: str) -> None:
    """Sở, ban, ngành; UBND xã; central bodies in the province; public-service enterprises."""
    bench = Bench().receive()
    bench.do(RECEPTIONIST, "accept")

    bench.do(DISTRIBUTOR, "dispatch", agencies=[agency])

    found = bench.agencies.get(agency)
    assert found is not None
    assert found.kind == kind


@pytest.mark.rule("HUE-0")
def test_hue_0_districts_were_in_scope_while_they_existed() -> None:
    """The 2020 text names UBND huyện; the two-tier variant no longer does (VN-10)."""
    assert "district" in pack_of("thua_thien_hue").moves["dispatch"].target.kinds
    assert "district" not in pack_of("thua_thien_hue_2025").moves["dispatch"].target.kinds


@pytest.mark.rule("HUE-C", "A-6")
def test_hue_c_six_channels_by_their_public_names_and_the_rest_marked() -> None:
    """The text names six; what else is enabled is marked beyond_text."""
    channels = pack_of("thua_thien_hue").intake.channels
    lawful = {name: channel.address for name, channel in channels.items() if not channel.beyond_text}

    assert lawful == {
        "app": "Hue-S",
        "web": "tuongtac.thuathienhue.gov.vn",
        "phone": "0815751575",
        "facebook": "facebook.com/hueioc",
        "zalo": "0941260505",
        "email": "dttm@thuathienhue.gov.vn",
    }
    assert {"telegram", "sms"} == channels.keys() - lawful.keys()


@pytest.mark.rule("HUE-T")
@pytest.mark.parametrize("moment", ["2026-11-22 03:10", "2026-02-17 23:59", "2026-11-20 09:00"])
def test_hue_t_reports_are_received_at_any_hour_of_any_day(moment: str) -> None:
    """A Sunday night, the first day of Tết, an ordinary morning."""
    bench = Bench(now=at(moment)).receive()

    assert bench.stage == "received"
    assert isinstance(bench.events[0], CaseReceived)


@pytest.mark.rule("HUE-1", "A-HUE-2")
def test_hue_1_the_centre_receives_and_distributes_without_a_set_time() -> None:
    """Bước 1; the text gives neither a deadline nor how many agencies."""
    bench = Bench().receive()
    assert [(t.role, t.explanation, t.due_at) for t in bench.tasks()] == [("receptionist", UNSET_VI, None)]

    bench.do(RECEPTIONIST, "accept")
    assert [(task.role, task.explanation) for task in bench.tasks()] == [("distributor", UNSET_VI)]

    bench.wait(days=30).do(DISTRIBUTOR, "dispatch", agencies=["so_xay_dung", "so_y_te", "cong_an"])
    assert bench.stage == "in_progress"
    assert [item.agency_id for item in bench.it.dispatches] == ["so_xay_dung", "so_y_te", "cong_an"]


@pytest.mark.rule("HUE-2", "A-HUE-1")
@pytest.mark.parametrize(
    ("start", "accepted", "late_s"),
    [
        ("2026-11-20 09:00:00", "2026-11-20 09:29:59", 0),
        ("2026-11-20 09:00:00", "2026-11-20 09:30:00", 0),
        ("2026-11-20 09:00:00", "2026-11-20 09:30:01", 1),
        ("2026-11-20 16:45:00", "2026-11-20 17:15:00", 0),  # after the end of work: clock time, as written
        ("2026-02-17 23:50:00", "2026-02-18 00:20:00", 0),  # the first night of Tết
        ("2026-02-17 23:50:00", "2026-02-18 00:20:01", 1),
    ],
)
def test_hue_2_the_officer_accepts_within_thirty_minutes(start: str, accepted: str, late_s: int) -> None:
    """On time, exactly at the limit, one second late; day and night alike."""
    bench = distributed(start)

    decision = bench.until(accepted).do(OFFICER, "accept_dispatch")

    stopped = next(event for event in decision.events if isinstance(event, ClockStopped))
    assert (stopped.clock_id, stopped.late_s) == ("acceptance:d1", late_s)
    assert "HUE-2" in stopped.rules


@pytest.mark.rule("HUE-2")
def test_hue_2_the_due_time_carries_its_explanation_and_its_rule() -> None:
    """What an officer sees beside the deadline, years later too."""
    bench = distributed()

    clock = bench.it.clocks["acceptance:d1"]
    task = bench.tasks()[0]

    assert bench.due("acceptance:d1") == "2026-11-20 09:30:00"
    assert "HUE-2" in clock.clock.due.explanation.rule
    assert (task.role, task.agency_id, task.clock_id) == ("officer", "so_xay_dung", "acceptance:d1")
    assert "09:30" in task.explanation
    assert task.explanation.endswith("QĐ 43/2020/QĐ-UBND (theo Báo Thừa Thiên Huế Online 04/8/2020), Bước 2")


@pytest.mark.rule("HUE-2")
def test_hue_2_a_warning_then_the_breach_each_exactly_once() -> None:
    """By the state of the clock, however often the timer asks."""
    bench = distributed()
    early = bench.until("2026-11-20 09:19:59").fire("acceptance:d1")
    assert isinstance(early, Refusal)

    warned = bench.until("2026-11-20 09:20:00").fire("acceptance:d1")
    assert not isinstance(warned, Refusal)
    assert isinstance(warned.events[0], ClockWarned)
    assert isinstance(bench.fire("acceptance:d1"), Refusal)

    assert isinstance(bench.until("2026-11-20 09:30:00").fire("acceptance:d1"), Refusal)  # the limit itself is in time
    breached = bench.until("2026-11-20 09:30:07").fire("acceptance:d1")
    assert not isinstance(breached, Refusal)
    event = breached.events[0]
    assert isinstance(event, ClockBreached)
    assert (event.late_s, event.tell) == (7, ("officer", "leader", "distributor"))

    again = bench.wait(hours=1).fire("acceptance:d1")
    assert isinstance(again, Refusal)
    assert again.code == "clock_not_due"
    assert bench.next_fire is None


@pytest.mark.rule("HUE-3a")
def test_hue_3a_a_competent_officer_processes_without_a_set_time() -> None:
    """By the unit's own procedure."""
    bench = distributed()
    bench.do(OFFICER, "accept_dispatch")
    assert bench.it.dispatch("d1").stage == "processing"
    assert [(task.role, task.explanation) for task in bench.tasks()] == [("officer", UNSET_VI)]

    bench.wait(days=90).do(OFFICER, "submit_result", result="Đã vá mặt đường", evidence=["bien-ban"])

    assert bench.it.dispatch("d1").stage == "awaiting_approval"


@pytest.mark.rule("HUE-3b")
def test_hue_3b_a_return_names_the_right_agency() -> None:
    """The text: "đồng thời hỗ trợ ghi rõ đơn vị xử lý đúng"."""
    bench = distributed()

    decision = bench.do(OFFICER, "send_back", reason="Đường do phường quản lý", suggested_agency="ubnd_ngu_binh")

    fact = decision.events[0]
    assert isinstance(fact, DispatchSentBack)
    assert fact.suggested_agency == "ubnd_ngu_binh"
    assert (bench.stage, bench.it.dispatch("d1").stage) == ("accepted", "sent_back")
    choices = next(m for m in bench.moves(DISTRIBUTOR) if m.command == "dispatch").form[0].choices
    assert choices[0].value == "ubnd_ngu_binh"


@pytest.mark.rule("HUE-3b")
def test_hue_3b_nobody_returns_a_report_to_have_it_sent_to_them_again() -> None:
    """Else the agency that is not competent stood first in the distributor's choice."""
    bench = distributed()
    own = bench.it.dispatch("d1").agency_id

    refused = bench.refused(OFFICER, "send_back", reason="Không thuộc thẩm quyền", suggested_agency=own)

    assert (refused.code, refused.rules) == ("data_invalid", ("HUE-3b",))
    assert own not in bench.choices(OFFICER, "send_back", "suggested_agency")
    assert "ubnd_ngu_binh" in bench.choices(OFFICER, "send_back", "suggested_agency")


@pytest.mark.rule("HUE-3b")
def test_hue_3b_or_says_that_it_is_not_known_and_why() -> None:
    """The text: "không rõ", with a reason."""
    bench = distributed()
    bench.do(OFFICER, "accept_dispatch")

    bench.do(OFFICER, "send_back", reason="Không thuộc thẩm quyền", agency_unknown=True)

    assert bench.it.dispatch("d1").stage == "sent_back"


@pytest.mark.rule("HUE-3b")
@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "data_missing"),
        ({"agency_unknown": True, "suggested_agency": "so_y_te"}, "data_invalid"),
        ({"suggested_agency": "so_khong_co"}, "data_invalid"),
        ({"suggested_agency": "so_giao_thong"}, "data_invalid"),  # merged into another department in 2025
    ],
)
def test_hue_3b_a_return_that_helps_nobody_is_refused(fields: dict[str, object], code: str) -> None:
    """Neither an agency nor "không rõ", both, or an agency that is not there."""
    refusal = distributed().refused(OFFICER, "send_back", reason="Không thuộc thẩm quyền", **fields)

    assert (refusal.code, refusal.http) == (code, 422)
    assert refusal.rules == ("HUE-3b",)


@pytest.mark.rule("HUE-4a", "A-2")
def test_hue_4a_the_leader_returns_a_result_to_the_officer() -> None:
    """Not good enough."""
    bench = resolved()

    bench.do(LEADER, "return_for_revision", reason="Cần ảnh sau khi vá")
    assert bench.it.dispatch("d1").stage == "processing"

    bench.do(OFFICER, "submit_result", result="Đã vá, có ảnh")
    assert len(bench.it.dispatch("d1").resolutions) == 2


@pytest.mark.rule("HUE-4a")
def test_hue_4a_or_edits_and_approves_without_returning() -> None:
    """The leader's own words stand."""
    bench = resolved()

    bench.do(LEADER, "edit_and_approve", text="Sở đã vá xong")

    latest = bench.it.dispatch("d1").latest
    assert latest is not None
    assert latest.text is not None
    assert (bench.stage, bench.it.dispatch("d1").stage) == ("awaiting_publication", "approved")


@pytest.mark.rule("HUE-4b")
def test_hue_4b_the_leader_approves() -> None:
    """Good."""
    bench = resolved()

    decision = bench.do(LEADER, "approve")

    assert kinds(decision.events) == ["result_approved", "dispatch_moved", "case_moved"]
    assert bench.stage == "awaiting_publication"


@pytest.mark.rule("HUE-5", "A-HUE-2")
def test_hue_5_the_centre_edits_and_publishes_without_a_set_time() -> None:
    """Bước 5."""
    bench = resolved()
    bench.do(LEADER, "approve")
    assert [(task.role, task.explanation) for task in bench.tasks()] == [("editor", UNSET_VI)]

    bench.wait(days=10).do(EDITOR, "publish", text="Mặt đường đã được vá.", media=["anh-1"])

    assert bench.stage == "published"
    assert bench.it.publications[0].media == ("anh-1",)


@pytest.mark.rule("A-HUE-2")
def test_a_hue_2_only_two_clocks_have_a_time() -> None:
    """The 30 minutes of the text, and the product's own rating window."""
    timed = {name for name, clock in pack_of("thua_thien_hue").clocks.items() if clock.limit is not None}

    assert timed == {"acceptance", "rating_window"}


@pytest.mark.rule("A-HUE-3")
def test_a_hue_3_options_beyond_the_text_are_marked_as_such() -> None:
    """Required fields, decline, supplement, rating, confidentiality: on, and visible as ours in every export."""
    pack = pack_of("thua_thien_hue")
    ours = {move.command for move in pack.moves.values() if move.beyond_text}

    assert {
        "request_supplement",
        "supply_supplement",
        "decline",
        "rate",
        "set_confidential",
        "cancel",
        "give_feedback",
        "clarify",
    } <= ours
    assert not {"accept", "dispatch", "accept_dispatch", "send_back", "approve", "publish"} & ours
    assert all(item.beyond_text for item in pack.intake.required.values())
    assert [item.field for item in pack.intake.required.values()] == ["content", "place", "reachable"]
    assert [item.label for item in pack.rating.levels.values()] == ["Không hài lòng", "Chấp nhận được", "Hài lòng"]
    assert all(item.beyond_text for item in pack.intake.categories.values())


@pytest.mark.rule("A-HUE-1", "A-HUE-2", "A-HUE-3", "A-0", "A-1", "A-2", "A-3", "A-4", "A-5", "A-6", "A-7", "A-8")
def test_every_reading_is_written_down_with_its_choice() -> None:
    """Nothing that the text leaves open is decided in silence."""
    readings = pack_of("thua_thien_hue").readings

    assert {f"A-{n}" for n in range(9)} | {"A-HUE-1", "A-HUE-2", "A-HUE-3"} == readings.keys()
    assert (readings["A-HUE-1"].choice, readings["A-HUE-2"].choice, readings["A-0"].choice) == (
        "clock",
        "unset",
        "civil",
    )


@pytest.mark.rule("VN-10")
def test_the_two_tier_variant_names_the_city_and_keeps_the_steps() -> None:
    """HUE_2025: nothing to remove, the text knows no district step."""
    old, new = pack_of("thua_thien_hue"), load_pack("thua_thien_hue_2025")

    assert old.moves.keys() == new.moves.keys()
    assert old.clocks == new.clocks
    assert (new.meta.place, new.meta.variant_of) == ("thành phố Huế", "thua_thien_hue")
    assert new.meta.in_force_until is None
    assert old.ref != new.ref
