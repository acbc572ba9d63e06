"""
What the states of every pack share: the centre's desk and the reporter, and the first and last steps of a case.

A step is carried out on a bench, must be allowed, and gives the bench back.
"""

from __future__ import annotations

from collections.abc import Callable

from core.cases.decide import Actor
from tests.core.cases.bench import SYSTEM, Bench, staff

RECEPTIONIST, DISTRIBUTOR, EDITOR = staff("receptionist"), staff("distributor"), staff("editor")
AN = Actor.reporter("an")

EVERYBODY = {"receptionist": RECEPTIONIST, "distributor": DISTRIBUTOR, "editor": EDITOR, "reporter": AN}
EVERYBODY |= {"system": SYSTEM}

MENDED = "Mặt đường đã được vá."


def by_name(*states: Callable[[], Bench]) -> dict[str, Callable[[], Bench]]:
    """Each state under the name of its function."""
    return {state.__name__: state for state in states}


def accept(bench: Bench) -> Bench:
    return bench.then(RECEPTIONIST, "accept")


def divert(bench: Bench, kind: str = "denunciation") -> Bench:
    return bench.then(RECEPTIONIST, "divert", kind=kind)


def ask_for_place(bench: Bench) -> Bench:
    return bench.then(RECEPTIONIST, "request_supplement", fields=["place"])


def publish(bench: Bench, text: str = MENDED) -> Bench:
    return bench.then(EDITOR, "publish", text=text)


def reply_privately(bench: Bench, text: str = MENDED) -> Bench:
    return bench.then(EDITOR, "reply_privately", text=text)


def withhold(bench: Bench) -> Bench:
    return bench.then(EDITOR, "withhold", reason="Theo quy định về bí mật nhà nước")


def give_feedback(bench: Bench, text: str = "Vẫn còn một ổ gà") -> Bench:
    return bench.then(AN, "give_feedback", text=text)
