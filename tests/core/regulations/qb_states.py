"""How to bring a case of Quảng Bình to each state it can be in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from core.cases.decide import Actor
from core.regulations.agency_files import load_agencies
from tests.core.cases.bench import SYSTEM, Bench, at, staff

RECEPTIONIST, DISTRIBUTOR, EDITOR, BOARD = (staff(role) for role in ("receptionist", "distributor", "editor", "board"))
FOCAL = staff("focal", "so_xay_dung")
UNIT_LEADER, UNIT_STAFF = staff("unit_leader", "xd_ha_tang"), staff("unit_staff", "xd_ha_tang")
PARTNER = staff("partner", "so_y_te")
AN = Actor.reporter("an")

EVERYBODY = {"receptionist": RECEPTIONIST, "distributor": DISTRIBUTOR, "editor": EDITOR, "board": BOARD}
EVERYBODY |= {"focal": FOCAL, "unit_leader": UNIT_LEADER, "unit_staff": UNIT_STAFF, "partner": PARTNER}
EVERYBODY |= {"reporter": AN, "system": SYSTEM}

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


def then(bench: Bench, *steps: tuple[Actor, str, dict[str, Any]]) -> Bench:
    """Carry out one command after another."""
    for actor, name, fields in steps:
        bench.do(actor, name, **fields)
    return bench


def waiting_verification(now: str = "2026-11-20 09:00") -> Bench:
    return then(received(now), (RECEPTIONIST, "log_verification_call", {"outcome": "not_reached"}))


def waiting_reporter(now: str = "2026-11-20 09:00") -> Bench:
    return then(received(now), (RECEPTIONIST, "request_supplement", {"fields": ["place"]}))


def emergency(now: str = "2026-11-20 09:00") -> Bench:
    return received(now, urgency="emergency")


def declined() -> Bench:
    return then(received(), (RECEPTIONIST, "decline", {"reason_code": "not_clear", "reason": "Không rõ địa điểm"}))


def cancelled() -> Bench:
    return then(received(), (RECEPTIONIST, "cancel", {"reason_code": "unclear"}))


def diverted() -> Bench:
    return then(received(), (RECEPTIONIST, "divert", {"kind": "denunciation"}))


def accepted(now: str = "2026-11-20 09:00", **fields: Any) -> Bench:
    return then(received(now, **fields), (RECEPTIONIST, "accept", {}))


def at_board(now: str = "2026-11-20 09:00") -> Bench:
    return then(accepted(now), (DISTRIBUTOR, "refer_to_board", {"reason": "Hai cơ quan đều cho là việc của bên kia"}))


def distributed(now: str = "2026-11-20 09:00", **fields: Any) -> Bench:
    return then(accepted(now, **fields), (DISTRIBUTOR, "dispatch", {"agencies": ["so_xay_dung"]}))


def deadlock(now: str = "2026-11-20 09:00") -> Bench:
    return then(processing(now), (DISTRIBUTOR, "report_deadlock", {"reason": "Các cơ quan không thống nhất"}))


def sent_back() -> Bench:
    return then(distributed(), (FOCAL, "send_back", {"reason": "Không thuộc thẩm quyền"}))


def with_focal(now: str = "2026-11-20 09:00", **fields: Any) -> Bench:
    return then(distributed(now, **fields), (FOCAL, "accept_dispatch", {}))


def with_unit(now: str = "2026-11-20 09:00", **fields: Any) -> Bench:
    return then(with_focal(now, **fields), (FOCAL, "assign_unit", {"unit": "xd_ha_tang"}))


def back_with_focal(now: str = "2026-11-20 09:00") -> Bench:
    return then(with_unit(now), (UNIT_LEADER, "send_back", {"reason": "Không phải việc của phòng"}))


def unit_accepted(now: str = "2026-11-20 09:00", **fields: Any) -> Bench:
    return then(with_unit(now, **fields), (UNIT_LEADER, "accept_dispatch", {}))


def processing(now: str = "2026-11-20 09:00", **fields: Any) -> Bench:
    return then(unit_accepted(now, **fields), (UNIT_LEADER, "assign_staff", {"staff": "u-7"}))


def coordinating() -> Bench:
    asked = {"agency": "so_y_te", "ask": "Cung cấp hồ sơ", "files": ["cv-1"]}
    return then(processing(), (UNIT_LEADER, "request_coordination", asked))


def helping() -> Bench:
    return then(coordinating(), (PARTNER, "accept_coordination", {"staff": "u-9"}))


def awaiting_approval(now: str = "2026-11-20 09:00", **fields: Any) -> Bench:
    return then(processing(now, **fields), (UNIT_STAFF, "submit_result", DONE))


def awaiting_publication(now: str = "2026-11-20 09:00", **fields: Any) -> Bench:
    return then(awaiting_approval(now, **fields), (UNIT_LEADER, "approve", {}))


def promise_to_publish(now: str = "2026-11-20 09:00", **fields: Any) -> Bench:
    return then(processing(now, **fields), (UNIT_STAFF, "commit_interim", LATER), (UNIT_LEADER, "approve", {}))


def promised(now: str = "2026-11-20 09:00") -> Bench:
    return then(promise_to_publish(now), (EDITOR, "publish", {"text": "Sẽ hoàn thành ngày 10/12/2026."}))


def awaiting_final_approval() -> Bench:
    return then(promised(), (UNIT_STAFF, "submit_result", DONE))


def final_to_publish() -> Bench:
    return then(awaiting_final_approval(), (UNIT_LEADER, "approve", {}))


def confidential() -> Bench:
    return then(awaiting_publication(), (AN, "set_confidential", {}))


def confidential_promise() -> Bench:
    return promise_to_publish(confidential=True)


def secret() -> Bench:
    return then(awaiting_publication(), (UNIT_LEADER, "flag_secret", {}))


def published(now: str = "2026-11-20 09:00") -> Bench:
    return then(awaiting_publication(now), (EDITOR, "publish", {"text": "Mặt đường đã được vá."}))


def answered_privately() -> Bench:
    return then(confidential(), (EDITOR, "reply_privately", {"text": "Mặt đường đã được vá."}))


def withheld() -> Bench:
    return then(secret(), (EDITOR, "withhold", {"reason": "Theo quy định về bí mật nhà nước"}))


def clarifying(now: str = "2026-11-20 09:00") -> Bench:
    return then(published(now), (AN, "give_feedback", {"text": "Vẫn còn một ổ gà"}))


def clarifying_privately() -> Bench:
    return then(answered_privately(), (AN, "give_feedback", {"text": "Vẫn còn một ổ gà"}))


STATES: dict[str, Callable[[], Bench]] = {
    state.__name__: state
    for state in (
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
}
