"""The addresses of sign-in and account."""

from __future__ import annotations

from aiohttp import web

from gateway.auth import account, sign_in
from gateway.auth.targets import ACCOUNT, SECOND_FACTOR, SIGN_IN, SIGN_OUT


def add_routes(app: web.Application) -> None:
    """Mount them."""
    app.router.add_get(SIGN_IN, sign_in.show_sign_in)
    app.router.add_post(SIGN_IN, sign_in.sign_in)
    app.router.add_get(SECOND_FACTOR, sign_in.show_second_factor)
    app.router.add_post(SECOND_FACTOR, sign_in.give_second_factor)
    app.router.add_post(SIGN_OUT, sign_in.sign_out)
    app.router.add_get(ACCOUNT, account.show_account)
    app.router.add_post(f"{ACCOUNT}/mat-khau", account.change_password)
    app.router.add_get(f"{ACCOUNT}/thiet-bi", account.show_device)
    app.router.add_post(f"{ACCOUNT}/thiet-bi", account.change_device)
    app.router.add_post(f"{ACCOUNT}/phien", account.end_session)
    app.router.add_post(f"{ACCOUNT}/phien/tat-ca", account.end_all_sessions)
