"""How good an agent's sound is, in one word, for their page and for who looks after the floor."""

from __future__ import annotations

import pytest

from channels.call_center.agents import messages as m
from channels.call_center.agents.quality import level_of
from channels.call_center.agents.tests.centre import open_centre

GOOD = {"lost": 0.0, "rtt_ms": 20, "delay_ms": 40, "concealed": 0.0}


@pytest.mark.parametrize(
    ("worse", "level"),
    [
        ({}, "good"),
        ({"lost": 0.01}, "fair"),
        ({"lost": 0.04}, "poor"),
        ({"rtt_ms": 149}, "good"),
        ({"rtt_ms": 300}, "poor"),
        ({"delay_ms": 80}, "fair"),
        ({"concealed": 0.02}, "fair"),
        ({"delay_ms": 80, "concealed": 0.06}, "poor"),
    ],
)
def test_the_worst_figure_counts(worse: dict[str, float], level: str) -> None:
    assert level_of(m.Quality.model_validate({"agent": "lan", **GOOD, **worse})) == level


async def test_the_page_is_told_when_it_changes_and_a_new_browser_begins_anew() -> None:
    async with open_centre() as centre:
        page = await centre.sits("lan")
        before = len(centre.news)
        for lost in (0.0, 0.001, 0.05):
            centre.do(m.Quality.model_validate({"agent": "lan", **GOOD, "lost": lost}))
        assert [news.quality for news in centre.news[before:]] == ["good", "poor"]
        again = await centre.sits("lan")
        assert centre.status("lan").quality == ""
        await page.peer.close()
        await again.peer.close()
