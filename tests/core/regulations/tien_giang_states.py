"""How to bring a case of Tiền Giang to each state it can be in."""

from __future__ import annotations

from collections.abc import Callable

from core.cases.decide import Actor
from tests.core.cases.bench import SYSTEM, Bench, at, staff

RECEPTIONIST, DISTRIBUTOR, EDITOR = staff("receptionist"), staff("distributor"), staff("editor")
OWNER, PROVINCE = staff("owner"), staff("province")
OFFICER, LEADER = staff("officer", "so_giao_thong"), staff("leader", "so_giao_thong")
WORKER, DIRECTOR = staff("officer", "cty_moi_truong"), staff("leader", "cty_moi_truong")
COMMUNE, DISTRICT = staff("manager", "xa_vam_sen"), staff("manager", "huyen_cua_nam")
WARD, CHAIR = staff("officer", "xa_vam_sen"), staff("leader", "xa_vam_sen")
AN = Actor.reporter("an")

EVERYBODY = {"receptionist": RECEPTIONIST, "distributor": DISTRIBUTOR, "editor": EDITOR, "owner": OWNER}
EVERYBODY |= {"province": PROVINCE, "officer": OFFICER, "leader": LEADER, "reporter": AN, "system": SYSTEM}
EVERYBODY |= {"worker": WORKER, "director": DIRECTOR, "manager": COMMUNE, "ward": WARD, "chair": CHAIR}


def received(now: str = "2026-11-20 09:00:00", **report: object) -> Bench:
    return Bench("tien_giang", now=at(now)).receive(**{"channel": "app", "category": "transport", **report})


def unclassified() -> Bench:
    return received(category=None)


def waiting() -> Bench:
    bench = received()
    bench.do(RECEPTIONIST, "request_supplement", fields=["place"])
    return bench


def emergency() -> Bench:
    return received(urgency="emergency")


def spam() -> Bench:
    bench = received()
    bench.do(RECEPTIONIST, "mark_spam", reason="Quảng cáo")
    return bench


def accepted(now: str = "2026-11-20 09:00:00", **report: object) -> Bench:
    bench = received(now, **report)
    bench.do(RECEPTIONIST, "accept")
    return bench


def outside() -> Bench:
    return accepted(category=None)


def distributed(*agencies: str, now: str = "2026-11-20 09:00:00") -> Bench:
    bench = accepted(now)
    bench.do(DISTRIBUTOR, "dispatch", agencies=list(agencies or ("so_giao_thong",)))
    return bench


def sent_back() -> Bench:
    bench = distributed()
    bench.do(OFFICER, "send_back", reason="Không thuộc thẩm quyền")
    return bench


def processing(now: str = "2026-11-20 09:00:00") -> Bench:
    bench = distributed(now=now)
    bench.do(OFFICER, "accept_dispatch")
    return bench


def with_enterprise() -> Bench:
    bench = distributed("cty_moi_truong")
    bench.do(WORKER, "accept_dispatch")
    return bench


def awaiting_confirmation() -> Bench:
    bench = with_enterprise()
    bench.do(WORKER, "submit_result", result="Đã dọn rác")
    return bench


def confirmed() -> Bench:
    bench = awaiting_confirmation()
    bench.do(COMMUNE, "confirm_result")
    return bench


def with_commune() -> Bench:
    return distributed("xa_vam_sen")


def awaiting_approval(now: str = "2026-11-20 09:00:00") -> Bench:
    bench = processing(now)
    bench.do(OFFICER, "submit_result", result="Đã vá mặt đường")
    return bench


def deadlock() -> Bench:
    bench = distributed("so_giao_thong", "cong_an")
    bench.do(DISTRIBUTOR, "report_deadlock", reason="Hai cơ quan không thống nhất")
    return bench


def awaiting_publication(now: str = "2026-11-20 09:00:00") -> Bench:
    bench = awaiting_approval(now)
    bench.do(LEADER, "approve")
    return bench


def confidential() -> Bench:
    bench = awaiting_publication()
    bench.do(AN, "set_confidential")
    return bench


def secret() -> Bench:
    bench = awaiting_publication()
    bench.do(EDITOR, "flag_secret")
    return bench


def published(now: str = "2026-11-20 09:00:00") -> Bench:
    bench = awaiting_publication(now)
    bench.do(EDITOR, "publish", text="Mặt đường đã được vá.")
    return bench


def answered_privately() -> Bench:
    bench = confidential()
    bench.do(EDITOR, "reply_privately", text="Mặt đường đã được vá.")
    return bench


def withheld() -> Bench:
    bench = secret()
    bench.do(EDITOR, "withhold", reason="Theo quy định về bí mật nhà nước")
    return bench


def clarifying() -> Bench:
    bench = published()
    bench.do(AN, "give_feedback", text="Vẫn còn một ổ gà")
    return bench


def clarifying_privately() -> Bench:
    bench = answered_privately()
    bench.do(AN, "give_feedback", text="Vẫn còn một ổ gà")
    return bench


STATES: dict[str, Callable[[], Bench]] = {
    state.__name__: state
    for state in (
        received,
        unclassified,
        waiting,
        emergency,
        spam,
        accepted,
        outside,
        distributed,
        sent_back,
        processing,
        with_enterprise,
        awaiting_confirmation,
        confirmed,
        with_commune,
        awaiting_approval,
        deadlock,
        awaiting_publication,
        confidential,
        secret,
        published,
        answered_privately,
        withheld,
        clarifying,
        clarifying_privately,
    )
}
