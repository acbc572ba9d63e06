"""Every address of the portal, in one list."""

from __future__ import annotations

from aiohttp import web

from core.service.call_notes import PATTERN as TOKEN
from core.service.supplement_links import PATTERN
from gateway.bell import WORKER, show_worker
from gateway.call_notes import PAGE as CALL_TRAY
from gateway.deployment import DEPLOYMENT
from gateway.pages import PUBLIC_MENU, Entry, languages
from gateway.playing import setup_playing
from gateway.portal import (
    acts,
    call_tray,
    calling,
    communes,
    data_use,
    drafts,
    figures,
    follow,
    follow_proof,
    followed,
    handing_in,
    home,
    notice_readers,
    open_data,
    proof,
    public_notices,
    published,
    send,
    suggesting,
    supplement,
)
from gateway.portal.data_requests import mount as mount_data_requests
from gateway.portal.shared import portal_context
from gateway.relays import telling_relays


def setup_portal(app: web.Application, *, tiles: str = "", credit: str = "") -> None:
    """
    Mount the public pages.

    Args:
        tiles: address of map tiles with {z}, {x} and {y}; empty: no map, the place is typed or located.
        credit: whom the map's pictures come from, shown on it.
    """
    app.cleanup_ctx.append(portal_context(tiles=tiles, credit=credit))
    app.router.add_get("/", home.show_home)
    if app[DEPLOYMENT].settings.takes_calls:
        _add_calls(app)
    app.router.add_get(languages.SWITCH, languages.switch)
    app.router.add_get("/robots.txt", home.show_robots)
    app.router.add_get("/manifest.webmanifest", drafts.show_manifest)
    app.router.add_get(WORKER, show_worker)
    app.router.add_get(communes.PAGE, communes.suggest)
    app.router.add_get(send.PAGE, send.show_form)
    app.router.add_post(send.PAGE, send.take_form)
    app.router.add_post(suggesting.PAGE, suggesting.suggest)
    app.router.add_get(drafts.PAGE, drafts.show_drafts)
    app.router.add_get(drafts.SHARE, drafts.show_shared)
    app.router.add_get(handing_in.DONE, send.show_done)
    app.router.add_post(handing_in.DONE, send.forget_code)
    app.router.add_get(proof.PAGE, proof.show)
    app.router.add_post(proof.PAGE, proof.take)
    app.router.add_post(proof.AGAIN, proof.again)
    app.router.add_post(proof.HEAR, proof.hear)
    app.router.add_post(proof.CALL, proof.call_back)
    app.router.add_get(proof.EDIT, proof.edit)
    app.router.add_get(follow.PAGE, follow.show_form)
    app.router.add_post(follow.PAGE, follow.take_form)
    app.router.add_get(followed.PAGE, followed.show)
    app.router.add_post(followed.PAGE, followed.begin)
    app.router.add_post(followed.END, followed.end)
    app.router.add_post(followed.BELL, followed.set_bell)
    app.router.add_get(follow_proof.PAGE, follow_proof.show)
    app.router.add_post(follow_proof.PAGE, follow_proof.take)
    setup_playing(app)
    app.router.add_get(follow.REPORT, follow.show_report)
    app.router.add_get(f"{follow.REPORT}/tep/{{key:[0-9a-f]{{64}}}}{{how:(?:/phat)?}}", follow.show_file)
    app.router.add_get(follow.LETTER, follow.show_letter)
    app.router.add_post(follow.BELL, follow.set_bell)
    app.router.add_post(f"{follow.REPORT}/viet", acts.write)
    app.router.add_post(f"{follow.REPORT}/danh-gia", acts.rate)
    app.router.add_post(f"{follow.REPORT}/phan-hoi", acts.give_feedback)
    app.router.add_post(f"{follow.REPORT}/giu-bi-mat", acts.set_confidential)
    app.router.add_post(f"{follow.REPORT}/rut", acts.withdraw)
    app.router.add_post(f"{follow.REPORT}/dong", follow.leave)
    app.router.add_get(f"{supplement.PAGE}/{{token:{PATTERN}}}", supplement.show_question)
    app.router.add_post(f"{supplement.PAGE}/{{token:{PATTERN}}}", supplement.take_answer)
    _add_reading(app)
    _add_menu(app)


def _add_reading(app: web.Application) -> None:
    """What everybody may read."""
    app.router.add_get(published.RESULTS_PAGE, published.show_results)
    app.router.add_get(f"{published.RESULTS_PAGE}/{{case:[0-9a-f]{{32}}}}", published.show_result)
    app.router.add_get(
        f"{published.RESULTS_PAGE}/{{case:[0-9a-f]{{32}}}}/tep/{{number:[0-9]{{1,2}}}}", published.show_result_file
    )
    app.router.add_get(published.FEED, published.show_feed)
    app.router.add_get(published.RSS, published.show_feed)
    app.router.add_get(open_data.TABLE, open_data.show_table)
    app.router.add_get(open_data.PAGE, open_data.show_page)
    app.router.add_get(published.POINTS, published.show_points)
    app.router.add_get(published.DECLINED_PAGE, published.show_declined)
    app[figures.BOARD] = figures.FigureBoard(app[DEPLOYMENT].database, app[DEPLOYMENT].now)
    app.router.add_get(figures.PAGE, figures.show_figures)
    app.router.add_get(figures.DATA, figures.show_data)
    app.router.add_get(data_use.PAGE, data_use.show_data_use)
    mount_data_requests(app.router)
    app.router.add_get(public_notices.PAGE, public_notices.show_notices)
    app.router.add_get(public_notices.FEED, public_notices.show_feed)
    app.router.add_get(public_notices.RSS, public_notices.show_feed)
    notice_readers.mount(app.router)


def _add_calls(app: web.Application) -> None:
    app.router.add_get(calling.PAGE, calling.show_call)
    app.router.add_post(calling.CALL, calling.begin)
    app.router.add_post(calling.KEYS, calling.press)
    app.router.add_post(calling.END, calling.end)
    app.router.add_get(calling.RELAYS, telling_relays("portal"))
    tray = f"{CALL_TRAY}/{{token:{TOKEN}}}"
    app.router.add_get(tray, call_tray.show_tray)
    app.router.add_post(tray, call_tray.fill_tray)
    app[PUBLIC_MENU].add(Entry("Gọi tổng đài", calling.PAGE, order=25))


def _add_menu(app: web.Application) -> None:
    menu = app[PUBLIC_MENU]
    menu.add(Entry("Gửi phản ánh", send.PAGE, order=10))
    menu.add(Entry("Tra cứu", follow.PAGE, order=20))
    menu.add(Entry("Kết quả", published.RESULTS_PAGE, order=30))
    menu.add(Entry("Thông báo", public_notices.PAGE, order=40))
    menu.add(Entry("Số liệu", figures.PAGE, order=50))
