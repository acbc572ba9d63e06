"""How to bring a case of Thừa Thiên Huế to each state it can be in."""

from __future__ import annotations

from collections.abc import Callable

from core.cases.decide import Actor
from tests.core.cases.bench import SYSTEM, Bench, staff

RECEPTIONIST, DISTRIBUTOR, EDITOR = staff("receptionist"), staff("distributor"), staff("editor")
OFFICER, LEADER = staff("officer", "so_xay_dung"), staff("leader", "so_xay_dung")
AN = Actor.reporter("an")

EVERYBODY = {"receptionist": RECEPTIONIST, "distributor": DISTRIBUTOR, "editor": EDITOR}
EVERYBODY |= {"officer": OFFICER, "leader": LEADER, "reporter": AN, "system": SYSTEM}


def received() -> Bench:
    return Bench().receive()


def waiting() -> Bench:
    bench = received()
    bench.do(RECEPTIONIST, "request_supplement", fields=["place"])
    return bench


def emergency() -> Bench:
    return Bench().receive(urgency="emergency")


def emergency_waiting() -> Bench:
    bench = emergency()
    bench.do(RECEPTIONIST, "request_supplement", fields=["place"])
    return bench


def declined() -> Bench:
    bench = received()
    bench.do(RECEPTIONIST, "decline", reason_code="out_of_area", reason="Ngoài địa bàn tỉnh")
    return bench


def cancelled() -> Bench:
    bench = received()
    bench.do(RECEPTIONIST, "cancel", reason_code="mistake")
    return bench


def diverted() -> Bench:
    bench = received()
    bench.do(RECEPTIONIST, "divert", kind="denunciation")
    return bench


def accepted() -> Bench:
    bench = received()
    bench.do(RECEPTIONIST, "accept")
    return bench


def distributed() -> Bench:
    bench = accepted()
    bench.do(DISTRIBUTOR, "dispatch", agencies=["so_xay_dung"])
    return bench


def sent_back() -> Bench:
    bench = distributed()
    bench.do(OFFICER, "send_back", reason="Không thuộc thẩm quyền", agency_unknown=True)
    return bench


def processing() -> Bench:
    bench = distributed()
    bench.do(OFFICER, "accept_dispatch")
    return bench


def awaiting_approval() -> Bench:
    bench = processing()
    bench.do(OFFICER, "submit_result", result="Đã vá mặt đường")
    return bench


def awaiting_publication() -> Bench:
    bench = awaiting_approval()
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


def published() -> Bench:
    bench = awaiting_publication()
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
}
