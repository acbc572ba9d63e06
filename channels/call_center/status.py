"""What a telephony process tells of itself, each second, to whoever watches."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pydantic import BaseModel, ConfigDict

from core.contract.ports import Health


class Line(BaseModel):
    """A trunk: "up", "down" or "idle"; `problem` is for staff, in Vietnamese."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    state: str
    calls: int = 0
    problem: str = ""


class TelephonyStatus(BaseModel):
    """
    The process at one moment.

    Args:
        node: which one, from 1 on. `silent`: those that say nothing, where several are taken together.
        listening: where calls arrive, "host:port"; empty while the address cannot be had.
        draining: it takes no more calls.
        late_ms: how late the clock of the sound is (p99 of the last seconds).
        waiting: calls in the spool that were not handed over yet, the oldest ended so many seconds ago.
        cut: recordings since the start that the disk did not take whole.
        unkept: calls refused since the start because the spool took no record.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    pid: int
    node: int = 1
    silent: tuple[int, ...] = ()
    draining: bool = False
    listening: str = ""
    calls: int = 0
    late_ms: float = 0.0
    waiting: int = 0
    oldest_waiting_s: float = 0.0
    unkept: int = 0
    cut: int = 0
    placeholders: int = 0
    lines: tuple[Line, ...] = ()

    def health(self) -> Health:
        """For staff, in one sentence."""
        if self.silent:
            away = ", ".join(map(str, self.silent))
            return Health(ok=False, detail=f"Tiến trình tổng đài số {away} không trả lời; tiến trình khác nhận thay.")
        if not self.listening:
            return Health(ok=False, detail="Tổng đài chưa nhận được cuộc gọi: cổng SIP đang bị chương trình khác dùng.")
        down = [line for line in self.lines if line.state == "down"]
        if down:
            told = "; ".join(f"{line.name}: {line.problem or 'không kết nối được'}" for line in down)
            return Health(ok=False, detail=f"Trung kế có sự cố: {told}.")
        return Health(ok=True, detail=f"Tổng đài sẵn sàng, {self.calls} cuộc gọi đang diễn ra.")


def together(told: Mapping[int, TelephonyStatus], nodes: Collection[int]) -> TelephonyStatus:
    """
    Several processes as one: calls and losses add up, what is late is the latest.

    Args:
        told: by each that spoke, at least one. `nodes`: those that should speak. Where one of them is silent, or
            listens nowhere, `listening` is empty: callers whom the proxy sends there are not heard.
    """
    every = [told[node] for node in sorted(told)]
    silent = tuple(sorted(set(nodes) - set(told)))
    if len(every) == 1 and not silent:
        return every[0]
    deaf = silent or any(not one.listening for one in every)
    return TelephonyStatus(
        pid=every[0].pid,
        silent=silent,
        draining=all(one.draining for one in every),
        listening="" if deaf else ", ".join(one.listening for one in every),
        calls=sum(one.calls for one in every),
        late_ms=max(one.late_ms for one in every),
        waiting=sum(one.waiting for one in every),
        oldest_waiting_s=max(one.oldest_waiting_s for one in every),
        unkept=sum(one.unkept for one in every),
        cut=sum(one.cut for one in every),
        placeholders=max(one.placeholders for one in every),
        lines=tuple(line for one in every for line in one.lines),
    )
