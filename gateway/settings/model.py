"""Every setting, its meaning, its default, and the secrets that are never printed."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from gateway.settings.base import Names, Port, Section
from gateway.settings.call_center import CallCenter
from gateway.settings.links import Links
from gateway.settings.mail_oauth import MailOAuth
from gateway.settings.open311 import Open311
from gateway.settings.personal_data import PersonalData
from gateway.settings.portal import Portal
from gateway.settings.sending import Sending
from gateway.settings.statistics import Statistics


class Http(Section):
    """
    The web side. `trusted_proxies` are addresses whose X-Forwarded-For is believed; none by default.

    With `reuse_port` several processes listen on one port, and the system spreads connections over them (SO_REUSEPORT).
    """

    host: str = "127.0.0.1"
    port: Port = 8080
    reuse_port: bool = False
    trusted_proxies: Names = ()
    max_body_mb: int = Field(default=35, ge=1, le=200)


class Email(Section):
    """The mail channel: what we listen on, who we are, and the relay that carries our answers."""

    enabled: bool = True
    address: str = "phananh@langnghe.example.vn"
    display_name: str = "Lắng Nghe"
    host: str = "127.0.0.1"
    smtp_port: Port = 8025
    lmtp_port: Port = 8024
    relay_host: str = ""
    relay_port: Port = 25
    relay_tls: Literal["none", "starttls", "tls"] = "starttls"
    relay_user: str = ""
    relay_password: SecretStr = SecretStr("")
    trusted_authserv: str = Field(default="", description="authserv-id of our own edge MTA (RFC 8601)")
    spam_score: int = Field(default=5, ge=0, description="above it a mail waits for a person")


class Imap(Section):
    """
    A hosted mailbox that we read ourselves, beside or instead of mail that is brought to us; off without a host.

    Mails that were taken go into `done_folder` where one is named, else they stay, marked as read. Without a password
    the log-in is by access token, see `mail_oauth`.
    """

    host: str = ""
    port: Port = 993
    tls: Literal["none", "starttls", "tls"] = "tls"
    user: str = Field(default="", description="empty: the address of the mail channel")
    password: SecretStr = SecretStr("")
    folder: str = "INBOX"
    done_folder: str = ""


class Telegram(Section):
    """
    The Telegram bot; off without a token.

    `updates`: Telegram calls us, or we ask it. By itself: it calls where `public_url` is https.
    """

    token: SecretStr = SecretStr("")
    updates: Literal["auto", "webhook", "polling"] = "auto"
    api_url: str = "https://api.telegram.org"


class Facebook(Section):
    """
    The app whose hook takes the events of our Pages; off while nothing of it is filled in.

    `pages`: Page id → its token.
    """

    app_id: str = ""
    app_secret: SecretStr = SecretStr("")
    old_app_secret: SecretStr = SecretStr("")
    verify_token: SecretStr = SecretStr("")
    pages: dict[str, SecretStr] = Field(default_factory=dict)
    human_agent: bool = False
    notice_template: str = ""
    notice_fields: Names = ("code", "status")
    bulletin_template: str = ""
    bulletin_fields: Names = ("title", "link")
    comments: Literal["all", "top", "none"] = "all"
    other_tools: Names = ()
    graph_url: str = "https://graph.facebook.com"
    version: str = "v26.0"


class Zalo(Section):
    """
    The Zalo official account (OA); off while none of its keys is set.

    The two secrets are those of the app (OAuth) and of its webhook page ("OA Secret Key"); `old_oa_secret` is the one
    before, for as long as it is being reset. Templates are approved ids of ZNS; `*_fields` is `theirs=ours`.
    """

    oa_id: str = ""
    app_id: str = ""
    app_secret: SecretStr = SecretStr("")
    oa_secret: SecretStr = SecretStr("")
    old_oa_secret: SecretStr = SecretStr("")
    form_image: str = ""
    pays: bool = True
    otp_template: str = ""
    otp_fields: Names = ("otp=otp",)
    notice_template: str = ""
    notice_fields: Names = ("ma=code", "trang_thai=status")
    bulletin_template: str = ""
    bulletin_fields: Names = ("tieu_de=title", "duong_dan=link")
    template_mode: Literal["", "development"] = ""
    catch_up_hours: float = Field(default=24, ge=0, le=168)
    api_url: str = "https://openapi.zalo.me"
    oauth_url: str = "https://oauth.zaloapp.com"
    template_url: str = "https://business.openapi.zalo.me"


class Otp(Section):
    """
    One-time passwords. `order`: by which channels they go, the preferred first; others that can come after.

    A mail that stands in proves the mail address, not the number: reception still has to call it. In demo mode it
    always does.
    """

    order: Names = ("sms", "zalo", "email")
    mail_stands_in: bool = False


class SmsTwilio(Section):
    """An account at Twilio. With an API key calls are made by it; hooks are always signed with the auth token."""

    account_sid: str = ""
    auth_token: SecretStr = SecretStr("")
    old_auth_token: SecretStr = SecretStr("")
    key_sid: str = ""
    key_secret: SecretStr = SecretStr("")
    base_url: str = "https://api.twilio.com"


class SmsEsms(Section):
    """An account at eSMS.vn."""

    api_key: SecretStr = SecretStr("")
    secret_key: SecretStr = SecretStr("")
    private_key: SecretStr = SecretStr("")
    hook_secret: SecretStr = SecretStr("")
    sms_type: Literal["2", "8"] = "2"
    sandbox: bool = False
    base_url: str = "https://rest.esms.vn"


class SmsSpeedSms(Section):
    """An account at SpeedSMS."""

    token: SecretStr = SecretStr("")
    hook_secret: SecretStr = SecretStr("")
    sms_type: int = Field(default=3, ge=2, le=4)
    base_url: str = "https://api.speedsms.vn/index.php"


class SmsSmpp(Section):
    """A line to a carrier's message centre (SMPP 3.4)."""

    host: str = ""
    port: Port = 2775
    tls: bool = False
    system_id: str = ""
    password: SecretStr = SecretStr("")
    system_type: str = ""
    window: int = Field(default=10, ge=1, le=1000)
    per_second: int = Field(default=20, ge=1)
    long_messages: Literal["udh", "payload"] = "udh"
    answer_ids: Literal["text", "hex", "decimal"] = "text"
    receipt_ids: Literal["text", "hex", "decimal"] = "text"


class Sms(Section):
    """One number or brand name, and the carrier it belongs to; off without a carrier."""

    carrier: Literal["", "twilio", "esms", "speedsms", "smpp"] = ""
    sender: str = ""
    marks: bool = False
    most_segments: int = Field(default=3, ge=1, le=10)
    twilio: SmsTwilio = SmsTwilio()
    esms: SmsEsms = SmsEsms()
    speedsms: SmsSpeedSms = SmsSpeedSms()
    smpp: SmsSmpp = SmsSmpp()


class Push(Section):
    """
    Notices on devices; off without a contact. Browsers are rung by Web Push, with a key pair of the deployment's own;
    apps by Firebase Cloud Messaging, where a service account is given.
    """

    contact: str = Field(default="", description="whom a push service may write to, mailto: or https:")
    hosts: Names = Field(default=(), description="push services that may be called; empty: those of known browsers")
    sandbox: str = Field(default="", description="origin of a push service on this machine")
    fcm_account: SecretStr = Field(default=SecretStr(""), description="JSON of a service account that may ring apps")
    fcm_sandbox: str = Field(default="", description="origin of a service on this machine in place of Google's")


class Sandbox(Section):
    """Demo only: the ports on which providers are played, and the page with their phones; 0: any free one."""

    page: Port = 0
    email: Port = 0
    email_smtp: Port = 0
    zalo: Port = 0
    facebook: Port = 0
    telegram: Port = 0
    sms: Port = 0
    voice: Port = 0
    push: Port = 0


class Logs(Section):
    """JSON lines for machines, colour for the desk."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["json", "console"] = "json"


class Intake(Section):
    """
    Acceptance. `database_budget` is how long the database may take (seconds) before the local journal is used;
    `linger` is how long a commit waits at most (seconds) for a crowd that is due; `keep_raw_days` is how long raw
    bodies stay for replay. `thinkers`: how many processes think out answers beside each worker; unset: none where
    there are one or two processors, one where there are three, else two.
    """

    thinkers: int | None = Field(default=None, ge=0, le=16)
    database_budget: float = Field(default=0.3, gt=0, le=1.5)
    linger: float = Field(default=0.004, ge=0, le=0.02)
    keep_raw_days: int = Field(default=30, ge=1, le=365)
    most_a_minute: int = Field(default=120, ge=20, description="messages of one sender; what is beyond is kept unread")


class Retention(Section):
    """
    How long a closed case names its reporter (VN-15), and how long a call can be listened to (VN-5).

    0 keeps for ever, as the regulations do: none sets an end, and those that speak of it (TG-11.1, LS-9.1, QB-IV.1.6a)
    have the centre keep all reports. Of a report by voice the recording is the report, until somebody has written down
    what it says; only the centre knows when that is so, and sets an end then.

    `most_a_day` bounds what one night does, so that switching it on late does not hold up everything else.
    """

    pseudonymise_after_years: int = Field(default=0, ge=0, le=100)
    recordings_days: int = Field(default=0, ge=0, le=36_500)
    most_a_day: int = Field(default=500, ge=1)


class Workers(Section):
    """
    What runs beside the web side. `poll` is after how many seconds a worker looks without having been woken.

    Processes on one PostgreSQL wake each other by Redis; without it this is how long a message may wait.
    """

    poll: float = Field(default=0.25, ge=0.05, le=60)


class Alarms(Section):
    """
    From where on an alarm rings. Times are in seconds unless their name says days.

    `backup_seconds` is a day and a half: one night may be missed, two may not.
    """

    inbox_seconds: float = Field(default=120, gt=0)
    journal_seconds: float = Field(default=120, gt=0)
    outbox_seconds: float = Field(default=600, gt=0)
    files_seconds: float = Field(default=300, gt=0)
    calls_seconds: float = Field(default=120, gt=0)
    calls_late: int = Field(default=0, ge=0)
    data_requests_late: int = Field(default=0, ge=0)
    outbox_failed: int = Field(default=0, ge=0)
    diverted_seconds: float = Field(default=600, gt=0)
    clock_seconds: float = Field(default=5, gt=0)
    lag_seconds: float = Field(default=0.2, gt=0)
    loop_seconds: float = Field(default=300, gt=0)
    disk_free_percent: int = Field(default=15, ge=1, le=90)
    calendar_days: int = Field(default=90, ge=1)
    certificate_days: int = Field(default=14, ge=1)
    token_days: int = Field(default=7, ge=1)
    silent_messages: int = Field(default=4, ge=0)
    backup_seconds: float = Field(default=129_600, gt=0)
    root_seconds: float = Field(default=3600, gt=0)
    audit_seconds: float = Field(default=691_200, gt=0)
    triage_percent: int = Field(default=60, ge=0, le=100)


class Settings(Section):
    """The whole configuration of one deployment (one province)."""

    mode: Literal["demo", "production"] = "production"
    roles: Names = ("web", "worker", "telephony")
    data: Path = Path("var")
    public_url: str = "http://127.0.0.1:8080"
    regulation: str = "quang_binh"
    database_url: str = Field(default="", description="empty: SQLite in the data folder")
    database_password: SecretStr = SecretStr("")
    redis_url: SecretStr = SecretStr("")
    master_key: str = Field(default="", description="env:NAME or file:PATH; demo mode makes one in the data folder")
    office: str = "Trung tâm tiếp nhận phản ánh hiện trường"
    hotline: str = "1022"
    require_second_factor: bool = True
    clamav: str = Field(default="", description="host:port of a clamd that looks at every file; empty: none does")
    http: Http = Http()
    email: Email = Email()
    imap: Imap = Imap()
    mail_oauth: MailOAuth = MailOAuth()
    telegram: Telegram = Telegram()
    zalo: Zalo = Zalo()
    facebook: Facebook = Facebook()
    sms: Sms = Sms()
    otp: Otp = Otp()
    push: Push = Push()
    sending: Sending = Sending()
    links: Links = Links()
    call_center: CallCenter = CallCenter()
    portal: Portal = Portal()
    open311: Open311 = Open311()
    sandbox: Sandbox = Sandbox()
    intake: Intake = Intake()
    retention: Retention = Retention()
    personal_data: PersonalData = PersonalData()
    statistics: Statistics = Statistics()
    workers: Workers = Workers()
    alarms: Alarms = Alarms()
    logs: Logs = Logs()

    @property
    def embedded(self) -> bool:
        """True on SQLite: one process holds the database."""
        return self.database_url in ("", "sqlite") or self.database_url.startswith("sqlite:")

    @property
    def takes_calls(self) -> bool:
        """Whether there is a hotline: where it is said, else in demo mode and wherever a trunk is named."""
        said = self.call_center.enabled
        return said == "yes" or (said == "auto" and (self.mode == "demo" or self.call_center.has_line))

    @property
    def awaits_calls(self) -> bool:
        """Whether a telephony process should be there, so that its silence is trouble."""
        return self.takes_calls and ("telephony" in self.roles or self.call_center.enabled == "yes")

    @property
    def sqlite_path(self) -> Path:
        """File of the embedded database."""
        _, _, path = self.database_url.partition("sqlite:///")
        return Path(path) if path else self.data / "langnghe.sqlite3"

    @property
    def master_key_reference(self) -> str:
        """Where the master key is; demo mode keeps its own beside the data."""
        return self.master_key or f"file:{self.data / 'master.key'}"
