"""The page `docs/operations/settings.md`, written from the settings themselves: `langnghe config describe`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from gateway.settings.load import BIND, ENVIRONMENT, FILES, SECRETS
from gateway.settings.model import Settings

MEANINGS: Mapping[str, str] = {
    "mode": "`demo` plays the providers on this machine and serves nobody else; `production` is the real thing.",
    "roles": "What this process does. `web` and `worker` can be split only on PostgreSQL; `telephony` beside them "
    "starts the hotline as a process of its own, alone it is that process.",
    "data": "Folder of everything that is kept: database, keys, journal, files. Back it up with `langnghe backup`.",
    "public_url": "Address under which citizens and staff reach the portal; stands in mails and links.",
    "regulation": "The regulation in force: a name of `langnghe regulation list`. Cases keep the one they began with.",
    "database_url": "Empty: SQLite, one process. Else PostgreSQL, several; of `…@db1,db2/…` it is who takes writes.",
    "database_password": "Password of the database, when it is not in its address.",
    "redis_url": "Redis: processes on PostgreSQL wake each other and share providers' rates; away, each for itself.",
    "master_key": "The key that wraps all keys, kept outside the data folder: 32 bytes as hex. "
    "Several with their versions while it is being changed: `file:/new#2, file:/old#1`.",
    "office": "Name of the centre, as citizens read it.",
    "hotline": "Number of the hotline, as citizens read it.",
    "clamav": "`host:port` of a clamd that looks at every file before it is stored; empty: none does.",
    "require_second_factor": "Staff sign in with password and one-time code. Switch off only for a trial.",
    "http.host": "Address the web side listens on. Keep loopback and put a reverse proxy with TLS before it.",
    "http.port": "Port of the web side.",
    "http.reuse_port": "Let several processes listen on this port (PostgreSQL only); the system spreads connections.",
    "http.trusted_proxies": "Proxies whose X-Forwarded-For is believed: addresses or networks.",
    "http.max_body_mb": "Largest request body, in MB; larger ones are answered 413.",
    "email.enabled": "Whether citizens can write by mail.",
    "email.address": "The mailbox citizens write to; answers come from it.",
    "email.display_name": "The name beside that address.",
    "email.host": "Address the SMTP and LMTP servers listen on.",
    "email.smtp_port": "Port of the SMTP server; your mail server delivers here.",
    "email.lmtp_port": "Port of the LMTP server (one reply for each recipient).",
    "email.relay_host": "The mail server that carries our answers. Empty: mail is heard and cannot be answered.",
    "email.relay_port": "Its port.",
    "email.relay_tls": "`tls` from the first byte (465), `starttls` (587), or `none` on a trusted network.",
    "email.relay_user": "User name at the relay; empty: none is asked for.",
    "email.relay_password": "Password at the relay.",
    "email.trusted_authserv": "authserv-id of our own edge mail server, whose SPF, DKIM, DMARC and spam score count.",
    "email.spam_score": "Mails that it rates higher get no automatic answer: a person looks, after all others.",
    "imap.host": "Server of a hosted mailbox that we read ourselves (IMAP). Empty: mails are brought to us only.",
    "imap.port": "Its port.",
    "imap.tls": "`tls`, `starttls`; `none` on this machine only.",
    "imap.user": "Who logs in. Empty: `email.address`.",
    "imap.password": "Password; a reference is best.",
    "imap.folder": "The folder that is read. The first time only what nobody has read yet.",
    "imap.done_folder": "Where mails go that we have. Empty: they stay, marked as read.",
    "mail_oauth.token_url": "Where access tokens are had in place of passwords, for `imap` and for the relay wherever"
    " those name none: `https://login.microsoftonline.com/TENANT/oauth2/v2.0/token`,"
    " `https://oauth2.googleapis.com/token`. Empty: log-in by password.",
    "mail_oauth.client_id": "Id of the program that the mailbox's administrator registered there.",
    "mail_oauth.client_secret": "Its secret, where it has one.",
    "mail_oauth.refresh_token": "What the administrator was granted for this mailbox. A new one is a new beginning; its"
    " successors are kept in the database.",
    "mail_oauth.scope": "What is asked for. Empty: all that the refresh token was granted.",
    "telegram.token": "Token of the bot, from BotFather. Empty: no Telegram.",
    "telegram.updates": "`webhook`: Telegram calls us; `polling`: we ask it; `auto`: by whether `public_url` is https.",
    "telegram.api_url": "Address of the Bot API; another one only for a server of your own, or a trial.",
    "facebook.app_id": "Id of the app whose hook, `/hooks/facebook`, hears of our Pages. Empty: no Facebook.",
    "facebook.app_secret": "The app's secret, by which the provider signs what it sends.",
    "facebook.old_app_secret": "The one before it, while it is being reset.",
    "facebook.verify_token": "What you enter as the hook's verify token at the provider.",
    "facebook.pages": 'Page id and its token, for each Page: `1111 = "file:/run/secrets/page-1111"`.',
    "facebook.human_agent": "The provider has approved HUMAN_AGENT: staff may answer for 7 days instead of 24 hours.",
    "facebook.notice_template": "Approved utility template for news about a case after 24 hours; empty: there is none.",
    "facebook.notice_fields": "What fills its blanks, in order: `code`, `status`, `office`, `link`.",
    "facebook.bulletin_template": "Approved utility template for notices to everybody after 24 hours; empty: none.",
    "facebook.bulletin_fields": "What fills its blanks, in order: `title`, `kind`, `office`, `link`.",
    "facebook.comments": "Which comments open a conversation: `all`, those directly under a post (`top`), or `none`.",
    "facebook.other_tools": "App ids of tools that answer by themselves; with any other, a person takes over.",
    "facebook.graph_url": "Address of the Graph API; another one only for a trial.",
    "facebook.version": "Version of the Graph API.",
    "intake.database_budget": "Seconds the database may take to store a message before the local journal does.",
    "intake.thinkers": "Processes that think out answers beside each worker; unset: up to two, never the last two.",
    "intake.linger": "Seconds a commit waits at most for a crowd that is due: fewer, larger commits.",
    "zalo.oa_id": "Id of the official account (OA). Empty: no Zalo.",
    "zalo.app_id": "Id of the app that the OA grants; its webhook address is `/hooks/zalo`.",
    "zalo.app_secret": "The app's secret (OAuth).",
    "zalo.oa_secret": "OA Secret Key of the app's webhook page, by which the provider signs what it sends.",
    "zalo.old_oa_secret": "The one before it, while it is being reset.",
    "zalo.form_image": "https address of the picture over the form that asks for a number; empty: words only.",
    "zalo.pays": "Write also when the free 48 hours are over, which uses the package or costs.",
    "zalo.otp_template": "Approved template (ZNS) for one-time passwords by phone number; empty: there is none.",
    "zalo.otp_fields": "What fills it, `theirs=ours`; ours is one of `code`, `status`, `office`, `link`, `otp`.",
    "zalo.notice_template": "Approved template (ZNS) for news about a case by phone number; empty: there is none.",
    "zalo.notice_fields": "What fills it, as above.",
    "zalo.bulletin_template": "Approved template (ZNS) for notices to everybody after the window; empty: none.",
    "zalo.bulletin_fields": "What fills it, as above; ours may also be `title` and `kind`.",
    "zalo.template_mode": "`development`: templates reach administrators of the OA only, for a trial.",
    "zalo.catch_up_hours": "How many hours back we look for what was said while we were away; 0: never.",
    "zalo.api_url": "Address of the official account's interface; another one only for a trial.",
    "zalo.oauth_url": "Address of the token server; another one only for a trial.",
    "zalo.template_url": "Address of the interface for templates; another one only for a trial.",
    "sms.carrier": "Who carries our SMS. Empty: no SMS.",
    "sms.sender": "Our number, short number or brand name; at Twilio a messaging service (`MG…`) as well.",
    "sms.marks": "The brand is registered for Vietnamese with marks, which costs more; without, marks are taken off.",
    "sms.most_segments": "How long a text may be; longer ones are shortened, their link is kept.",
    "sms.twilio.account_sid": "The account; its hook is `/hooks/twilio/<account>/sms` below `public_url`.",
    "sms.twilio.auth_token": "Its auth token, by which hooks are signed.",
    "sms.twilio.old_auth_token": "The one before it, while it is being changed.",
    "sms.twilio.key_sid": "API key (`SK…`) for our calls; empty: the auth token is used.",
    "sms.twilio.key_secret": "Secret of that key.",
    "sms.twilio.base_url": "Address of the interface; another one only for a trial.",
    "sms.esms.api_key": "ApiKey of the account.",
    "sms.esms.secret_key": "SecretKey of the account.",
    "sms.esms.private_key": "PrivateKey by which citizens' messages are signed; empty: only the path proves them.",
    "sms.esms.hook_secret": "Last part of the hook's path, `/hooks/sms/esms/…`: 16 letters or more, unguessable.",
    "sms.esms.sms_type": "`2`: brand name for care and passwords; `8`: fixed number.",
    "sms.esms.sandbox": "Everything is taken and nothing sent or charged.",
    "sms.esms.base_url": "Address of the interface; another one only for a trial.",
    "sms.speedsms.token": "Token of the account.",
    "sms.speedsms.hook_secret": "Last part of the hook's path, `/hooks/sms/speedsms/…`, as for eSMS.",
    "sms.speedsms.sms_type": "2: any number; 3: own brand name; 4: their brand name.",
    "sms.speedsms.base_url": "Address of the interface; another one only for a trial.",
    "sms.smpp.host": "The carrier's message centre.",
    "sms.smpp.port": "Its port.",
    "sms.smpp.tls": "Whether the line is encrypted; without, only through a VPN.",
    "sms.smpp.system_id": "Who we are there.",
    "sms.smpp.password": "And our password.",
    "sms.smpp.system_type": "If the carrier names one.",
    "sms.smpp.window": "How many messages may be unanswered.",
    "sms.smpp.per_second": "How many messages a second the contract allows.",
    "sms.smpp.long_messages": "`udh`: several parts; `payload`: one PDU with all of it.",
    "sms.smpp.answer_ids": "How the centre writes a message's id when it takes it.",
    "sms.smpp.receipt_ids": "How it writes the id in the text of a report.",
    "otp.order": "Channels that carry one-time passwords, the preferred first; any others come after.",
    "otp.mail_stands_in": "Where nothing reaches phones a mail proves the mail address; the number is then called.",
    "push.contact": "Whom a push service may write to, as `mailto:ops@example.vn`. Empty: no notices in browsers.",
    "push.hosts": "Push services that may be called, `.example.vn`: all below it. Empty: those of the browsers in use.",
    "push.sandbox": "Origin of a push service on this machine, for a trial only.",
    "push.fcm_account": "The file of a service account of Firebase Cloud Messaging (`file:/run/secrets/fcm.json`), for\
 the province's own app on telephones. Empty: only browsers are rung.",
    "push.fcm_sandbox": "Origin of such a service on this machine, for a trial only.",
    "sending.per_second": "By channel, how many messages a second it takes; before what the channel declares.",
    "sending.per_day": "By channel, its daily quota (days in Vietnam): `email = 2000`. Beyond it another way is tried.",
    "sending.quiet_hours": "When what can wait does (22:00-06:00), or never, as in the demo; empty: 21:00-07:00.",
    "sending.elsewhere_minutes": "Minutes for which one way is tried with a notice before another is.",
    "links.inside": "Networks of yours that other systems may lie in besides the public ones: `10.20.0.0/16`.",
    "links.most_a_minute": "How much one other system may ask of one process in a minute.",
    "call_center.enabled": "Whether there is a hotline; `auto`: in demo mode, and wherever a trunk is named.",
    "call_center.sip_host": "Address on which calls arrive (SIP over UDP and TCP).",
    "call_center.sip_port": "Its port; 0: any free one.",
    "call_center.advertised": "Address that carriers are told, where it is not the one we listen on.",
    "call_center.media_address": "Address on which sound arrives (RTP); empty: as `sip_host`.",
    "call_center.media_advertised": "Address of the sound as carriers reach it, where it is another.",
    "call_center.behind_nat": "Take sound also from another address than callers say: for lines behind NAT.",
    "call_center.rtp_first": "First port for sound.",
    "call_center.rtp_last": "Last port for sound; a call takes one, talking to an agent two.",
    "call_center.latest_ms": "In a crowd, new calls are refused while sound leaves later than this (p99, ms).",
    "call_center.max_calls": "Calls at once; beyond, callers hear that all lines are busy (503).",
    "call_center.trunks": "Lines to carriers or PBXs by name: `[call_center.trunks.viettel]` with `host`, `port`, "
    "`transport`, `user`, `password`, `domain`, `registers`, `peers`, `public`, `caller_ids`, `passes_callers`, "
    "`dials`, `shows`, `channels`, `srtp`, `identity`, `options_seconds`.",
    "call_center.numbers": "Numbers of ours that are answered; empty: whatever a trunk brings.",
    "call_center.flow": "Path of a flow (YAML) of your own; empty: the standard one. Look at it with `langnghe calls`.",
    "call_center.prompts": "Folder of recorded prompts (WAV); empty: `prompts` in the data folder.",
    "call_center.transfers": "Numbers that callers may be connected with (113, 114 …); empty: none.",
    "call_center.outside": "Places outside that agents may ask about a call and give it to, name and number: "
    '`[call_center.outside]` with `"Trực ban huyện" = "0232000001"`; nothing else is dialled so.',
    "call_center.storm": "Storm mode: callers are asked nothing but what and where, so that many are heard.",
    "call_center.call_back_within": "By when whoever is owed a call gets one, as regulations write it.",
    "call_center.outgoing.tells": "Whether news that no other way could bring is told in a call of the machine; only "
    "where a trunk has a host.",
    "call_center.outgoing.reads_codes": "Whether a one-time password is read out in a call, for whoever asks for that.",
    "call_center.outgoing.pause_minutes": "Minutes between attempts to reach somebody: one pause fewer than attempts.",
    "call_center.outgoing.at_once": "How many such calls there are at once.",
    "call_center.outgoing.flow": "Path of a flow for news; empty: the one that is shipped.",
    "call_center.outgoing.code_flow": "Path of a flow for one-time passwords; empty: the one that is shipped.",
    "call_center.outgoing.voice": "Command of a program that speaks the words of an answer: reads lines of JSON "
    "(`file`, `text`, `language`), writes WAV. Empty: where the report stands is said, in recorded words.",
    "call_center.twilio.account_sid": "Account of a line at Twilio (voice); empty: there is none. The voice URL of its "
    "numbers is `/hooks/twilio/<account>/voice` below `public_url`, their status callback `…/status`.",
    "call_center.twilio.auth_token": "Its auth token, by which hooks and streams are signed.",
    "call_center.twilio.old_auth_token": "The one before it, while it is being changed.",
    "call_center.twilio.key_sid": "API key (`SK…`) for our calls; empty: the auth token is used.",
    "call_center.twilio.key_secret": "Secret of that key.",
    "call_center.twilio.numbers": "Our numbers there (E.164): all are answered, the first is shown on calls of ours.",
    "call_center.twilio.channels": "Calls at once over this line, in each telephony process.",
    "call_center.twilio.when_full": "What callers get when all are taken: `record` a message (they are owed a "
    "call), or the `busy` tone.",
    "call_center.twilio.voice": "Twilio's voice that speaks where no telephony process can; empty: its usual one.",
    "call_center.twilio.stream_host": "Address of the port for streams.",
    "call_center.twilio.stream_port": "Port on which a telephony process takes streams itself (node k: + k - 1), for a "
    "proxy with TLS before it; 0: the web process passes them on.",
    "call_center.twilio.stream_url": "Public `wss` address that the proxy leads to that port; empty: "
    "`/hooks/twilio/<account>/stream` below `public_url`.",
    "call_center.twilio.base_url": "Address of the interface; another one only for a trial.",
    "call_center.fleet.nodes": "How many telephony processes take calls on this machine, behind one proxy.",
    "call_center.fleet.node": "Which of them a process is that was started by itself, from 1 on.",
    "call_center.rtpengine": "Control address (ng) of an rtpengine that meets browsers for us; empty: we do ourselves.",
    "call_center.tls.port": "Where others connect by SIP over TLS, if there is a certificate.",
    "call_center.tls.certificate": "What we show (PEM); empty: nobody connects to us by TLS, we still do to others.",
    "call_center.tls.key": "Its key (PEM).",
    "call_center.tls.ca": "Authorities that vouch for carriers (PEM); empty: those of the system.",
    "call_center.turn.urls": "Relays for browsers whose network lets no sound through; empty: none.",
    "call_center.turn.secret": "Shared with the relay, which knows no users (coturn: `static-auth-secret`).",
    "call_center.turn.hours": "How long a page may use what it was given; a page that stays open asks again.",
    "call_center.turn.only": "Browsers always send through the relay, as where only it can be reached from outside.",
    "call_center.drain_seconds": "How long a stop waits for calls that are up.",
    "call_center.agents.wrap_up": "What agents choose from when a call is over: code and words; empty: the "
    "usual ones. It is counted, so a code keeps its meaning.",
    "call_center.agents.supervisors": "Roles that see every call, listen, whisper, take over; administrators do, too.",
    "call_center.transcripts.command": "A program and its arguments that drafts what callers said: it is given the "
    "path of a WAV file and prints the words. Empty: no drafts.",
    "call_center.transcripts.seconds": "How long it may take for one recording.",
    "portal.tiles": "Address of map tiles with `{z}`, `{x}`, `{y}`; empty: a place is typed or taken from the device.",
    "portal.credit": "Whom the map is from, shown on it.",
    "portal.utilities": "Public services that the regulation names, by its keys, and their https addresses: "
    "`[portal.utilities]` with `public_services`, `land` …; without an address one is not shown.",
    "open311.jurisdiction": "The name others ask for this place by (`jurisdiction_id`); empty: any means us.",
    "open311.media_hosts": "Hosts from which pictures are fetched that a request names by their address, "
    "`.example.vn`: all below it; empty: none is.",
    "open311.sandbox": "Origin of such pictures on this machine, for a trial only.",
    "open311.partners": "Cities whose Open311 system takes the cases of an agency: `[open311.partners.hang_xom]` with "
    "`url`, `agency`, `service`, `services`, `api_key`, `jurisdiction`; see open311.md.",
    "sandbox.page": "Demo: port of the page with the citizens' phones and mailboxes; `/sandbox` leads there.",
    "sandbox.email": "Demo: port of the citizens' mailboxes (JSON).",
    "sandbox.email_smtp": "Demo: port on which the citizens' mail provider takes our mail.",
    "sandbox.zalo": "Demo: port of Zalo's servers, as they are played.",
    "sandbox.facebook": "Demo: port of the Graph API, as it is played.",
    "sandbox.telegram": "Demo: port of the Bot API, as it is played.",
    "sandbox.sms": "Demo: port of Twilio's interface, as it is played.",
    "sandbox.voice": "Demo: port of Twilio's interface for calls, as it is played.",
    "sandbox.push": "Demo: port of the push service behind browsers, as it is played.",
    "retention.pseudonymise_after_years": "Years after closing until a case forgets who reported it; 0: never.",
    "retention.recordings_days": "Days until a call's recordings are erased, from its end, the call back or the closing"
    " of its case, whichever is last; 0: kept with the report. Look first: `langnghe calls due --days 365`.",
    "retention.most_a_day": "So many people, and recordings of so many calls, at most in one night.",
    "personal_data.processors": "Who else processes people's data for the centre, as citizens read it (VN-4).",
    "personal_data.access_log_months": "Months for which it is known who read personal data; twelve at least (VN-14).",
    "intake.most_a_minute": "Messages of one sender within a minute that are read by themselves. What is beyond waits"
    " in quarantine, and a person is told; a call for help is always read.",
    "intake.keep_raw_days": "Days that raw bodies are kept for `langnghe replay`; unread ones stay until read.",
    "workers.poll": "Seconds after which a worker looks for itself; longer only where Redis wakes it.",
    "statistics.stuck_days": "After how many days without any event an open case counts as stuck in reports (TG-12.4).",
    "alarms.inbox_seconds": "How long an accepted message may wait to be taken up.",
    "alarms.journal_seconds": "How long the local journal may hold something.",
    "alarms.outbox_seconds": "How long an answer may wait to be sent.",
    "alarms.files_seconds": "How long a citizen's file may wait to be fetched from its provider.",
    "alarms.outbox_failed": "How many answers may be given up within an hour.",
    "alarms.calls_seconds": "How long a call may wait in the spool to be handed over.",
    "alarms.calls_late": "How many callers may wait for a call that is overdue.",
    "alarms.data_requests_late": "How many requests of people about their data may be overdue.",
    "alarms.diverted_seconds": "How long something may be left of a report that the desk has diverted.",
    "alarms.clock_seconds": "How late a clock may fire.",
    "alarms.lag_seconds": "How late the event loop may wake.",
    "alarms.loop_seconds": "How long a background loop may stay without a good round.",
    "alarms.disk_free_percent": "How much of the data folder's disk must be free.",
    "alarms.calendar_days": "How many days the working calendar must reach beyond today.",
    "alarms.certificate_days": "How many days before its end a certificate must have been renewed.",
    "alarms.token_days": "How many days before its end a provider's token must have been renewed.",
    "alarms.silent_messages": "A channel is silent, and in each of the last weeks more than so many came meanwhile.",
    "alarms.backup_seconds": "How old the last backup may be: a day and a half.",
    "alarms.root_seconds": "How long after the end of a day its signed root may be missing.",
    "alarms.audit_seconds": "How long ago the archive may have been verified last: eight days.",
    "alarms.triage_percent": "Share of guessed categories that must be right, of cases kept back for looking.",
    "logs.level": "From which level on lines are written.",
    "logs.format": "`json` for machines, `console` for the eye.",
}

_KINDS: Mapping[Any, str] = {
    str: "text",
    SecretStr: "text",
    Path: "path",
    int: "number",
    float: "seconds",
    bool: "yes/no",
}

HEAD = """# Settings

Read once at start: `langnghe.toml` in the working folder (or where `LANGNGHE_CONFIG` points), then the environment over
it. A mistake stops the start and says which key, what is wrong, and an example; `langnghe config check` lists them all.

Secrets (marked 🔒) are given as `env:NAME` or `file:PATH` rather than in the file, and are never printed. Behind a
variable that ends in `_FILE` stands the path of a file, as container secrets have it.
`{bind}` sets the address that every server listens on, as a container wants it.

This page is written by `langnghe config describe`; a test keeps it so.
"""


@dataclass(frozen=True)
class Row:
    """One setting."""

    key: str
    kind: str
    default: str
    variable: str
    meaning: str
    secret: bool


def settings_page() -> str:
    """The whole page, Markdown, ends with a newline."""
    sections: dict[str, list[Row]] = {}
    for row in rows():
        sections.setdefault(row.key.rpartition(".")[0], []).append(row)
    parts = [HEAD.format(bind=BIND)]
    for name, found in sections.items():
        parts.append(f"## {f'[{name}]' if name else 'At the top of the file'}\n\n{_table(found)}\n")
    return "\n".join(parts)


def rows() -> Iterator[Row]:
    """Every setting, sections last. Raises KeyError: one has no meaning written here."""
    yield from _rows(Settings, ())


def _rows(model: type[BaseModel], path: tuple[str, ...]) -> Iterator[Row]:
    inner = []
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            inner.append((field.annotation, (*path, name)))
        else:
            yield _row((*path, name), field)
    for section, place in inner:
        yield from _rows(section, place)


def _row(path: tuple[str, ...], field: FieldInfo) -> Row:
    key = ".".join(path)
    variables = [name for table in (ENVIRONMENT, FILES) for name, place in table.items() if place == path]
    secret = key == "master_key" or any(path == secret[: len(path)] for secret in SECRETS)
    default = _shown(field.get_default(call_default_factory=True))
    return Row(key, _kind(field), default, ", ".join(variables), MEANINGS[key], secret)


def _kind(field: FieldInfo) -> str:
    kind = field.annotation
    if get_origin(kind) is UnionType:  # with None: it may be left out
        kind = get_args(kind)[0]
    if get_origin(kind) is Literal:
        return " or ".join(get_args(kind))
    if get_origin(kind) is dict:
        return "table"
    names: dict[Any, str] = {
        str: "text",
        SecretStr: "text",
        Path: "path",
        int: "number",
        float: "seconds",
        bool: "yes/no",
    }
    return names.get(kind, "list")


def _shown(value: Any) -> str:
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, tuple):
        value = list(value)
    return json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False)


def _table(found: list[Row]) -> str:
    lines = ["| key | what | default | variable | meaning |", "|---|---|---|---|---|"]
    for row in found:
        key = f"`{row.key.rpartition('.')[2]}`{' 🔒' if row.secret else ''}"
        variable = ", ".join(f"`{name}`" for name in row.variable.split(", ") if name)
        lines.append(f"| {key} | {row.kind} | `{row.default}` | {variable} | {row.meaning} |")
    return "\n".join(lines)
