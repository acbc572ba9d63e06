"""What is sealed of a request, how it is read, and what its person is told at each move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from pydantic import Field

from core.clock import local
from core.contract.schema import Model
from core.storage.restrictions import Restriction
from core.subjects.request import Request, State
from core.subjects.rights import load_rights

CORRECTABLE: Mapping[str, str] = MappingProxyType(
    {"name": "Họ và tên", "phone": "Số điện thoại", "email": "Thư điện tử", "address": "Địa chỉ"}
)
"""What may be put right about who somebody is, and how it is called."""


class Asked(Model):
    """What the person wrote or said; `corrections`: field → how it should be."""

    text: str = ""
    corrections: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One move as it is read: `note` is empty where there is none, or its person was erased."""

    at: datetime
    actor: str
    move: str
    note: str


@dataclass(frozen=True)
class Dossier:
    """Everything about one request; `held`: what it holds back, or held."""

    request: Request
    code: str
    asked: Asked
    steps: tuple[Step, ...]
    talk_id: str = ""
    held: Restriction | None = None


class Note(Model):
    """Why a move was made, or what the person was told."""

    text: str = ""


def told(request: Request) -> str:
    """What the person is told where the request now stands; staff may word it themselves."""
    rights = load_rights()
    right = rights.rights[request.right].label.lower()
    since = f"yêu cầu {right} của Quý vị ngày {_day(request.received_at)}"
    if request.state is State.REFUSED:
        ground = rights.grounds[request.ground]
        return (
            f"Chúng tôi không thực hiện được {since}. Căn cứ: {ground.label} ({ground.basis}). Quý vị có quyền khiếu "
            "nại theo quy định của pháp luật."
        )
    if request.state is State.FINISHED:
        return f"Chúng tôi đã thực hiện xong {since}."
    if request.state is State.TAKEN_BACK:
        return f"Theo mong muốn của Quý vị, {since} đã được rút."
    if request.extended_at is not None:
        return f"Chúng tôi cần thêm thời gian để thực hiện {since}. Thời hạn mới: {_last_day(request.finish_due)}."
    return f"Chúng tôi đã nhận {since} và sẽ thực hiện xong chậm nhất ngày {_last_day(request.finish_due)}."


def _day(moment: datetime) -> str:
    return f"{local(moment):%d/%m/%Y}"


def _last_day(due: datetime) -> str:
    """24:00 of a day is written as that day."""
    at = local(due)
    return _day(due.fromtimestamp(due.timestamp() - 1, tz=at.tzinfo))
