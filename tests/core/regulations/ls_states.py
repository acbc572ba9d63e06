"""How to bring a case of Lạng Sơn to each state it can be in."""

from __future__ import annotations

from collections.abc import Callable

from core.cases.decide import Actor
from tests.core.cases.bench import SYSTEM, Bench, at, staff

NAME = "lang_son"
PLACE = "90101"
RECEPTIONIST, DISTRIBUTOR, EDITOR = staff("receptionist"), staff("distributor"), staff("editor")
BOARD, OFFICE = staff("board"), staff("office")
CHAIR, OFFICER = staff("leader", "ubnd_hoa_dao"), staff("officer", "ubnd_hoa_dao")
DISTRICT, DISTRICT_OFFICER = staff("leader", "ubnd_song_ky"), staff("officer", "ubnd_song_ky")
PARTNER = staff("partner", "so_giao_thong")
AN = Actor.reporter("an")

EVERYBODY = {"receptionist": RECEPTIONIST, "distributor": DISTRIBUTOR, "editor": EDITOR}
EVERYBODY |= {"leader": CHAIR, "officer": OFFICER, "district": DISTRICT, "partner": PARTNER}
EVERYBODY |= {"board": BOARD, "office": OFFICE, "reporter": AN, "system": SYSTEM}

INCOMPLETE = {"content": "given", "name": "given", "phone": "given", "place": "given"}


def received(now: str = "2026-11-20 09:00", **fields: object) -> Bench:
    return Bench(NAME, now=at(now)).receive(**{"commune_code": PLACE, "channel": "app", **fields})


def waiting(now: str = "2026-11-20 09:00") -> Bench:
    bench = received(now, completeness=INCOMPLETE)
    bench.do(RECEPTIONIST, "request_supplement", fields=["address", "identity_number"])
    return bench


def cancelled(now: str = "2026-11-20 09:00") -> Bench:
    """Nothing came within the hour."""
    bench = waiting(now).wait(hours=1, seconds=1)
    bench.fire("supplement")
    bench.do(RECEPTIONIST, "cancel", reason_code="no_supplement")
    return bench


def cancelled_unlawful() -> Bench:
    bench = received()
    bench.do(RECEPTIONIST, "cancel", reason_code="unlawful")
    return bench


def declined() -> Bench:
    bench = received()
    bench.do(RECEPTIONIST, "decline", reason="Không thuộc phạm vi tiếp nhận")
    return bench


def diverted() -> Bench:
    bench = received()
    bench.do(RECEPTIONIST, "divert", kind="legal_advice")
    return bench


def accepted(now: str = "2026-11-20 09:00", **fields: object) -> Bench:
    bench = received(now, **fields)
    bench.do(RECEPTIONIST, "accept")
    return bench


def at_commune(now: str = "2026-11-20 09:00") -> Bench:
    bench = accepted(now)
    bench.do(DISTRIBUTOR, "dispatch", agencies=["ubnd_hoa_dao"])
    return bench


def declined_by_commune() -> Bench:
    bench = at_commune()
    bench.do(CHAIR, "decline", reason="Nội dung không phù hợp")
    return bench


def assigned(now: str = "2026-11-20 09:00") -> Bench:
    bench = at_commune(now)
    bench.do(CHAIR, "assign_staff", staff="u-3")
    return bench


def awaiting_approval(now: str = "2026-11-20 09:00") -> Bench:
    bench = assigned(now)
    bench.do(OFFICER, "submit_result", result="Đã dọn sạch bãi rác")
    return bench


def approved() -> Bench:
    bench = awaiting_approval()
    bench.do(CHAIR, "approve")
    return bench


def secret() -> Bench:
    bench = approved()
    bench.do(CHAIR, "flag_secret")
    return bench


def answered() -> Bench:
    bench = approved()
    bench.do(CHAIR, "answer_reporter", text="Bãi rác đã được dọn sạch.")
    return bench


def at_district(now: str = "2026-11-20 09:00") -> Bench:
    bench = at_commune(now)
    bench.do(CHAIR, "escalate", reason="Vượt thẩm quyền của xã")
    return bench


def at_ioc(now: str = "2026-11-20 09:00") -> Bench:
    bench = at_district(now)
    bench.do(DISTRICT, "escalate", reason="Vượt thẩm quyền của huyện")
    return bench


def awaiting_opinion() -> Bench:
    """The leaders are asked, and a department as well."""
    bench = at_ioc()
    bench.do(EDITOR, "refer_to_board", reason="Xin ý kiến về đường tỉnh")
    bench.do(EDITOR, "request_coordination", agency="so_giao_thong", ask="Cho ý kiến về đường tỉnh")
    return bench


def secret_at_ioc() -> Bench:
    bench = at_ioc()
    bench.do(EDITOR, "flag_secret")
    return bench


def opinion_given() -> Bench:
    bench = awaiting_opinion()
    bench.do(BOARD, "decide_lead", agency="so_giao_thong", note="Giao Sở chủ trì")
    return bench


def published() -> Bench:
    bench = opinion_given()
    bench.do(PARTNER, "supply_information", information="Đã sửa xong")
    bench.do(EDITOR, "publish", text="Đường đã được sửa.")
    return bench


def withheld() -> Bench:
    bench = secret_at_ioc()
    bench.do(EDITOR, "withhold", reason="Theo quy định về bí mật nhà nước")
    return bench


def deadlock() -> Bench:
    bench = at_commune()
    bench.do(CHAIR, "report_deadlock", reason="Hai cơ quan không thống nhất")
    return bench


def clarifying() -> Bench:
    bench = answered()
    bench.do(AN, "give_feedback", text="Vẫn còn rác")
    return bench


def clarifying_published() -> Bench:
    bench = published()
    bench.do(AN, "give_feedback", text="Vẫn còn ổ gà")
    return bench


def late_at_commune() -> Bench:
    bench = at_commune().wait(hours=1, seconds=1)
    bench.fire("assign:d1")
    return bench


def valuable() -> Bench:
    bench = answered()
    bench.do(EDITOR, "mark_valuable", reason="Thông tin đúng, kịp thời")
    return bench


STATES: dict[str, Callable[[], Bench]] = {
    state.__name__: state
    for state in (
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
}
