"""What stands in the form, kept word for word so that a mistake costs nobody a second typing; and what crosses."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from channels.base import clean_text
from channels.web.adapter import CHANNEL
from core.contract.schema import Attachment, Consent, GeoPoint, Place, Reporter, ReportForm
from core.identity import phones

LONGEST_CONTENT = 8000
LONGEST_LINE = 300
NONE_REASON = "Người gửi cho biết không có"

_NUMBER = re.compile(r"-?\d{1,3}(?:[.,]\d{1,12})?")

TEXT_FIELDS = (
    "content",
    "place",
    "commune",
    "latitude",
    "longitude",
    "accuracy",
    "occurred",
    "category",
    "name",
    "phone",
    "email",
    "address",
    "identity",
)
"""Everything that is typed or chosen; the names of the inputs."""

PERSONAL = ("name", "phone", "email", "address", "identity")
MAY_LACK = ("name", "phone", "email", "address", "identity", "media", "time")
"""What a reporter may truly not have: a box beside the field says so (A-8)."""


@dataclass(frozen=True)
class Filled:
    """
    What stands in the form. `texts` as typed; `lacking`: fields declared none.

    `files`: stored already, under `contact_id` where the reporter has one beforehand.
    """

    texts: Mapping[str, str]
    lacking: frozenset[str] = frozenset()
    confidential: bool = False
    consent: bool = False
    files: tuple[Attachment, ...] = ()
    contact_id: str = ""

    def __getitem__(self, name: str) -> str:
        return self.texts.get(name, "")

    @property
    def point(self) -> GeoPoint | None:
        """The point, where both coordinates are numbers on the globe."""
        latitude, longitude = _number(self["latitude"]), _number(self["longitude"])
        if latitude is None or longitude is None or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            return None
        return GeoPoint(latitude=latitude, longitude=longitude, accuracy_m=_accuracy(self["accuracy"]))

    @property
    def personal(self) -> bool:
        """Whether anything in it tells who the reporter is."""
        return any(self[name].strip() for name in PERSONAL)


def read_fields(
    posted: Mapping[str, object], *, lackable: Collection[str] = MAY_LACK, files: tuple[Attachment, ...] = ()
) -> Filled:
    """
    What was typed, cleaned of control characters; parts that are no text count as empty.

    `lackable`: fields that the regulation lets a reporter lack.
    """
    return Filled(
        texts={name: _text(posted, name) for name in TEXT_FIELDS},
        lacking=frozenset(name for name in MAY_LACK if name in lackable and _text(posted, f"no_{name}")),
        confidential=bool(_text(posted, "confidential")),
        consent=bool(_text(posted, "consent")),
        files=files,
    )


def agreement(office: str) -> str:
    """What stands beside the box, and is kept with the report as it stood there (VN-4)."""
    return f"Tôi đồng ý để {office} dùng thông tin liên hệ tôi vừa ghi, chỉ để giải quyết phản ánh này"


def told_agreement(office: str) -> str:
    """What reception writes down for somebody who agreed by word of mouth."""
    return (
        f"Người phản ánh đã nói với cán bộ tiếp nhận là đồng ý để {office} dùng thông tin liên hệ vừa cho biết, "
        "chỉ để giải quyết phản ánh này"
    )


def agreed(filled: Filled, wording: str, *, now: datetime, channel: str = CHANNEL) -> Consent | None:
    """The consent where the box was ticked: to these words, for the fields that tell who they are."""
    if not filled.consent:
        return None
    covers = tuple(name for name in PERSONAL if filled[name].strip())
    return Consent.given(wording, covers=covers, channel=channel, at=now)


def to_form(
    filled: Filled,
    *,
    code: str,
    pin_hash: str,
    contact_id: str,
    place: Place | None = None,
    consent: Consent | None = None,
) -> ReportForm:
    """The form as it crosses into the inbox. Only for one without problems."""
    phone, email = phones.normalise(filled["phone"]), filled["email"].strip()
    return ReportForm(
        content=filled["content"],
        place=place or Place(text=filled["place"].strip(), point=filled.point),
        occurred=filled["occurred"].strip(),
        category_hint=filled["category"],
        reporter=Reporter(
            name=filled["name"].strip(),
            phones=(phone,) if phone else (),
            emails=(email.lower(),) if email else (),
            address=filled["address"].strip(),
            identity_number=re.sub(r"\D", "", filled["identity"]),
        ),
        confidential=filled.confidential,
        consent=consent,
        declared_none={name: NONE_REASON for name in sorted(filled.lacking) if not filled[_input(name)]},
        code=code,
        pin_hash=pin_hash,
        contact_id=contact_id,
    )


def _text(posted: Mapping[str, object], name: str) -> str:
    value = posted.get(name, "")
    return clean_text(value) if isinstance(value, str) else ""


def _input(field: str) -> str:
    return "occurred" if field == "time" else field


def _accuracy(written: str) -> float | None:
    return min(float(written), 100_000.0) if re.fullmatch(r"\d{1,7}(?:\.\d{1,6})?", written.strip()) else None


def _number(written: str) -> float | None:
    text = written.strip()
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None
