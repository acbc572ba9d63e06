"""
Copies of stories: fresh ids, codes, words and people; sealed, hashed and chained by the product's own code.

A copy is what the product would have stored for a case that went the same way in another week: its keys are wrapped by
the deployment's master key, its texts open, its chain verifies and its row is the fold of its events.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from bench.growth.patterns import Weekly
from bench.growth.texts import Words
from channels.base import sign
from channels.web.adapter import ACCOUNT, CHANNEL, SIGNATURE
from core.identity.codes import check_digit, format_code
from core.intake.fold import fold
from core.privacy import chain
from core.privacy.blind import BlindIndex
from core.privacy.intake_zone import IntakeZone
from core.privacy.keys import SubjectKeys
from core.privacy.master import KEY_BYTES, KeyRing
from core.privacy.vault import Vault
from core.storage.subjects import first_subject

Rows = dict[str, list[list[Any]]]

AGENCIES = 300
LARGEST = 0.05
_CODES = 9 * 10**10
_STRIDE = 59_482_718_047
"""Steps through all codes without meeting one twice: it has no divisor in common with their number."""
_PER_COPIER = 10**8
_LENGTH = "60"


@dataclass(frozen=True)
class Secrets:
    """What copies are sealed and hashed with: the target deployment's own."""

    ring: KeyRing
    blind: bytes
    portal: bytes


class Copier:
    """
    Makes copies. `agencies`: (id, name) of those that exist; further ones are invented until there are 300.

    `bodies_since`: raw bodies of older messages were purged, as daily housekeeping does. `number`: of this copier,
    whose codes nobody else gives.
    """

    def __init__(
        self,
        secrets: Secrets,
        *,
        agencies: Sequence[tuple[str, str]],
        bodies_since: int,
        chance: Random,
        number: int = 0,
    ) -> None:
        self._secrets, self._chance, self._words = secrets, chance, Words(chance)
        self._blind, self._zone = BlindIndex(secrets.blind), IntakeZone(secrets.ring)
        self._keys = _Keys()
        self._vault = Vault(self._keys)
        invented = [(f"don_vi_{number:03}",) * 2 for number in range(AGENCIES - len(agencies))]
        self._agencies = [(one, name, fold(name)) for one, name in (*agencies, *invented)]
        # The largest has one case in twenty; the others share the rest by a law with a long tail.
        rest = [1 / (rank + 20) for rank in range(1, AGENCIES)]
        self._weights = [LARGEST, *((1 - LARGEST) * weight / sum(rest) for weight in rest)]
        self._drawn: list[tuple[str, str, str]] = []
        self._bodies_since = bodies_since
        self._given = number * _PER_COPIER

    def copies(self, weekly: Weekly, many: int) -> Rows:
        """Rows of so many copies, by table; the keys' rows stand under `subject_key`."""
        rows: Rows = defaultdict(list)
        for _ in range(many):
            self._copy(weekly, rows)
        return rows

    def _agency(self) -> tuple[str, str, str]:
        if not self._drawn:
            self._drawn = self._chance.choices(self._agencies, self._weights, k=1000)
        return self._drawn.pop()

    def _copy(self, weekly: Weekly, rows: Rows) -> None:
        values = self._values(weekly)
        sealed = self._seal_texts(weekly, values)
        bodies: list[bytes] = []
        for line, fills in zip(weekly.lines, weekly.fills, strict=True):
            row = list(line.constants)
            for column, how, fill in fills:
                if how == "text":
                    row[column] = fill(values)
                elif how == "bytes":
                    row[column] = data = fill(values).encode()
                    if line.table == "case_event":
                        bodies.append(data)
                elif how == "blob":
                    place = f"{line.table}:{values[line.key]}"
                    row[column] = self._vault.seal_blob(fill(values).encode(), subject_id=values[1], place=place)
                elif how == "vault":
                    row[column] = sealed[line.key]
                elif how == "raw":
                    row[column], row[column + 1] = self._raw(fill(values), values[line.key], weekly.received)
            rows[line.table].append(row)
        self._chain(weekly, rows, values[0], bodies)
        for subject, key in self._keys.held.items():
            wrapped = self._secrets.ring.wrap(key, owner=subject.encode())
            rows["subject_key"].append([subject, wrapped, weekly.received, None])
        self._keys.held.clear()

    def _values(self, weekly: Weekly) -> list[str]:
        slots = weekly.pattern.slots
        drawn = os.urandom(32 * len(slots.places)).hex()
        values = [""] * len(slots.places)
        for (kind, _), place in slots.places.items():
            if kind == "id":
                values[place] = drawn[place * 64 : place * 64 + 32]
            elif kind == "length":
                values[place] = _LENGTH
            elif kind in ("any", "commitment"):  # what a text is committed to is overwritten where there is a text
                values[place] = drawn[place * 64 : place * 64 + 64]
        told = self._told()
        for (kind, name), place in slots.places.items():
            if kind == "literal":
                values[place] = told[name]
            elif kind == "subject":
                values[place] = first_subject(values[0])
            elif kind == "address":
                values[place] = self._blind.address(CHANNEL, ACCOUNT, f"{CHANNEL}:{told['code']}")
            elif kind == "mailbox":
                values[place] = self._blind.email(told["email"])
            elif kind == "talk":
                key = f"{CHANNEL}\0{ACCOUNT}\0{CHANNEL}:{told['code']}"
                values[place] = self._blind.other("inbox", key)
        return values

    def _told(self) -> dict[str, str]:
        code = self._code()
        body, body_folded = self._words.body()
        place, place_folded = self._words.place()
        agency, name, folded = self._agency()
        return {
            "code": code,
            "spoken": format_code(code),
            "body": body,
            "body_folded": body_folded,
            "place": place,
            "place_folded": place_folded,
            "name": self._words.person(),
            "email": f"nguoidan.{os.urandom(5).hex()}@hopthu.example.vn",
            "agency": agency,
            "agency_name": name,
            "agency_folded": folded,
        }

    def _code(self) -> str:
        """A code that no other copy has."""
        self._given += 1
        body = str(_CODES // 9 + self._given * _STRIDE % _CODES)
        return body + check_digit(body)

    def _seal_texts(self, weekly: Weekly, values: list[str]) -> dict[int, bytes]:
        """Vault rows first: events hold their commitments."""
        slots = weekly.pattern.slots.places
        subject, sealed = first_subject(values[0]), {}
        own = {place: old for (kind, old), place in slots.items() if kind == "id"}
        for line, fills in zip(weekly.lines, weekly.fills, strict=True):
            if line.table != "vault":
                continue
            text = next(fill(values) for _, how, fill in fills if how == "vault")
            row = self._vault.seal(text, subject_id=subject, vault_id=values[line.key])
            sealed[line.key] = row.sealed
            old = own[line.key]
            for kind, value in (("commitment", row.commitment), ("length", str(row.length))):
                if (kind, old) in slots:
                    values[slots[kind, old]] = value
        return sealed

    def _raw(self, body: str, raw_id: str, received: int) -> tuple[bytes | None, bytes | None]:
        if received < self._bodies_since:
            return None, None
        data = body.encode()
        head = json.dumps({"headers": {SIGNATURE: sign(self._secrets.portal, data)}, "query": ""}).encode()
        wrapped, sealed = self._zone.seal(len(head).to_bytes(4, "big") + head + data, binding=raw_id)
        return sealed, wrapped

    def _chain(self, weekly: Weekly, rows: Rows, case_id: str, bodies: Iterable[bytes]) -> None:
        hashes = chain.extend(chain.start(case_id), bodies)
        for row, digest in zip(rows["case_event"][-len(hashes) :], hashes, strict=True):
            row[-1] = digest
        rows["case"][-1][4] = hashes[-1]


class _Keys(SubjectKeys):
    """Keys of the subjects of one copy, made on first use and handed over at its end."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    def key(self, subject_id: str) -> bytes:
        """The key to seal under."""
        held = self.held.get(subject_id)
        if held is None:
            held = self.held[subject_id] = os.urandom(KEY_BYTES)
        return held
