"""`langnghe triage`: how good suggested categories and agencies are, and a new model of what the desk decided."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from gateway.cli.common import command, group, perform, show_json


def add(commands: Any) -> None:
    """Mount `triage`."""
    own = group(commands, "triage", about="How good suggestions are, and what they learn from")
    scoring = command(own, "score", score, about="Hold the guesses against what the desk decided, and keep the card")
    training = command(own, "train", train, about="Learn from the desk; the new model is used unless it is worse")
    for one in (scoring, training):
        one.add_argument("--json", action="store_true", help="the whole result as JSON")


def score(arguments: argparse.Namespace) -> int:
    """One line for categories, one for agencies."""
    made = perform("triage.score")
    if arguments.json:
        show_json(made)
        return 0
    print(f"model {made['model'][:12] or 'none: known words alone'}")
    for kind in ("categories", "agencies"):
        print(f"{kind}: {_line(made[kind])}")
    return 0


def train(arguments: argparse.Namespace) -> int:
    """What was learnt from, and how the model does beside the one before."""
    made = perform("triage.train")
    if arguments.json:
        show_json(made)
        return 0
    print(f"model {made['hash'][:12]}: {made['own']} reports of ours, {made['decided']} decisions of the desk")
    print(f"before: {_line(made['before'])}")
    print(f"now: {_line(made['after'])}")
    print("used from now on" if made["used"] else "not used: it is worse than the one before", file=sys.stderr)
    return 0


def _line(card: dict[str, int]) -> str:
    if not card["seen"]:
        return "no cases kept back to look at"
    first, three = (100 * card[name] / card["seen"] for name in ("right", "offered"))
    return f"{card['seen']} cases, {first:.0f} % right at first, {three:.0f} % among three; {card['sure']} suggested"
