"""The addresses of the agents' telephone; mounted where the hotline is on."""

from __future__ import annotations

from aiohttp import web

from gateway.call_notes import NOTES, call_notes_of
from gateway.console.calls import PAGE as CALLS
from gateway.console.phone.dialling import call_back, call_reporter
from gateway.console.phone.link import LINK, PhoneLink
from gateway.console.phone.page import PAGE, show_caller, show_phone, speak
from gateway.console.phone.seating import PAGE as SEATS
from gateway.console.phone.seating import set_seat, show_seats
from gateway.console.phone.tray import send_link, show_tray, show_tray_file, wrap_up
from gateway.console.phone.turns import TURNS, Turns
from gateway.console.phone.wallboard import PAGE as WALL
from gateway.console.phone.wallboard import show_wallboard
from gateway.console.shared import CASES, require_caretaker
from gateway.deployment import DEPLOYMENT
from gateway.relays import telling_relays
from gateway.telephony.paths import agents_socket

ID = "[0-9a-f]{32}"


def mount(app: web.Application) -> None:
    """Page, websocket, and the link that lives as long as the application."""
    link = PhoneLink(agents_socket(app[DEPLOYMENT].settings.data))
    app[LINK] = link
    app[NOTES] = call_notes_of(app[DEPLOYMENT])
    app.on_startup.append(link.run)
    app.on_cleanup.append(link.stop)
    turns = app[TURNS] = Turns(app[DEPLOYMENT], link)
    app.on_startup.append(turns.run)
    app.on_cleanup.append(turns.stop)
    app.router.add_get(PAGE, show_phone)
    app.router.add_get(SEATS, show_seats)
    app.router.add_post(SEATS, set_seat)
    app.router.add_get(f"{PAGE}/kenh", speak)
    app.router.add_get(f"{PAGE}/tram-chuyen", require_caretaker(telling_relays("console")))
    app.router.add_post(f"{PAGE}/nguoi-goi", show_caller)
    app.router.add_get(WALL, show_wallboard)
    app.router.add_post(f"{PAGE}/lien-ket", send_link)
    app.router.add_post(f"{PAGE}/ket-qua", wrap_up)
    app.router.add_get(f"{PAGE}/den/{{call:{ID}}}", show_tray)
    app.router.add_get(f"{PAGE}/den/{{call:{ID}}}/tep/{{key:[0-9a-f]{{64}}}}{{how:(?:/nho|/phat)?}}", show_tray_file)
    app.router.add_post(f"{CALLS}/{{call:{ID}}}/goi", call_back)
    app.router.add_post(f"{CASES}/{{case:{ID}}}/goi-nguoi-phan-anh", call_reporter)
