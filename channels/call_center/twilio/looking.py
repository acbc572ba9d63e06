"""Whether Twilio takes our key and the account is active: looked at now and then, told to staff."""

from __future__ import annotations

import asyncio

from channels.call_center.twilio.client import VoiceClient
from core.contract.errors import SendError

LOOK_S = 60.0
_BAD = "Twilio không chấp nhận tài khoản hoặc khóa truy cập."
_AWAY = "Không kết nối được với Twilio."


class Looking:
    """Looks from `start` to `stop`. `problem` is for staff, in Vietnamese; empty: none."""

    def __init__(self, client: VoiceClient) -> None:
        self._client = client
        self._task: asyncio.Task[None] | None = None
        self.problem = ""

    def start(self) -> None:
        """Look at once, and again each minute."""
        self._task = asyncio.create_task(self._keep_looking())

    def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()

    async def _keep_looking(self) -> None:
        while True:
            try:
                self.problem = "" if await self._client.account_status() == "active" else _BAD
            except SendError:
                self.problem = _AWAY
            await asyncio.sleep(LOOK_S)
