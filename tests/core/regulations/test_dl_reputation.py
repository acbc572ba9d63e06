"""Đắk Lắk, rule by rule: a reputation seen by two people, told to one, and what may be secret."""

from __future__ import annotations

import pytest

from core.cases.view import is_published, public_view
from tests.core.cases.bench import Bench
from tests.core.regulations.desk import DISTRIBUTOR, EDITOR, RECEPTIONIST
from tests.core.regulations.dl_states import (
    CITY,
    EVERYBODY,
    STATES,
    UNIT,
    answered,
    answered_privately,
    awaiting_answer,
    by_letter,
    confirmed,
    flagged,
    promised,
)
from tests.core.regulations.table import told


@pytest.mark.rule("DL-II.2.2c", "DL-II.1u")
def test_dl_ii_2_2c_a_date_about_a_reputation_is_told_alone() -> None:
    """Never on the portal, not even the promise."""
    bench = by_letter()
    bench.do(CITY, "classify", category="other", urgency="long", reason="Cần xác minh lâu")
    bench.do(CITY, "commit_interim", status="Đang xác minh", promised_date="2027-01-15")
    assert bench.refused(EDITOR, "publish", text="Hẹn").code == "condition_not_met"

    bench.do(EDITOR, "reply_privately", text="Dự kiến trả lời ngày 15/01/2027.")

    assert (bench.stage, bench.it.publications[0].kind) == ("in_progress", "private")


@pytest.mark.rule("DL-II.1u", "A-DL-7")
def test_a_dl_7_one_flags_and_another_confirms() -> None:
    """A second pair of eyes; nothing leaves the IOC while it is only flagged."""
    bench = flagged()
    assert bench.refused(RECEPTIONIST, "confirm_reputation").code == "second_person_needed"
    assert "confirm_reputation" not in bench.names(RECEPTIONIST)
    assert bench.refused(DISTRIBUTOR, "dispatch", agencies=["ubnd_thanh_pho"]).code == "condition_not_met"
    early = bench.refused(DISTRIBUTOR, "send_letter", agency="ubnd_thanh_pho", text="Kính gửi")
    assert early.code == "condition_not_met"

    bench.do(EDITOR, "confirm_reputation", reason="Nêu tên doanh nghiệp")

    assert bench.it.flags.reputation == "confirmed"
    assert "DL-II.1u" in next(move for move in bench.moves(DISTRIBUTOR) if move.command == "send_letter").rules


@pytest.mark.rule("A-DL-7")
@pytest.mark.parametrize("state", ["flagged", "confirmed", "by_letter", "awaiting_private_answer"])
@pytest.mark.parametrize("by", ["receptionist", "distributor", "editor"])
def test_a_dl_7_the_flag_is_reversible_until_publication(state: str, by: str) -> None:
    """With a reason, and every change in the record; then it may be published after all."""
    bench = STATES[state]()
    with pytest.raises(ValueError, match="reason"):
        bench.ask(EVERYBODY[by], "clear_flag", flag="reputation")

    bench.do(EVERYBODY[by], "clear_flag", flag="reputation", reason="Không ảnh hưởng")

    assert bench.it.flags.reputation == "none"
    assert [event.kind for event in bench.events if "reputation" in event.kind or event.kind == "flag_cleared"][-1] == (
        "flag_cleared"
    )


@pytest.mark.rule("A-DL-7")
@pytest.mark.parametrize("state", [answered, answered_privately])
def test_a_dl_7_after_the_answer_it_is_not(state: type[Bench]) -> None:
    """What is out is out."""
    for actor in (RECEPTIONIST, DISTRIBUTOR, EDITOR):
        bench = state()
        assert bench.refused(actor, "clear_flag", flag="reputation", reason="Nhầm").http == 409
        assert "flag_reputation" not in bench.names(actor)


@pytest.mark.rule("DL-II.1u")
def test_dl_ii_1u_an_official_letter_and_word_to_the_sender_alone() -> None:
    """The letter carries the case to the city; the sender hears that it is received and in progress."""
    bench = confirmed()
    assert bench.refused(DISTRIBUTOR, "dispatch", agencies=["ubnd_thanh_pho"]).code == "condition_not_met"
    assert bench.refused(DISTRIBUTOR, "send_letter", agency="so_giao_thong", text="Kính gửi").code == "data_invalid"

    bench.do(DISTRIBUTOR, "send_letter", agency="ubnd_thanh_pho", text="Kính gửi UBND thành phố", reference="15/IOC")

    assert [(item.agency_id, item.stage) for item in bench.it.dispatches] == [("ubnd_thanh_pho", "with_focal")]
    assert bench.it.clocks["intake"].state == "stopped"
    assert told(bench)[-2:] == [("reporter", "received_privately"), ("focal", "task_new")]
    bench.do(EDITOR, "notify_reporter", text="Đã gọi điện báo anh/chị")
    assert told(bench)[-1] == ("reporter", "reporter_notified")


@pytest.mark.rule("DL-II.1u", "DL-II.2.3a.u", "A-4")
@pytest.mark.parametrize(
    "state", ["flagged", "confirmed", "by_letter", "awaiting_private_answer", "answered_privately"]
)
def test_dl_ii_1u_nothing_of_it_is_on_the_portal(state: str) -> None:
    """From the first flag on: no category, place, agency, answer or step."""
    bench = STATES[state]()

    view = public_view(bench.it, bench.pack, bench.agencies)

    shown = {name for name, value in view.model_dump().items() if value is not None}
    assert shown == {"code", "stage", "received_at"}
    assert not is_published(bench.it, bench.pack)


@pytest.mark.rule("DL-II.2.3a.u", "DL-II.2.3a")
def test_dl_ii_2_3a_u_found_harmful_only_after_verification() -> None:
    """Handled through the service, then flagged and confirmed: answered alone, by phone or personal mail."""
    bench = awaiting_answer()
    bench.do(EDITOR, "flag_reputation", reason="Kết quả nêu tên cán bộ")
    assert not bench.names(EDITOR) & {"publish", "reply_privately"}
    bench.do(RECEPTIONIST, "confirm_reputation")
    assert bench.refused(EDITOR, "publish", text="Đã kiểm tra").code == "condition_not_met"

    bench.do(EDITOR, "reply_privately", text="Nội dung đã được kiểm tra.")

    assert (bench.stage, bench.it.publications[0].kind) == ("answered_privately", "private")
    assert told(bench)[-1] == ("reporter", "private_reply")


@pytest.mark.rule("VN-3")
def test_a_suspected_secret_is_neither_published_nor_answered() -> None:
    """Withheld, by the law above the text."""
    bench = awaiting_answer()
    bench.do(UNIT, "flag_secret")
    assert bench.refused(EDITOR, "publish", text="Đã làm").code == "condition_not_met"

    bench.do(EDITOR, "withhold", reason="Bí mật nhà nước")

    assert bench.stage == "withheld"
    assert bench.pack.moves["withhold"].beyond_text


@pytest.mark.rule("VN-3", "DL-II.2.2c")
def test_a_promise_that_may_be_secret_is_kept_from_everybody_and_still_kept() -> None:
    """No notice of the date goes out, the hours for it end, and the work goes on to its day."""
    bench = promised()
    bench.do(EDITOR, "flag_secret")
    assert bench.names(EDITOR) & {"publish", "reply_privately", "withhold"} == {"withhold"}

    bench.do(EDITOR, "withhold", reason="Theo quy định về bí mật nhà nước")

    assert (bench.stage, bench.it.dispatches[0].stage) == ("in_progress", "promised")
    assert bench.it.clocks["answer"].state == "stopped"
    assert bench.it.clocks["promise:d1"].state == "running"
    assert public_view(bench.it, bench.pack, bench.agencies).answer is None
