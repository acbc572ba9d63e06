"""How to bring a case of Tiền Giang to each state it can be in."""

from __future__ import annotations

from typing import Any

from tests.core.cases.bench import Bench, at, staff
from tests.core.regulations import desk
from tests.core.regulations.desk import (
    AN,
    DISTRIBUTOR,
    EDITOR,
    RECEPTIONIST,
    accept,
    ask_for_place,
    by_name,
    give_feedback,
    publish,
    reply_privately,
    withhold,
)

OWNER, PROVINCE = staff("owner"), staff("province")
OFFICER, LEADER = staff("officer", "so_giao_thong"), staff("leader", "so_giao_thong")
WORKER, DIRECTOR = staff("officer", "cty_moi_truong"), staff("leader", "cty_moi_truong")
COMMUNE, DISTRICT = staff("manager", "xa_vam_sen"), staff("manager", "huyen_cua_nam")
WARD, CHAIR = staff("officer", "xa_vam_sen"), staff("leader", "xa_vam_sen")

EVERYBODY = desk.EVERYBODY | {"owner": OWNER, "province": PROVINCE, "officer": OFFICER, "leader": LEADER}
EVERYBODY |= {"worker": WORKER, "director": DIRECTOR, "manager": COMMUNE, "ward": WARD, "chair": CHAIR}


def received(now: str = "2026-11-20 09:00:00", **report: Any) -> Bench:
    return Bench("tien_giang", now=at(now)).receive(**{"channel": "app", "category": "transport", **report})


def unclassified() -> Bench:
    return received(category=None)


def waiting() -> Bench:
    return ask_for_place(received())


def emergency() -> Bench:
    return received(urgency="emergency")


def spam() -> Bench:
    return received().then(RECEPTIONIST, "mark_spam", reason="Quảng cáo")


def accepted(now: str = "2026-11-20 09:00:00", **report: Any) -> Bench:
    return accept(received(now, **report))


def outside() -> Bench:
    return accepted(category=None)


def distributed(*agencies: str, now: str = "2026-11-20 09:00:00") -> Bench:
    return accepted(now).then(DISTRIBUTOR, "dispatch", agencies=list(agencies or ("so_giao_thong",)))


def sent_back() -> Bench:
    return distributed().then(OFFICER, "send_back", reason="Không thuộc thẩm quyền")


def processing(now: str = "2026-11-20 09:00:00") -> Bench:
    return distributed(now=now).then(OFFICER, "accept_dispatch")


def with_enterprise() -> Bench:
    return distributed("cty_moi_truong").then(WORKER, "accept_dispatch")


def awaiting_confirmation() -> Bench:
    return with_enterprise().then(WORKER, "submit_result", result="Đã dọn rác")


def confirmed() -> Bench:
    return awaiting_confirmation().then(COMMUNE, "confirm_result")


def with_commune() -> Bench:
    return distributed("xa_vam_sen")


def awaiting_approval(now: str = "2026-11-20 09:00:00") -> Bench:
    return processing(now).then(OFFICER, "submit_result", result="Đã vá mặt đường")


def deadlock() -> Bench:
    return distributed("so_giao_thong", "cong_an").then(
        DISTRIBUTOR, "report_deadlock", reason="Hai cơ quan không thống nhất"
    )


def awaiting_publication(now: str = "2026-11-20 09:00:00") -> Bench:
    return awaiting_approval(now).then(LEADER, "approve")


def confidential() -> Bench:
    return awaiting_publication().then(AN, "set_confidential")


def secret() -> Bench:
    return awaiting_publication().then(EDITOR, "flag_secret")


def published(now: str = "2026-11-20 09:00:00") -> Bench:
    return publish(awaiting_publication(now))


def answered_privately() -> Bench:
    return reply_privately(confidential())


def withheld() -> Bench:
    return withhold(secret())


def clarifying() -> Bench:
    return give_feedback(published())


def clarifying_privately() -> Bench:
    return give_feedback(answered_privately())


STATES = by_name(
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
