"""What the telephony process tells of itself, each second, to whoever watches."""

from __future__ import annotations

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
        listening: where calls arrive, "host:port"; empty while the address cannot be had.
        late_ms: how late the clock of the sound is (p99 of the last seconds).
        waiting: calls in the spool that were not handed over yet, the oldest ended so many seconds ago.
        cut: recordings since the start that the disk did not take whole.
        unkept: calls refused since the start because the spool took no record.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    pid: int
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
        if not self.listening:
            return Health(ok=False, detail="Tổng đài chưa nhận được cuộc gọi: cổng SIP đang bị chương trình khác dùng.")
        down = [line for line in self.lines if line.state == "down"]
        if down:
            told = "; ".join(f"{line.name}: {line.problem or 'không kết nối được'}" for line in down)
            return Health(ok=False, detail=f"Trung kế có sự cố: {told}.")
        return Health(ok=True, detail=f"Tổng đài sẵn sàng, {self.calls} cuộc gọi đang diễn ra.")
