"""How to bring a case of Quảng Bình to each state it can be in."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.core.cases.bench import Bench, at, staff
from tests.core.regulations import desk
from tests.core.regulations.desk import (
    AN,
    DISTRIBUTOR,
    RECEPTIONIST,
    accept,
    ask_for_place,
    by_name,
    divert,
    give_feedback,
    publish,
    reply_privately,
    withhold,
)
from tests.support.agencies import load_agencies

BOARD = staff("board")
FOCAL = staff("focal", "so_xay_dung")
UNIT_LEADER, UNIT_STAFF = staff("unit_leader", "xd_ha_tang"), staff("unit_staff", "xd_ha_tang")
PARTNER = staff("partner", "so_y_te")

EVERYBODY = desk.EVERYBODY | {"board": BOARD, "focal": FOCAL, "partner": PARTNER}
EVERYBODY |= {"unit_leader": UNIT_LEADER, "unit_staff": UNIT_STAFF}

DONE = {"result": "Đã vá mặt đường", "draft_answer": "Mặt đường đã được vá."}
LATER = {"status": "Chờ vật tư", "promised_date": "2026-12-10", "draft_answer": "Sẽ hoàn thành ngày 10/12/2026."}
WITH_DISTRICTS = date(2025, 5, 20)


def received(now: str = "2026-11-20 09:00", **fields: Any) -> Bench:
    return Bench("quang_binh", now=at(now)).receive(**fields)


def received_in_may_2025(now: str = "2025-05-20 09:00", **fields: Any) -> Bench:
    """While there were districts, and communes below them."""
    bench = Bench("quang_binh", now=at(now))
    bench.agencies = load_agencies("quang_binh", WITH_DISTRICTS)
    return bench.receive(**fields)


def waiting_verification(now: str = "2026-11-20 09:00") -> Bench:
    return received(now).then(RECEPTIONIST, "log_verification_call", outcome="not_reached")


def waiting_reporter(now: str = "2026-11-20 09:00") -> Bench:
    return ask_for_place(received(now))


def emergency(now: str = "2026-11-20 09:00") -> Bench:
    return received(now, urgency="emergency")


def declined() -> Bench:
    return received().then(RECEPTIONIST, "decline", reason_code="not_clear", reason="Không rõ địa điểm")


def cancelled() -> Bench:
    return received().then(RECEPTIONIST, "cancel", reason_code="unclear")


def diverted() -> Bench:
    return divert(received())


def accepted(now: str = "2026-11-20 09:00", **fields: Any) -> Bench:
    return accept(received(now, **fields))


def at_board(now: str = "2026-11-20 09:00") -> Bench:
    return accepted(now).then(DISTRIBUTOR, "refer_to_board", reason="Hai cơ quan đều cho là việc của bên kia")


def distributed(now: str = "2026-11-20 09:00", **fields: Any) -> Bench:
    return accepted(now, **fields).then(DISTRIBUTOR, "dispatch", agencies=["so_xay_dung"])


def deadlock(now: str = "2026-11-20 09:00") -> Bench:
    return processing(now).then(DISTRIBUTOR, "report_deadlock", reason="Các cơ quan không thống nhất")


def sent_back() -> Bench:
    return distributed().then(FOCAL, "send_back", reason="Không thuộc thẩm quyền")


def with_focal(now: str = "2026-11-20 09:00", **fields: Any) -> Bench:
    return distributed(now, **fields).then(FOCAL, "accept_dispatch")


def with_unit(now: str = "2026-11-20 09:00", **fields: Any) -> Bench:
    return with_focal(now, **fields).then(FOCAL, "assign_unit", unit="xd_ha_tang")


def back_with_focal(now: str = "2026-11-20 09:00") -> Bench:
    return with_unit(now).then(UNIT_LEADER, "send_back", reason="Không phải việc của phòng")


def unit_accepted(now: str = "2026-11-20 09:00", **fields: Any) -> Bench:
    return with_unit(now, **fields).then(UNIT_LEADER, "accept_dispatch")


def processing(now: str = "2026-11-20 09:00", **fields: Any) -> Bench:
    return unit_accepted(now, **fields).then(UNIT_LEADER, "assign_staff", staff="u-7")


def coordinating() -> Bench:
    asked = {"agency": "so_y_te", "ask": "Cung cấp hồ sơ", "files": ["cv-1"]}
    return processing().then(UNIT_LEADER, "request_coordination", **asked)


def helping() -> Bench:
    return coordinating().then(PARTNER, "accept_coordination", staff="u-9")


def awaiting_approval(now: str = "2026-11-20 09:00", **fields: Any) -> Bench:
    return processing(now, **fields).then(UNIT_STAFF, "submit_result", **DONE)


def awaiting_publication(now: str = "2026-11-20 09:00", **fields: Any) -> Bench:
    return awaiting_approval(now, **fields).then(UNIT_LEADER, "approve")


def promise_to_publish(now: str = "2026-11-20 09:00", **fields: Any) -> Bench:
    return processing(now, **fields).then(UNIT_STAFF, "commit_interim", **LATER).then(UNIT_LEADER, "approve")


def promised(now: str = "2026-11-20 09:00") -> Bench:
    return publish(promise_to_publish(now), "Sẽ hoàn thành ngày 10/12/2026.")


def awaiting_final_approval() -> Bench:
    return promised().then(UNIT_STAFF, "submit_result", **DONE)


def final_to_publish() -> Bench:
    return awaiting_final_approval().then(UNIT_LEADER, "approve")


def confidential() -> Bench:
    return awaiting_publication().then(AN, "set_confidential")


def confidential_promise() -> Bench:
    return promise_to_publish(confidential=True)


def secret() -> Bench:
    return awaiting_publication().then(UNIT_LEADER, "flag_secret")


def published(now: str = "2026-11-20 09:00") -> Bench:
    return publish(awaiting_publication(now))


def answered_privately() -> Bench:
    return reply_privately(confidential())


def withheld() -> Bench:
    return withhold(secret())


def clarifying(now: str = "2026-11-20 09:00") -> Bench:
    return give_feedback(published(now))


def clarifying_privately() -> Bench:
    return give_feedback(answered_privately())


STATES = by_name(
    received,
    waiting_verification,
    waiting_reporter,
    emergency,
    declined,
    cancelled,
    diverted,
    accepted,
    at_board,
    distributed,
    sent_back,
    with_focal,
    with_unit,
    back_with_focal,
    unit_accepted,
    processing,
    coordinating,
    helping,
    deadlock,
    awaiting_approval,
    awaiting_publication,
    promise_to_publish,
    promised,
    awaiting_final_approval,
    final_to_publish,
    confidential,
    confidential_promise,
    secret,
    published,
    answered_privately,
    withheld,
    clarifying,
    clarifying_privately,
)
