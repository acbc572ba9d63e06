"""Which channels are worth trying first."""

from __future__ import annotations

from core.service.vitals import Vitals


def test_a_few_failures_in_a_row_make_a_channel_sick_and_one_message_heals_it() -> None:
    vitals = Vitals()
    for outcome in ("pending", "pending", "sent", "pending", "pending", "failed", "unknown"):
        vitals.note("sms", outcome)
    before = vitals.healthy("sms")
    vitals.note("sms", "pending")
    sick = vitals.healthy("sms")
    vitals.note("sms", "sent")

    assert (before, sick, vitals.healthy("sms"), vitals.healthy("zalo")) == (True, False, True, True)


def test_what_says_that_it_is_down_is_believed_until_a_message_leaves() -> None:
    vitals = Vitals()
    vitals.checked({"zalo": False, "sms": True})
    down = vitals.healthy("zalo")
    vitals.note("zalo", "sent")

    assert (down, vitals.healthy("zalo"), vitals.healthy("sms")) == (False, True, True)
