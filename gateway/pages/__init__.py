"""
The pages' common ground: `render`, the Jinja environment, static files, menus, error pages.

An area adds its templates below `gateway/templates/<area>/`, extends `base.html` (public) or `base_console.html`
(staff), and adds its menu entries with `app[PUBLIC_MENU].add(Entry(…))` or `app[CONSOLE_MENU].add(Entry(…))`.
"""

from gateway.pages.assets import ASSETS
from gateway.pages.navigation import CONSOLE_MENU, PUBLIC_MENU, Entry, Menu
from gateway.pages.rendering import render, render_text
from gateway.pages.setup import setup_pages

__all__ = ["ASSETS", "CONSOLE_MENU", "PUBLIC_MENU", "Entry", "Menu", "render", "render_text", "setup_pages"]
