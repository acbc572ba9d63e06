"""The entries of the two menus; each area adds its own while the application is built."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from gateway.auth.staff import Staff

HOMES = ("/", "/console")


@dataclass(frozen=True)
class Entry:
    """
    One line of a menu.

    `roles`: who sees it, empty: everybody. `order`: smaller stands first. `group`: under which heading, empty: before
    all of them.
    """

    label: str
    href: str
    icon: str = ""
    roles: tuple[str, ...] = ()
    order: int = 100
    group: str = ""


class Menu:
    """A menu that grows until the application starts."""

    def __init__(self, *entries: Entry) -> None:
        self._entries = list(entries)

    def add(self, entry: Entry) -> None:
        """One more entry."""
        self._entries.append(entry)

    def visible(self, staff: Staff | None) -> list[Entry]:
        """What this person sees, in order."""
        seen = [entry for entry in self._entries if not entry.roles or (staff is not None and staff.may(*entry.roles))]
        return sorted(seen, key=lambda entry: entry.order)

    def groups(self, staff: Staff | None) -> dict[str, list[Entry]]:
        """The same under their headings, the one without a heading first; headings stand as their first entries do."""
        found: dict[str, list[Entry]] = {"": []}
        for entry in self.visible(staff):
            found.setdefault(entry.group, []).append(entry)
        return found

    def current(self, path: str) -> str:
        """The href of the entry to which a path belongs: the longest that it starts with; a home is only itself."""
        return max((entry.href for entry in self._entries if _belongs(path, entry.href)), key=len, default="")


def _belongs(path: str, href: str) -> bool:
    return path == href or (href not in HOMES and path.startswith(f"{href}/"))


PUBLIC_MENU = web.AppKey("public_menu", Menu)
CONSOLE_MENU = web.AppKey("console_menu", Menu)
