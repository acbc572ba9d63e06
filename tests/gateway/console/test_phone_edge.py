"""An agent's browser behind a real rtpengine: it meets Chromium's ICE, DTLS and SRTP, and only plain RTP is ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.call_center.webrtc.inside import MediaPlace
from tests.gateway.console.office import Office
from tests.gateway.console.telephones import hears, phone_page, sit_down, telephony
from tests.support.chromium import until
from tests.support.servers.rtpengine import RtpengineServer
from tests.support.sounding import AGENT_HERTZ, CALLER_HERTZ, LISTEN, MUSIC_HERTZ, loud, quiet
from tests.support.waiting import until as until_true

LATE_LINE = """
window.WebSocket = class extends WebSocket {
  constructor(...given) { super(...given); this.asked = new Promise((tell) => (this.tell = tell)); }
  get readyState() { this.tell(); return this.late ? super.readyState : WebSocket.CONNECTING; }
  addEventListener(kind, hear) {
    const later = (event) => this.asked.then(() => { this.late = true; hear(event); });
    super.addEventListener(kind, kind === "open" ? later : hear);
  }
};
"""
"""The line to us is not open before the page has tried to say something: its microphone was quicker."""

pytestmark = pytest.mark.timeout(300)


async def test_a_call_is_heard_both_ways_through_rtpengine(office: Office, tmp_path: Path) -> None:
    """And after a reload of the page, which is another browser to it; what the old one held is let go."""
    with RtpengineServer.start() as edge:
        place = MediaPlace("127.0.0.1", rtpengine=edge.control)
        async with telephony(office, place) as running, phone_page(office, tmp_path) as page:
            await sit_down(page)
            caller, _served = await running.ring()
            await page.click('[data-do="take"]')
            await page.evaluate(LISTEN)
            await until(page, f"{loud(CALLER_HERTZ)} && {quiet(AGENT_HERTZ)}")
            await until_true(lambda: hears(caller, AGENT_HERTZ), "the agent is heard")
            (seat,) = running.desk.seats.values()
            assert type(seat._sound.peer).__name__ == "RtpenginePeer"
            await page.keyboard.press("h")
            await until_true(lambda: hears(caller, MUSIC_HERTZ), "music while held")
            await page.keyboard.press("h")
            page.on("dialog", lambda dialog: dialog.accept())
            await page.add_init_script(LATE_LINE)
            await page.reload()
            await page.wait_for_selector("[data-talking]:not([hidden])")
            caller.phone.heard.clear()
            await until_true(lambda: hears(caller, AGENT_HERTZ), "the agent is heard again")
