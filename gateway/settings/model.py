"""Every setting, its meaning, its default, and the secrets that are never printed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

Port = Annotated[int, Field(ge=0, le=65535)]
Names = Annotated[
    tuple[str, ...],
    BeforeValidator(lambda value: tuple(filter(None, value.split(","))) if isinstance(value, str) else value),
]


class Section(BaseModel):
    """Base of a settings section: unknown keys are mistakes, not wishes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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


class Telegram(Section):
    """
    The Telegram bot; off without a token.

    `updates`: Telegram calls us, or we ask it. By itself: it calls where `public_url` is https.
    """

    token: SecretStr = SecretStr("")
    updates: Literal["auto", "webhook", "polling"] = "auto"
    api_url: str = "https://api.telegram.org"


class Otp(Section):
    """
    One-time passwords. `order`: by which channels they go, the preferred first; others that can come after.

    A mail that stands in proves the mail address, not the number: reception still has to call it. In demo mode it
    always does.
    """

    order: Names = ("sms", "zalo", "email")
    mail_stands_in: bool = False


class Portal(Section):
    """The citizens' pages. Without `tiles` there is no map: a place is typed, or taken from the device."""

    tiles: str = Field(
        default="", description="address of map tiles with {z}, {x}, {y}; its host is all a page may ask"
    )
    credit: str = Field(default="", description="whom the map is from, shown on it")


class Logs(Section):
    """JSON lines for machines, colour for the desk."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["json", "console"] = "json"


class Intake(Section):
    """
    Acceptance. `database_budget` is how long the database may take (seconds) before the local journal is used;
    `linger` is how long a commit waits at most (seconds) for a crowd that is due; `keep_raw_days` is how long raw
    bodies stay for replay.
    """

    database_budget: float = Field(default=0.3, gt=0, le=1.5)
    linger: float = Field(default=0.004, ge=0, le=0.02)
    keep_raw_days: int = Field(default=30, ge=1, le=365)


class Retention(Section):
    """
    How long a closed case names its reporter (VN-15). None of the regulations sets an end: 0 keeps for ever.

    `most_a_day` bounds what one night does, so that switching it on late does not hold up everything else.
    """

    pseudonymise_after_years: int = Field(default=0, ge=0, le=100)
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
    outbox_failed: int = Field(default=0, ge=0)
    diverted_seconds: float = Field(default=600, gt=0)
    clock_seconds: float = Field(default=5, gt=0)
    lag_seconds: float = Field(default=0.2, gt=0)
    loop_seconds: float = Field(default=300, gt=0)
    disk_free_percent: int = Field(default=15, ge=1, le=90)
    calendar_days: int = Field(default=90, ge=1)
    certificate_days: int = Field(default=14, ge=1)
    token_days: int = Field(default=7, ge=1)
    backup_seconds: float = Field(default=129_600, gt=0)
    root_seconds: float = Field(default=3600, gt=0)
    audit_seconds: float = Field(default=691_200, gt=0)


class Settings(Section):
    """The whole configuration of one deployment (one province)."""

    mode: Literal["demo", "production"] = "production"
    roles: Names = ("web", "worker")
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
    http: Http = Http()
    email: Email = Email()
    telegram: Telegram = Telegram()
    otp: Otp = Otp()
    portal: Portal = Portal()
    intake: Intake = Intake()
    retention: Retention = Retention()
    workers: Workers = Workers()
    alarms: Alarms = Alarms()
    logs: Logs = Logs()

    @property
    def embedded(self) -> bool:
        """True on SQLite: one process holds the database."""
        return self.database_url in ("", "sqlite") or self.database_url.startswith("sqlite:")

    @property
    def sqlite_path(self) -> Path:
        """File of the embedded database."""
        _, _, path = self.database_url.partition("sqlite:///")
        return Path(path) if path else self.data / "langnghe.sqlite3"

    @property
    def master_key_reference(self) -> str:
        """Where the master key is; demo mode keeps its own beside the data."""
        return self.master_key or f"file:{self.data / 'master.key'}"
