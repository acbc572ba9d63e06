"""Triage from the command line: a card, and a new model."""

from __future__ import annotations

from tests.gateway.cli.conftest import CommandLine


async def test_a_card_is_drawn_and_a_model_is_made(alone: CommandLine) -> None:
    """Before anybody has decided anything: known words first, then our own reports."""
    bare = await alone.must("triage", "score")
    trained = await alone.must("triage", "train")
    told = (await alone.must("triage", "score", "--json")).json

    assert "model none: known words alone" in bare.out
    assert "categories: no cases kept back to look at" in bare.out
    assert "0 decisions of the desk" in trained.out
    assert "used from now on" in trained.err
    assert trained.out.split()[1].startswith(told["model"][:12])
