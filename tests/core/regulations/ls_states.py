"""How to bring a case of Lạng Sơn to each state it can be in."""

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
    withhold,
)

NAME = "lang_son"
PLACE = "90101"
BOARD, OFFICE = staff("board"), staff("office")
CHAIR, OFFICER = staff("leader", "ubnd_hoa_dao"), staff("officer", "ubnd_hoa_dao")
DISTRICT, DISTRICT_OFFICER = staff("leader", "ubnd_song_ky"), staff("officer", "ubnd_song_ky")
PARTNER = staff("partner", "so_giao_thong")

EVERYBODY = desk.EVERYBODY | {"leader": CHAIR, "officer": OFFICER, "district": DISTRICT, "partner": PARTNER}
EVERYBODY |= {"board": BOARD, "office": OFFICE}

INCOMPLETE = {"content": "given", "name": "given", "phone": "given", "place": "given"}


def received(now: str = "2026-11-20 09:00", **fields: Any) -> Bench:
    return Bench(NAME, now=at(now)).receive(**{"commune_code": PLACE, "channel": "app", **fields})


def waiting(now: str = "2026-11-20 09:00") -> Bench:
    return received(now, completeness=INCOMPLETE).then(
        RECEPTIONIST, "request_supplement", fields=["address", "identity_number"]
    )


def cancelled(now: str = "2026-11-20 09:00") -> Bench:
    """Nothing came within the hour."""
    bench = waiting(now).wait(hours=1, seconds=1)
    bench.fire("supplement")
    bench.do(RECEPTIONIST, "cancel", reason_code="no_supplement")
    return bench


def cancelled_unlawful() -> Bench:
    return received().then(RECEPTIONIST, "cancel", reason_code="unlawful")


def declined() -> Bench:
    return received().then(RECEPTIONIST, "decline", reason="Không thuộc phạm vi tiếp nhận")


def diverted() -> Bench:
    return divert(received(), "legal_advice")


def accepted(now: str = "2026-11-20 09:00", **fields: Any) -> Bench:
    return accept(received(now, **fields))


def at_commune(now: str = "2026-11-20 09:00") -> Bench:
    return accepted(now).then(DISTRIBUTOR, "dispatch", agencies=["ubnd_hoa_dao"])


def declined_by_commune() -> Bench:
    return at_commune().then(CHAIR, "decline", reason="Nội dung không phù hợp")


def assigned(now: str = "2026-11-20 09:00") -> Bench:
    return at_commune(now).then(CHAIR, "assign_staff", staff="u-3")


def awaiting_approval(now: str = "2026-11-20 09:00") -> Bench:
    return assigned(now).then(OFFICER, "submit_result", result="Đã dọn sạch bãi rác")


def approved() -> Bench:
    return awaiting_approval().then(CHAIR, "approve")


def secret() -> Bench:
    return approved().then(CHAIR, "flag_secret")


def answered() -> Bench:
    return approved().then(CHAIR, "answer_reporter", text="Bãi rác đã được dọn sạch.")


def at_district(now: str = "2026-11-20 09:00") -> Bench:
    return at_commune(now).then(CHAIR, "escalate", reason="Vượt thẩm quyền của xã")


def at_ioc(now: str = "2026-11-20 09:00") -> Bench:
    return at_district(now).then(DISTRICT, "escalate", reason="Vượt thẩm quyền của huyện")


def awaiting_opinion() -> Bench:
    """The leaders are asked, and a department as well."""
    return (
        at_ioc()
        .then(EDITOR, "refer_to_board", reason="Xin ý kiến về đường tỉnh")
        .then(EDITOR, "request_coordination", agency="so_giao_thong", ask="Cho ý kiến về đường tỉnh")
    )


def secret_at_ioc() -> Bench:
    return at_ioc().then(EDITOR, "flag_secret")


def opinion_given() -> Bench:
    return awaiting_opinion().then(BOARD, "decide_lead", agency="so_giao_thong", note="Giao Sở chủ trì")


def published() -> Bench:
    return publish(opinion_given().then(PARTNER, "supply_information", information="Đã sửa xong"), "Đường đã được sửa.")


def withheld() -> Bench:
    return withhold(secret_at_ioc())


def deadlock() -> Bench:
    return at_commune().then(CHAIR, "report_deadlock", reason="Hai cơ quan không thống nhất")


def clarifying() -> Bench:
    return give_feedback(answered(), "Vẫn còn rác")


def clarifying_published() -> Bench:
    return give_feedback(published(), "Vẫn còn ổ gà")


def late_at_commune() -> Bench:
    bench = at_commune().wait(hours=1, seconds=1)
    bench.fire("assign:d1")
    return bench


def valuable() -> Bench:
    return answered().then(EDITOR, "mark_valuable", reason="Thông tin đúng, kịp thời")


STATES = by_name(
    received,
    waiting,
    cancelled,
    cancelled_unlawful,
    declined,
    diverted,
    accepted,
    at_commune,
    declined_by_commune,
    late_at_commune,
    assigned,
    awaiting_approval,
    approved,
    secret,
    answered,
    at_district,
    at_ioc,
    awaiting_opinion,
    opinion_given,
    secret_at_ioc,
    published,
    withheld,
    deadlock,
    clarifying,
    clarifying_published,
    valuable,
)
