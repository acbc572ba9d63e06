"""How to bring a case of Đắk Lắk to each state it can be in."""

from __future__ import annotations

from typing import Any

from tests.core.cases.bench import Bench, at, staff
from tests.core.regulations import desk
from tests.core.regulations.desk import (
    DISTRIBUTOR,
    EDITOR,
    RECEPTIONIST,
    accept,
    by_name,
    divert,
    give_feedback,
    publish,
    reply_privately,
    withhold,
)

NAME = "dak_lak"
CITY, UNIT = staff("focal", "ubnd_thanh_pho"), staff("unit", "phong_do_thi")
PARTNER = staff("partner", "cty_dien_luc")

EVERYBODY = desk.EVERYBODY | {"focal": CITY, "unit": UNIT, "partner": PARTNER}

HANDLED = "2026-11-20T08:30:00+07:00"
"""Before every moment at which these cases are worked on."""


def received(now: str = "2026-11-20 09:00", **fields: Any) -> Bench:
    return Bench(NAME, now=at(now)).receive(**{"channel": "web", "commune_code": "90201", **fields})


def emergency(now: str = "2026-11-20 09:00") -> Bench:
    return received(now, urgency="emergency")


def diverted() -> Bench:
    return divert(received())


def accepted(now: str = "2026-11-20 09:00", **fields: Any) -> Bench:
    return accept(received(now, **fields))


def flagged() -> Bench:
    return accepted().then(RECEPTIONIST, "flag_reputation", reason="Nêu tên một doanh nghiệp")


def confirmed(now: str = "2026-11-20 09:00") -> Bench:
    return (
        accepted(now)
        .then(RECEPTIONIST, "flag_reputation", reason="Nêu tên một doanh nghiệp")
        .then(DISTRIBUTOR, "confirm_reputation")
    )


def by_letter(now: str = "2026-11-20 09:00") -> Bench:
    return confirmed(now).then(
        DISTRIBUTOR, "send_letter", agency="ubnd_thanh_pho", text="Kính gửi UBND thành phố", reference="15/IOC"
    )


def with_focal(now: str = "2026-11-20 09:00", urgency: str | None = None) -> Bench:
    return (
        accepted(now)
        .then(RECEPTIONIST, "classify", category="urban_infrastructure", urgency=urgency)
        .then(DISTRIBUTOR, "dispatch", agencies=["ubnd_thanh_pho"])
    )


def processing(now: str = "2026-11-20 09:00", urgency: str | None = None) -> Bench:
    return with_focal(now, urgency).then(CITY, "assign_unit", unit="phong_do_thi")


def sent_back() -> Bench:
    return processing().then(UNIT, "send_back", reason="Thuộc đơn vị khác")


def coordinating() -> Bench:
    return processing().then(UNIT, "request_coordination", agency="cty_dien_luc", ask="Di dời cột điện")


def long_work(now: str = "2026-11-20 09:00") -> Bench:
    return processing(now, "long")


def promised(now: str = "2026-11-20 09:00") -> Bench:
    """A date is given; the reporter has not been told of it yet."""
    return long_work(now).then(CITY, "commit_interim", status="Chờ mùa khô", promised_date="2027-01-15")


def promise_told(now: str = "2026-11-20 09:00") -> Bench:
    return publish(promised(now), "Dự kiến xong ngày 15/01/2027.")


def awaiting_answer(now: str = "2026-11-20 09:00") -> Bench:
    return processing(now).then(UNIT, "submit_result", handled_at=HANDLED, result="Đã vá mặt đường", evidence=["anh-2"])


def awaiting_private_answer() -> Bench:
    bench = by_letter()
    written = {"handled_at": HANDLED, "result": "Đã kiểm tra", "evidence": ["cong-van-15"]}
    bench.do(RECEPTIONIST, "submit_result", **written)
    return bench


def secret() -> Bench:
    return awaiting_answer().then(EDITOR, "flag_secret")


def answered(now: str = "2026-11-20 09:00") -> Bench:
    return publish(awaiting_answer(now))


def answered_privately() -> Bench:
    return reply_privately(awaiting_private_answer(), "Nội dung đã được kiểm tra.")


def withheld() -> Bench:
    return withhold(secret())


def clarifying() -> Bench:
    return give_feedback(answered(), "Còn một ổ gà")


def clarifying_privately() -> Bench:
    return give_feedback(answered_privately(), "Chưa rõ")


def reopened() -> Bench:
    return answered().then(EDITOR, "reopen", reason="Người phản ánh không hài lòng")


STATES = by_name(
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
