"""Who looks at what, over all processes. Pure: the present instant is an argument."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import Field

from core.contract.schema import Model

LASTS = timedelta(seconds=60)
"""After so long without a word a page is gone: its process died, or its network did."""


class Here(Model):
    """
    One page of one official: what it shows (`at`, as `case:ID` or `talk:ID`), and whether they write there.

    An empty `at` says that the page is gone.
    """

    page: str = Field(max_length=64)
    user: str = Field(max_length=64)
    at: str = Field(default="", max_length=80)
    typing: bool = False


class Presence:
    """Everybody's pages, as far as this process has heard of them."""

    def __init__(self) -> None:
        self._pages: dict[str, tuple[Here, datetime]] = {}

    def note(self, here: Here, now: datetime) -> set[str]:
        """What a page said; the answer is where things are other than before."""
        before, _ = self._pages.get(here.page, (None, now))
        self._pages.pop(here.page, None)
        if here.at:
            self._pages[here.page] = here, now
        if before == here:
            return set()
        return {one.at for one in (before, here) if one is not None and one.at}

    def forget(self, now: datetime) -> set[str]:
        """Pages that were silent too long are gone; the answer is where they were."""
        silent = [here for here, at in self._pages.values() if now - at > LASTS]
        for here in silent:
            del self._pages[here.page]
        return {here.at for here in silent}

    def at(self, ref: str) -> dict[str, bool]:
        """Who looks there: user id → whether they write."""
        found: dict[str, bool] = {}
        for here, _ in self._pages.values():
            if here.at == ref:
                found[here.user] = found.get(here.user, False) or here.typing
        return found
