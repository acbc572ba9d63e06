"""Runs axe-core on a page and says in words what it found."""

from __future__ import annotations

from functools import cache
from typing import Any

from playwright.async_api import Page

from gateway.pages.assets import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


async def violations(page: Page) -> list[str]:
    """
    Each violation as `rule: element`; the script enters once, past the page's own policy, as a tester's tool.

    From the top of the page: what a sticky header covers halfway while somebody scrolls is not too small.
    """
    await page.evaluate("scrollTo({top: 0, behavior: 'instant'})")
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(_axe())
    found: dict[str, Any] = await page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})", RULES
    )
    return [f"{one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]]


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")
