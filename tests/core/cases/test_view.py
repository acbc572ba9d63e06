"""What the public sees (A-4): an allow-list, checked with a canary in everything a case can hold."""

from __future__ import annotations

import pytest

from core.cases.decide import Actor
from core.cases.view import PublicView, is_published, public_view
from tests.core.cases.bench import Bench, staff
from tests.core.regulations.hue_states import STATES

CANARY = "chim-hoàng-yến"


def view(bench: Bench) -> PublicView:
    return public_view(bench.it, bench.pack, bench.agencies)


@pytest.mark.rule("A-4")
def test_a_published_case_shows_what_was_done_and_by_whom() -> None:
    """Code, category, place, stages with times, agencies, answer; no reporter anywhere."""
    bench = Bench().receive(category="transport", commune_code="90001", point=(16463, 107590))
    bench.do(staff("receptionist"), "accept")
    bench.do(staff("distributor"), "dispatch", agencies=["so_xay_dung"])
    bench.do(staff("officer", "so_xay_dung"), "accept_dispatch")
    bench.do(staff("officer", "so_xay_dung"), "submit_result", result="Đã vá")
    bench.do(staff("leader", "so_xay_dung"), "approve")
    bench.do(staff("editor"), "publish", text="Đã vá xong", media=["anh-1"])

    shown = view(bench)

    assert (shown.code, shown.category) == ("202611200017", "Giao thông, hạ tầng đường bộ")
    assert (shown.commune_code, shown.point) == ("90001", (16463, 107590))
    assert shown.agencies == ("Sở Xây dựng",)
    assert [step.label for step in shown.progress] == [
        "Đã nhận phản ánh",
        "Đã tiếp nhận",
        "Đang xử lý",
        "Đã có kết quả",
    ]
    assert shown.answer == bench.it.publications[0].text
    assert shown.media == ("anh-1",)
    assert is_published(bench.it, bench.pack)


@pytest.mark.rule("A-4", "A-HUE-3", "VN-3")
@pytest.mark.parametrize("state", STATES)
def test_no_identity_and_no_internal_word_in_any_state(state: str) -> None:
    """The contact, the officer, internal texts and raw media never come out, whatever the state."""
    bench = STATES[state]()
    stored = bench.it.model_dump_json().replace('"an"', f'"{CANARY}"').replace("anh-1", CANARY)
    bench.case = type(bench.it).model_validate_json(stored.replace("u-officer-so_xay_dung", CANARY))
    assert CANARY in bench.it.model_dump_json()

    shown = view(bench).model_dump_json()

    assert CANARY not in shown
    assert bench.it.reports[0].report_id not in shown


@pytest.mark.rule("A-TG-8", "A-HUE-3")
@pytest.mark.parametrize("state", ["confidential", "answered_privately", "clarifying_privately"])
def test_a_confidential_case_shows_stages_and_no_text(state: str) -> None:
    """Visible under its code; no answer, no agency, no place."""
    bench = STATES[state]()
    shown = view(bench)

    assert shown.code is not None
    assert shown.progress
    assert (shown.answer, shown.agencies, shown.commune_code, shown.media) == (None, None, None, None)
    assert not is_published(bench.it, bench.pack)


@pytest.mark.rule("VN-3")
@pytest.mark.parametrize("state", ["secret", "withheld"])
def test_a_withheld_case_shows_hardly_anything(state: str) -> None:
    """That it was received, and where it stands."""
    shown = view(STATES[state]()).model_dump(exclude_none=True)

    assert shown.keys() == {"code", "stage", "received_at"}


@pytest.mark.rule("VN-3")
def test_flagging_a_published_case_takes_its_answer_back() -> None:
    """The list is asked every time, nothing was copied out."""
    bench = STATES["published"]()
    assert view(bench).answer is not None

    bench.do(staff("editor"), "flag_secret")

    assert view(bench).answer is None
    assert not is_published(bench.it, bench.pack)


@pytest.mark.rule("A-QB-7")
def test_a_refusal_is_listed_only_where_the_pack_says_so() -> None:
    """Huế's text knows no such list; the ground is the pack's word, never the receptionist's."""
    assert view(STATES["declined"]()).decline_label is None


def test_the_stage_without_a_public_word_keeps_the_one_before() -> None:
    """Waiting for publication is an internal matter."""
    assert view(STATES["awaiting_publication"]()).stage == "Đang xử lý"
    assert view(STATES["received"]()).stage == "Đã nhận phản ánh"


def test_feedback_is_between_the_reporter_and_the_agency() -> None:
    """Its text is no public field."""
    bench = STATES["published"]()
    bench.do(Actor.reporter("an"), "give_feedback", text="Vẫn còn ổ gà ở số 7")

    assert bench.it.feedbacks[0].text.id not in view(bench).model_dump_json(exclude={"answer"})
