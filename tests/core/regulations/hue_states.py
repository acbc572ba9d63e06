"""How to bring a case of Thừa Thiên Huế to each state it can be in."""

from __future__ import annotations

from tests.core.cases.bench import Bench, staff
from tests.core.regulations import desk
from tests.core.regulations.desk import (
    AN,
    DISTRIBUTOR,
    EDITOR,
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

OFFICER, LEADER = staff("officer", "so_xay_dung"), staff("leader", "so_xay_dung")

EVERYBODY = desk.EVERYBODY | {"officer": OFFICER, "leader": LEADER}


def received() -> Bench:
    return Bench().receive()


def waiting() -> Bench:
    return ask_for_place(received())


def emergency() -> Bench:
    return Bench().receive(urgency="emergency")


def emergency_waiting() -> Bench:
    return ask_for_place(emergency())


def declined() -> Bench:
    return received().then(RECEPTIONIST, "decline", reason_code="out_of_area", reason="Ngoài địa bàn tỉnh")


def cancelled() -> Bench:
    return received().then(RECEPTIONIST, "cancel", reason_code="mistake")


def diverted() -> Bench:
    return divert(received())


def accepted() -> Bench:
    return accept(received())


def distributed() -> Bench:
    return accepted().then(DISTRIBUTOR, "dispatch", agencies=["so_xay_dung"])


def sent_back() -> Bench:
    return distributed().then(OFFICER, "send_back", reason="Không thuộc thẩm quyền", agency_unknown=True)


def processing() -> Bench:
    return distributed().then(OFFICER, "accept_dispatch")


def awaiting_approval() -> Bench:
    return processing().then(OFFICER, "submit_result", result="Đã vá mặt đường")


def awaiting_publication() -> Bench:
    return awaiting_approval().then(LEADER, "approve")


def confidential() -> Bench:
    return awaiting_publication().then(AN, "set_confidential")


def secret() -> Bench:
    return awaiting_publication().then(EDITOR, "flag_secret")


def published() -> Bench:
    return publish(awaiting_publication())


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
    waiting,
    emergency,
    emergency_waiting,
    declined,
    cancelled,
    diverted,
    accepted,
    distributed,
    sent_back,
    processing,
    awaiting_approval,
    awaiting_publication,
    confidential,
    secret,
    published,
    answered_privately,
    withheld,
    clarifying,
    clarifying_privately,
)
