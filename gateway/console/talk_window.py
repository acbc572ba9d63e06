"""What a channel lets us do with an answer, shown before anybody types: its window, its quota, an opt-out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from channels.call_center.facts import CHANNEL as CALLS
from core.contract.ports import Reach, Reaches
from core.notify.router import Route, is_shut, is_thin
from core.service.reading.views import ConversationView
from core.storage import conversations, standings
from core.storage.database import Connection
from gateway.deployment import Deployment
from gateway.pages.formats import ago, local_time, span
from gateway.quotas import quotas_of


@dataclass(frozen=True)
class Notice:
    """One sentence, and how bad it is: info, warn, danger."""

    text: str
    tone: str = "info"


@dataclass(frozen=True)
class _Known:
    last_heard: datetime | None
    shut_since: datetime | None


async def notices_of(deployment: Deployment, view: ConversationView) -> list[Notice]:
    """Everything worth knowing before an answer is written; nothing where nothing stands in its way."""
    known = await deployment.database.read(partial(_read, talk=view.id))
    found, now, label = list[Notice](), deployment.now(), view.channel.label
    if view.channel.id not in deployment.channels:
        found.append(Notice(f"Kênh {label} đang tắt: chưa gửi được gì qua kênh này.", "danger"))
    if is_shut(known.shut_since, known.last_heard):
        found.append(Notice(f"Người dân không nhận tin qua {label} nữa; tin sẽ đi cách khác nếu có.", "danger"))
    if is_call(view):
        found.append(_after_call(await deployment.intake.routing.instead(view.id, coded=bool(view.cases))))
    channel: object = deployment.channels.get(view.channel.id)
    found += window_of(tuple(channel.reaches) if isinstance(channel, Reaches) else (), known.last_heard, now)
    return found + await _quota(deployment, view)


def is_call(view: ConversationView) -> bool:
    """Whether somebody telephoned: what is written here cannot go out where they spoke."""
    return view.channel.id == CALLS


def _after_call(route: Route) -> Notice:
    if not route.ways:
        return Notice("Cuộc gọi đã kết thúc, chưa có cách gửi tin cho người này: vui lòng gọi lại.", "danger")
    first = route.ways[0]
    if is_thin(first):
        return Notice(f"Cuộc gọi đã kết thúc: {first.reach.label} chỉ báo có tin mới, người dân đọc bằng mã và mã PIN.")
    return Notice(f"Cuộc gọi đã kết thúc: trả lời sẽ đi qua {first.reach.label}.")


def _read(connection: Connection, talk: str) -> _Known:
    row = conversations.load(connection, talk)
    here = standings.at_addresses(connection, [row.address_blind])
    shut = [one.at for one in here if (one.channel, one.account) == (row.channel, row.account) and not one.reachable]
    return _Known(row.last_inbound_at, max(shut, default=None))


def window_of(reaches: Sequence[Reach], last_heard: datetime | None, now: datetime) -> list[Notice]:
    """Until when a channel takes free words after the person's own, or what happens to an answer once it is closed."""
    chat = next((one for one in reaches if one.window is not None), None)
    if chat is None or chat.window is None:
        return []
    others = [one for one in reaches if one.only_templates]
    if last_heard is None or now - last_heard > chat.window:
        closed = ago(last_heard + chat.window, now) if last_heard else "từ trước"
        return [Notice(f"{chat.label} không còn cho nhắn tự do (đã đóng {closed}). {_instead(others)}", "warn")]
    end = last_heard + chat.window
    return [Notice(f"{chat.label} còn cho nhắn tự do {span(end - now)}, đến {local_time(end)}.")]


def _instead(others: list[Reach]) -> str:
    ways = ", ".join(one.label for one in others)
    return f"Tin sẽ được thử gửi cách khác: {ways}, SMS hoặc thư." if ways else "Tin sẽ được thử gửi qua SMS hoặc thư."


async def _quota(deployment: Deployment, view: ConversationView) -> list[Notice]:
    quota = next((one for one in await quotas_of(deployment) if one.channel == view.channel.id), None)
    if quota is None:
        return []
    left = max(0, quota.per_day - quota.spent)
    text = f"Hạn mức hôm nay của {view.channel.label}: còn {left} trên {quota.per_day} tin."
    return [Notice(text, "danger" if not left else "info")]
