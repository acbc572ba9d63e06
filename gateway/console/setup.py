"""Every address of the console, in one list."""

from __future__ import annotations

from aiohttp import web

from gateway.console import (
    aids,
    calls,
    casefile,
    composing,
    covering,
    files,
    finding,
    foreseeing,
    handing_out,
    keeping,
    letters,
    moves,
    notices,
    one_case,
    people,
    placing,
    repair,
    talks,
    writing,
)
from gateway.console.agencies import mount as mount_agencies
from gateway.console.audit.page import mount as mount_audit
from gateway.console.calendars import mount as mount_calendars
from gateway.console.canned.page import mount as mount_canned
from gateway.console.case_map.page import mount as mount_map
from gateway.console.categories import mount as mount_categories
from gateway.console.channels import mount as mount_channels
from gateway.console.connecting import mount as mount_connecting
from gateway.console.data_requests import mount as mount_data_requests
from gateway.console.deadlines import mount as mount_deadlines
from gateway.console.deputies import mount as mount_deputies
from gateway.console.dial_plan.page import mount as mount_dial_plan
from gateway.console.inbox import page as inbox
from gateway.console.inbox.sharing import Shared
from gateway.console.inbox.shelf import SHELVES
from gateway.console.links import mount as mount_links
from gateway.console.live import socket
from gateway.console.live.hub import HUB, Hub
from gateway.console.menu import add_menu
from gateway.console.national import mount as mount_national
from gateway.console.period_reports import mount as mount_reports
from gateway.console.phone.setup import mount as mount_phone
from gateway.console.prompts import mount as mount_prompts
from gateway.console.public_notices import mount as mount_public_notices
from gateway.console.shared import CASES, CONSOLE, HOME, TALKS, Console
from gateway.console.statistics import mount as mount_statistics
from gateway.console.suggestions import mount as mount_suggestions
from gateway.console.wordings import mount as mount_wordings
from gateway.deployment import DEPLOYMENT
from gateway.playing import setup_playing

ID = "[0-9a-f]{32}"
KEY = "[0-9a-f]{64}"


def setup_console(app: web.Application) -> None:
    """Mount the staff pages and their menu."""
    app[CONSOLE] = Console.of(app[DEPLOYMENT])
    router = app.router
    app.middlewares.append(notices.count_unread)
    app[SHELVES] = Shared()
    router.add_get(HOME, inbox.show_inbox)
    router.add_get(inbox.LIST, inbox.show_list)
    _add_notices(router)
    router.add_get(finding.PAGE, finding.show_search)
    router.add_post(finding.PAGE, finding.search)
    router.add_get(repair.QUARANTINE, repair.show_quarantine)
    router.add_post(repair.QUARANTINE, repair.replay)
    router.add_get(repair.OUTBOX, repair.show_outbox)
    router.add_post(repair.OUTBOX, repair.settle)
    router.add_get(writing.PAGE, writing.show_form)
    router.add_post(writing.PAGE, writing.take)
    router.add_post(writing.BEGIN, writing.begin)
    handing_out.mount(router)
    setup_playing(app)
    mount_audit(app)
    _add_live(app)
    _add_cases(router)
    _add_talks(router)
    _add_calls(router)
    _add_people(router)
    mount_channels(router)
    mount_statistics(app)
    mount_reports(router)
    mount_deadlines(router)
    mount_map(router)
    mount_data_requests(router)
    router.add_get(keeping.PAGE, keeping.show_keeping)
    mount_agencies(router)
    mount_deputies(router)
    mount_connecting(router)
    mount_links(router)
    mount_suggestions(router)
    mount_public_notices(router)
    mount_national(router)
    mount_canned(router)
    mount_calendars(router)
    mount_categories(router)
    mount_wordings(router)
    one_case.mount(router)
    if app[DEPLOYMENT].settings.takes_calls:
        mount_phone(app)
        mount_dial_plan(router)
        mount_prompts(router)
    add_menu(app)


def _add_live(app: web.Application) -> None:
    hub = Hub(app[DEPLOYMENT].events, app[DEPLOYMENT].now)
    app[HUB] = hub
    app.on_startup.append(hub.run)
    app.on_cleanup.append(hub.stop)
    app.router.add_get(socket.ADDRESS, socket.speak)


def _add_notices(router: web.UrlDispatcher) -> None:
    router.add_get(notices.PAGE, notices.show_notices)
    router.add_post(notices.PAGE, notices.read_all)
    router.add_post(notices.BELL, notices.set_bell)
    router.add_post(notices.ADDRESSES, notices.set_addresses)
    router.add_post(f"{notices.PAGE}/{{notice:{ID}}}", notices.read_one)


def _add_cases(router: web.UrlDispatcher) -> None:
    case = f"{CASES}/{{case:{ID}}}"
    router.add_get(case, casefile.show_case)
    router.add_post(f"{case}/xem-nguoi-phan-anh", casefile.reveal)
    router.add_get(f"{case}/tep/{{key:{KEY}}}{{how:(?:/nho|/phat)?}}", files.show_case_file)
    router.add_get(f"{case}/lien-quan", aids.show_aids)
    router.add_get(f"{case}/sua-dia-diem", placing.show_place)
    router.add_post(f"{case}/sua-dia-diem", placing.correct)
    picture = f"{case}/che-anh/{{key:{KEY}}}"
    router.add_get(picture, covering.show_picture)
    router.add_post(picture, covering.paint)
    router.add_get(f"{case}/{covering.AS_PUBLIC}/tep/{{key:{KEY}}}", covering.show_covered)
    letter = f"{case}/{letters.FOLDER}/{{letter:[a-z_]{{1,32}}}}"
    router.add_get(letter, letters.show_letter)
    router.add_post(f"{letter}/xem-truoc", letters.preview)
    router.add_post(f"{letter}/pdf", letters.download)
    router.add_post(f"{case}/{{command:[a-z_]+}}/xem-cong-khai", foreseeing.foresee)
    router.add_post(f"{case}/{{command:[a-z_]+}}/che-ten", foreseeing.redact)
    router.add_post(f"{case}/{{command:[a-z_]+}}/{composing.PATH}", composing.compose)
    router.add_get(f"{case}/{{command:[a-z_]+}}", moves.show_move)
    router.add_post(f"{case}/{{command:[a-z_]+}}", moves.take_move)


def _add_talks(router: web.UrlDispatcher) -> None:
    talk = f"{TALKS}/{{talk:{ID}}}"
    router.add_get(TALKS, talks.show_talks)
    router.add_get(talk, talks.show_talk)
    router.add_get(f"{talk}/tin", talks.show_messages)
    router.add_post(f"{talk}/xem", talks.reveal)
    router.add_post(f"{talk}/tra-loi", talks.reply)
    router.add_post(f"{talk}/tiep-nhan", talks.take_over)
    router.add_post(f"{talk}/tra-ve", talks.hand_back)
    router.add_post(f"{talk}/dong", talks.close)
    router.add_post(f"{talk}/cau-mau", talks.insert_canned)
    router.add_get(f"{talk}/tep/{{key:{KEY}}}{{how:(?:/nho|/phat)?}}", files.show_talk_file)


def _add_calls(router: web.UrlDispatcher) -> None:
    router.add_get(calls.PAGE, calls.show_calls)
    router.add_post(calls.STORM, calls.switch_storm)
    router.add_post(f"{calls.PAGE}/{{call:{ID}}}", calls.call_back)


def _add_people(router: web.UrlDispatcher) -> None:
    user = f"{people.PAGE}/{{user:{ID}}}"
    router.add_get(people.PAGE, people.show_people)
    router.add_get(f"{people.PAGE}/them", people.show_new)
    router.add_post(f"{people.PAGE}/them", people.add)
    router.add_get(user, people.show_person)
    router.add_post(f"{user}/vai-tro", people.grant)
    router.add_post(f"{user}/vai-tro/bo", people.revoke)
    router.add_post(f"{user}/mat-khau", people.reset_password)
    router.add_post(f"{user}/lop-hai", people.reset_second_factor)
    router.add_post(f"{user}/dang-xuat", people.sign_out)
    router.add_post(f"{user}/khoa", people.switch)
