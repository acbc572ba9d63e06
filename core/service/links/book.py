"""
The links of one deployment: kept as facts, secrets sealed; read once and looked at again every few seconds.

Two secrets may be in force at once: the newest, which we sign with, and the one before it until the other side has
changed over.
"""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal, get_args

from core.contract.errors import ConfigError
from core.contract.schema import Model, new_id
from core.privacy.keys import SYSTEM
from core.service.links.signing import SecretInvalid, key_of, new_secret
from core.service.safe import Safe
from core.storage import people, settings
from core.storage.database import Connection, Database
from core.storage.outbox import LANES
from core.storage.people import UserRow

Kind = Literal["webhook", "agency", "peer"]
KINDS: tuple[Kind, ...] = get_args(Kind)
NAME = re.compile(r"[a-z][a-z0-9-]{1,25}")
OVERLAP = timedelta(days=7)
"""How long the secret before the newest is still good."""
_FACT, _SUBJECT = "link:", f"{SYSTEM}links"
_LOOK_AGAIN = timedelta(seconds=5)
_NO_HASH = "!"  # no hash is written so: nobody signs in with it


class _Secrets(Model):
    """Newest first."""

    held: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    """
    One other system.

    Args:
        kind: a webhook hears of cases; an agency's own software also acts as that agency (TG-11.3, QB-IV.1.6c); a peer
            is another Lắng Nghe, with which cases are exchanged (QB-QD.III.1.1c).
        url: where it is told; empty: it asks. Of a peer: its public address.
        agency: whose cases it hears of, and for which it acts; empty: of all, as everybody may read them.
        events: types it wants; none: all. `known_as`: how a peer calls us. `user_id`: the account it acts with.
        old_until: until when the second of `secrets` is good (aware).
    """

    name: str
    label: str
    kind: Kind
    url: str = ""
    agency: str = ""
    events: tuple[str, ...] = ()
    user_id: str = ""
    known_as: str = ""
    made_at: datetime | None = None
    ended: bool = False
    secrets: tuple[str, ...] = field(default=(), repr=False)
    old_until: datetime | None = None

    @property
    def lane(self) -> str:
        """The channel of what waits for it in the outbox."""
        return LANES + self.name

    def in_force(self, now: datetime) -> tuple[str, ...]:
        """Secrets that are good now, the newest first."""
        both = self.old_until is not None and now < self.old_until
        return self.secrets if both else self.secrets[:1]


@dataclass(frozen=True)
class NewLink:
    """`secret` is for whoever runs the other system, now or never."""

    name: str
    secret: str = field(repr=False)


class LinkBook:
    """Links by name. `now` is the deployment's clock."""

    def __init__(self, database: Database, *, safe: Safe, now: Callable[[], datetime]) -> None:
        self._database = database
        self._safe = safe
        self._now = now
        self._links: Mapping[str, Link] = {}
        self._looked_at: datetime | None = None

    async def all(self) -> Sequence[Link]:
        """Every link there was, by name."""
        await self._look()
        return tuple(self._links.values())

    async def current(self) -> Sequence[Link]:
        """Those that are in use."""
        return [link for link in await self.all() if not link.ended]

    async def find(self, name: str) -> Link | None:
        """One that is in use."""
        await self._look()
        link = self._links.get(name)
        return None if link is None or link.ended else link

    async def add(self, link: Link, *, roles: Sequence[str] = (), secret: str = "") -> NewLink:
        """
        Begin a link. `roles`: in which it acts for its agency. `secret`: what the other side has made; else a new one.

        Raises: ConfigError: no name, a name in use, or a secret that is none.
        """
        made = NewLink(link.name, secret or new_secret())
        _check(link, roles=roles)
        _check_secret(made.secret)
        now = self._now()
        user = UserRow(new_id(), f"link-{link.name}", link.label[:120], _NO_HASH, None, 0, True, now)
        fact = await self._sealed(replace(link, user_id=user.id, made_at=now, secrets=(made.secret,)))

        def write(connection: Connection) -> None:
            if settings.get(connection, _FACT + link.name) is not None:
                raise ConfigError("name", f"{link.name} is in use", example="so-xay-dung")
            people.add_user(connection, user)
            for role in roles:
                people.grant(connection, user.id, role=role, agency_id=link.agency)
            settings.put(connection, _FACT + link.name, fact)

        await self._changed(write)
        return made

    async def rotate(self, name: str, *, secret: str = "") -> NewLink:
        """A new secret; the one before it is good for OVERLAP more. ConfigError: no such link."""
        link, made = await self._known(name), NewLink(name, secret or new_secret())
        _check_secret(made.secret)
        await self._put(replace(link, secrets=(made.secret, *link.secrets[:1]), old_until=self._now() + OVERLAP))
        return made

    async def end(self, name: str) -> None:
        """It is told nothing more, and its next request is refused. ConfigError: no such link."""
        link = await self._known(name)
        fact = await self._sealed(replace(link, ended=True))

        def write(connection: Connection) -> None:
            people.set_active(connection, link.user_id, False)
            settings.put(connection, _FACT + name, fact)

        await self._changed(write)

    async def _known(self, name: str) -> Link:
        if (link := await self.find(name)) is None:
            raise ConfigError("name", f"no link {name}", example="langnghe link list")
        return link

    async def _put(self, link: Link) -> None:
        await self._changed(partial(settings.put, key=_FACT + link.name, value=await self._sealed(link)))

    async def _changed(self, write: Callable[[Connection], None]) -> None:
        await self._database.write(write)
        self._looked_at = None

    async def _look(self) -> None:
        now = self._now()
        if self._looked_at is not None and abs(now - self._looked_at) < _LOOK_AGAIN:
            return
        facts = await self._database.read(partial(settings.under, prefix=_FACT))
        self._links = await asyncio.to_thread(self._opened, facts) if facts else {}
        self._looked_at = now

    def _opened(self, facts: Mapping[str, Any]) -> Mapping[str, Link]:
        return {name: self._open(name, fact) for name, fact in sorted(facts.items())}

    def _open(self, name: str, fact: Mapping[str, Any]) -> Link:
        sealed = base64.b64decode(fact["secrets"])
        held = self._safe.open_model(sealed, _Secrets, subject_id=_SUBJECT, place=_FACT + name).held
        times = {key: datetime.fromisoformat(fact[key]) if fact[key] else None for key in ("made_at", "old_until")}
        return Link(**{**fact, **times, "name": name, "events": tuple(fact["events"]), "secrets": held})

    async def _sealed(self, link: Link) -> Mapping[str, Any]:
        held = _Secrets(held=link.secrets)
        seal = partial(self._safe.seal, held, subject_id=_SUBJECT, place=_FACT + link.name)
        sealed = await asyncio.to_thread(seal)
        times = {key: at.isoformat() if (at := getattr(link, key)) else "" for key in ("made_at", "old_until")}
        facts = {key: value for key, value in link.__dict__.items() if key != "name"}
        return {**facts, **times, "events": list(link.events), "secrets": base64.b64encode(sealed).decode()}


def _check(link: Link, *, roles: Sequence[str]) -> None:
    if NAME.fullmatch(link.name) is None:
        raise ConfigError("name", f"no name for a link: {link.name}", example="so-xay-dung")
    if link.kind not in KINDS:
        raise ConfigError("kind", f"no such kind: {link.kind}", example=", ".join(KINDS))
    if link.kind != "agency" and not link.url:
        raise ConfigError("url", "where is it told?", example="https://so-xay-dung.example.vn/phan-anh")
    if (link.kind == "agency" or roles) and not (link.agency and roles):
        raise ConfigError("agency", "which agency, in which roles?", example="--agency so_xay_dung --role officer")
    if link.kind == "peer" and NAME.fullmatch(link.known_as) is None:
        raise ConfigError("known-as", "how does it call us?", example="--known-as tinh")


def _check_secret(secret: str) -> None:
    try:
        key_of(secret)
    except SecretInvalid:
        raise ConfigError("secret", "no secret", example="whsec_ and 32 bytes in base64") from None
