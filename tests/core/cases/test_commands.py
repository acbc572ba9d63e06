"""The command vocabulary is table 7.0 and nothing else; free text is sealed before anything sees it."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from core.cases.commands import NAMES, REGISTRY, Decline, DispatchCase, command_schema
from core.cases.sealed import SealedText

TABLE_7_0 = """
accept classify log_verification_call declare_none request_supplement supply_supplement decline cancel mark_spam divert
dispatch raise_emergency hand_over_emergency downgrade_emergency consult refer_to_board decide_lead report_deadlock
accept_dispatch assign_unit assign_staff send_back propose_send_back propose_coordination escalate
request_coordination accept_coordination supply_information refuse_coordination submit_result commit_interim
confirm_result approve edit_and_approve return_for_revision centre_return publish answer_reporter reply_privately
withhold send_letter notify_reporter set_confidential flag_reputation confirm_reputation flag_secret clear_flag rate
give_feedback clarify reopen link_report unlink_report remind explain_lateness mark_valuable mark_false
register_external
"""

BUTTONS = {
    "accept": "Tiếp nhận",
    "decline": "Từ chối tiếp nhận",
    "cancel": "Hủy",
    "dispatch": "Phân phối",
    "accept_dispatch": "Nhận xử lý",
    "send_back": "Trả lại",
    "return_for_revision": "Trả để chỉnh sửa",
    "edit_and_approve": "Sửa và duyệt",
    "publish": "Công khai",
    "reply_privately": "Trả lời riêng",
    "remind": "Đôn đốc",
    "explain_lateness": "Giải trình",
}


def seal(text: str) -> SealedText:
    return SealedText(id="t1", commitment="ab" * 32, length=len(text))


def test_the_names_are_those_of_table_7_0() -> None:
    """Used in code, API paths, packs and tests: one list."""
    assert set(TABLE_7_0.split()) == NAMES
    assert {
        "receive_report",
        "fire_clock",
        "hand_over_work",
        "note_request",
        "correct_place",
    } == REGISTRY.keys() - NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_command_has_a_button_and_a_schema(name: str) -> None:
    """What the API publishes is plain JSON, and free text is plain text there."""
    schema = command_schema(name)

    assert schema["title"] == REGISTRY[name].label
    assert json.loads(json.dumps(schema)) == schema
    assert REGISTRY[name].__doc__


@pytest.mark.parametrize(("name", "label"), BUTTONS.items())
def test_buttons_read_as_the_table_says(name: str, label: str) -> None:
    """The Vietnamese column of table 7.0."""
    assert label == REGISTRY[name].label


def test_free_text_is_sealed_on_the_way_in() -> None:
    """The command holds what stands for the words, not the words."""
    command = Decline.model_validate({"reason": "  Không rõ nội dung "}, context={"sealer": seal})

    assert SealedText(id="t1", commitment="ab" * 32, length=17) == command.reason
    assert "Không" not in command.model_dump_json()


def test_plain_text_without_a_sealer_is_refused() -> None:
    """So that none slips into an event by mistake."""
    with pytest.raises(ValidationError, match="free text needs a sealer"):
        Decline.model_validate({"reason": "Không rõ nội dung"})


def test_an_empty_reason_is_no_reason() -> None:
    """Blanks do not count."""
    with pytest.raises(ValidationError, match="Chưa nhập nội dung"):
        Decline.model_validate({"reason": "   "}, context={"sealer": seal})


def test_an_unknown_field_is_refused() -> None:
    """A misspelt field must not be dropped in silence."""
    with pytest.raises(ValidationError, match="Extra inputs"):
        DispatchCase.model_validate({"agencies": ["a"], "agency": "a"})
