"""How to bring a case of Đắk Lắk to each state it can be in."""

from __future__ import annotations

from collections.abc import Callable

from core.cases.decide import Actor
from tests.core.cases.bench import SYSTEM, Bench, at, staff

NAME = "dak_lak"
RECEPTIONIST, DISTRIBUTOR, EDITOR = staff("receptionist"), staff("distributor"), staff("editor")
CITY, UNIT = staff("focal", "ubnd_thanh_pho"), staff("unit", "phong_do_thi")
PARTNER = staff("partner", "cty_dien_luc")
AN = Actor.reporter("an")

EVERYBODY = {"receptionist": RECEPTIONIST, "distributor": DISTRIBUTOR, "editor": EDITOR}
EVERYBODY |= {"focal": CITY, "unit": UNIT, "partner": PARTNER, "reporter": AN, "system": SYSTEM}

HANDLED = "2026-11-20T08:30:00+07:00"
"""Before every moment at which these cases are worked on."""


def received(now: str = "2026-11-20 09:00", **fields: object) -> Bench:
    return Bench(NAME, now=at(now)).receive(**{"channel": "web", "commune_code": "90201", **fields})


def emergency(now: str = "2026-11-20 09:00") -> Bench:
    return received(now, urgency="emergency")


def diverted() -> Bench:
    bench = received()
    bench.do(RECEPTIONIST, "divert", kind="denunciation")
    return bench


def accepted(now: str = "2026-11-20 09:00", **fields: object) -> Bench:
    bench = received(now, **fields)
    bench.do(RECEPTIONIST, "accept")
    return bench


def flagged() -> Bench:
    bench = accepted()
    bench.do(RECEPTIONIST, "flag_reputation", reason="Nêu tên một doanh nghiệp")
    return bench


def confirmed(now: str = "2026-11-20 09:00") -> Bench:
    bench = accepted(now)
    bench.do(RECEPTIONIST, "flag_reputation", reason="Nêu tên một doanh nghiệp")
    bench.do(DISTRIBUTOR, "confirm_reputation")
    return bench


def by_letter(now: str = "2026-11-20 09:00") -> Bench:
    bench = confirmed(now)
    bench.do(DISTRIBUTOR, "send_letter", agency="ubnd_thanh_pho", text="Kính gửi UBND thành phố", reference="15/IOC")
    return bench


def with_focal(now: str = "2026-11-20 09:00", urgency: str | None = None) -> Bench:
    bench = accepted(now)
    bench.do(RECEPTIONIST, "classify", category="urban_infrastructure", urgency=urgency)
    bench.do(DISTRIBUTOR, "dispatch", agencies=["ubnd_thanh_pho"])
    return bench


def processing(now: str = "2026-11-20 09:00", urgency: str | None = None) -> Bench:
    bench = with_focal(now, urgency)
    bench.do(CITY, "assign_unit", unit="phong_do_thi")
    return bench


def sent_back() -> Bench:
    bench = processing()
    bench.do(UNIT, "send_back", reason="Thuộc đơn vị khác")
    return bench


def coordinating() -> Bench:
    bench = processing()
    bench.do(UNIT, "request_coordination", agency="cty_dien_luc", ask="Di dời cột điện")
    return bench


def long_work(now: str = "2026-11-20 09:00") -> Bench:
    return processing(now, "long")


def promised(now: str = "2026-11-20 09:00") -> Bench:
    """A date is given; the reporter has not been told of it yet."""
    bench = long_work(now)
    bench.do(CITY, "commit_interim", status="Chờ mùa khô", promised_date="2027-01-15")
    return bench


def promise_told(now: str = "2026-11-20 09:00") -> Bench:
    bench = promised(now)
    bench.do(EDITOR, "publish", text="Dự kiến xong ngày 15/01/2027.")
    return bench


def awaiting_answer(now: str = "2026-11-20 09:00") -> Bench:
    bench = processing(now)
    bench.do(UNIT, "submit_result", handled_at=HANDLED, result="Đã vá mặt đường", evidence=["anh-2"])
    return bench


def awaiting_private_answer() -> Bench:
    bench = by_letter()
    written = {"handled_at": HANDLED, "result": "Đã kiểm tra", "evidence": ["cong-van-15"]}
    bench.do(RECEPTIONIST, "submit_result", **written)
    return bench


def secret() -> Bench:
    bench = awaiting_answer()
    bench.do(EDITOR, "flag_secret")
    return bench


def answered(now: str = "2026-11-20 09:00") -> Bench:
    bench = awaiting_answer(now)
    bench.do(EDITOR, "publish", text="Mặt đường đã được vá.")
    return bench


def answered_privately() -> Bench:
    bench = awaiting_private_answer()
    bench.do(EDITOR, "reply_privately", text="Nội dung đã được kiểm tra.")
    return bench


def withheld() -> Bench:
    bench = secret()
    bench.do(EDITOR, "withhold", reason="Theo quy định về bí mật nhà nước")
    return bench


def clarifying() -> Bench:
    bench = answered()
    bench.do(AN, "give_feedback", text="Còn một ổ gà")
    return bench


def clarifying_privately() -> Bench:
    bench = answered_privately()
    bench.do(AN, "give_feedback", text="Chưa rõ")
    return bench


def reopened() -> Bench:
    bench = answered()
    bench.do(EDITOR, "reopen", reason="Người phản ánh không hài lòng")
    return bench


STATES: dict[str, Callable[[], Bench]] = {
    state.__name__: state
    for state in (
        received,
        emergency,
        diverted,
        accepted,
        flagged,
        confirmed,
        by_letter,
        with_focal,
        processing,
        sent_back,
        coordinating,
        long_work,
        promised,
        promise_told,
        awaiting_answer,
        awaiting_private_answer,
        secret,
        answered,
        answered_privately,
        withheld,
        clarifying,
        clarifying_privately,
        reopened,
    )
}
