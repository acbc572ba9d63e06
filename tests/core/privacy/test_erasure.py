"""What an erasure destroys, and what it leaves."""

from __future__ import annotations

import pytest

from core.contract.schema import Reporter
from core.privacy.erasure import (
    CaseHolding,
    ErasureMode,
    Holdings,
    TextRedaction,
    plan_diversion,
    plan_erasure,
    redact,
    terms_of,
)

OWN = CaseHolding("own", frozenset({"an"}), "own-texts", ("t1",), published=True)
SHARED = CaseHolding("shared", frozenset({"an", "binh"}), "shared-texts", ("t2", "t3"), published=True)
HOLDINGS = Holdings(
    contact_id="an",
    cases=(OWN, SHARED),
    report_ids=("r1", "r2"),
    conversation_ids=("v1",),
    message_ids=("m1", "m2"),
    media_keys=("f1",),
    raw_ids=("raw1",),
    journal_ids=("j1",),
    outbox_ids=("o1",),
    call_ids=("call1",),
    identity_ids=("i1",),
    other_subjects=("recording1",),
)


@pytest.mark.rule("VN-4")
def test_request_erases_the_person_and_their_own_cases() -> None:
    plan = plan_erasure(HOLDINGS)

    assert plan.destroy_keys == ("an", "recording1", "own-texts")
    assert plan.media_subjects == plan.destroy_keys
    assert plan.withdraw_publications == ("own",)
    assert plan.redact_cases == (TextRedaction("shared", "shared-texts", ("t2", "t3"), published=True),)


@pytest.mark.rule("VN-15")
def test_schedule_takes_identifiers_and_leaves_the_case() -> None:
    plan = plan_erasure(HOLDINGS, ErasureMode.PSEUDONYMISE)

    assert plan.destroy_keys == ("an", "recording1")
    assert plan.withdraw_publications == ()
    assert [case.case_id for case in plan.redact_cases] == ["own", "shared"]


@pytest.mark.parametrize("mode", list(ErasureMode))
def test_everything_personal_goes_in_either_mode(mode: ErasureMode) -> None:
    plan = plan_erasure(HOLDINGS, mode)
    assert (
        plan.forget_raw,
        plan.forget_journal,
        plan.clear_outbox,
        plan.clear_conversations,
        plan.clear_messages,
        plan.media_keys,
        plan.clear_reports,
        plan.delete_identities,
        plan.delete_calls,
    ) == (("raw1",), ("j1",), ("o1",), ("v1",), ("m1", "m2"), ("f1",), ("r1", "r2"), ("i1",), ("call1",))


def test_other_peoples_keys_are_never_touched() -> None:
    plan = plan_erasure(HOLDINGS)
    assert "shared-texts" not in plan.destroy_keys
    assert "binh" not in plan.destroy_keys


@pytest.mark.rule("VN-1", "VN-2")
def test_diversion_takes_all_of_the_message() -> None:
    holdings = Holdings("an", conversation_ids=("v1",), raw_ids=("raw1",), journal_ids=("j1",), call_ids=("c1",))
    plan = plan_diversion(holdings, contact_stays=False)

    assert plan.destroy_keys == ("an",)
    assert (plan.forget_raw, plan.forget_journal) == (("raw1",), ("j1",))
    assert (plan.clear_conversations, plan.delete_calls) == (("v1",), ("c1",))


@pytest.mark.rule("VN-1", "VN-2")
def test_diversion_spares_what_the_person_reported_before() -> None:
    """A known citizen who denounces somebody keeps the road report of last week."""
    holdings = Holdings("an", conversation_ids=("v1",), message_ids=("m9",), media_keys=("f9",), identity_ids=("i1",))
    plan = plan_diversion(holdings, contact_stays=True)

    assert (plan.destroy_keys, plan.media_subjects) == ((), ())
    assert (plan.clear_conversations, plan.delete_identities) == ((), ())
    assert (plan.clear_messages, plan.media_keys) == (("m9",), ("f9",))


@pytest.mark.rule("VN-1")
def test_diversion_of_a_report_is_refused() -> None:
    with pytest.raises(ValueError, match="never becomes a report"):
        plan_diversion(HOLDINGS, contact_stays=True)


def test_terms_name_the_person_in_what_others_wrote() -> None:
    reporter = Reporter(
        name="Nguyễn Thị Hoa",
        phones=("+84900000001",),
        emails=("hoa@example.vn",),
        address="12 Lê Lợi, phường Thuận Hóa",
        identity_number="001199000001",
    )
    text = "Chị Thi Hoa (0900 000 001, HOA@example.vn, CCCD 001199000001) ở 12 lê lợi báo; bà Nguyễn Thị Hoa xác nhận."
    redacted = redact(text, terms_of(reporter, other_addresses=["zalo-778"]))

    assert redacted == "Chị [đã xóa] ([đã xóa], [đã xóa], CCCD [đã xóa]) ở [đã xóa] báo; bà [đã xóa] xác nhận."
    assert "zalo-778" in terms_of(reporter, other_addresses=["zalo-778"])


@pytest.mark.parametrize(
    ("reporter", "terms"),
    [
        (Reporter(), ()),
        (Reporter(name="An"), ()),
        (Reporter(name="Phương"), ("Phương",)),
        (Reporter(name="Lê An"), ("Lê An",)),
        (Reporter(address="phường Thuận Hóa, Huế"), ("phường Thuận Hóa, Huế",)),
        (Reporter(address="12, Huế"), ("12, Huế",)),
    ],
)
def test_terms_leave_out_words_that_name_nobody(reporter: Reporter, terms: tuple[str, ...]) -> None:
    assert terms_of(reporter) == terms
