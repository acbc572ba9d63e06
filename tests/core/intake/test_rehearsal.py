"""What is learned once is learned before anybody comes."""

from __future__ import annotations

import json
import subprocess
import sys

COUNT = """
import json, re
from core.intake.dialogue import Dialogue, step
from core.intake.happenings import MessageArrived, TimerFired, TimerKind
from core.intake.rehearsal import rehearse
from tests.core.intake.harness import at, message, rules

compiled, compile_ = [], re.compile
re.compile = lambda *given, **more: compiled.append(given) or compile_(*given, **more)
rehearse(rules("hue"), at(0))
learned = len(compiled)
said = {"t": 0, "text": "Đèn đường trước số 5 đường Lê Lợi hỏng ba hôm nay, mong sớm sửa chữa. Xin cảm ơn"}
arrived = step(Dialogue(channel="sms"), MessageArrived(message("sms", 1, said)), rules=rules("hue"), now=at(1))
step(arrived.state, TimerFired(TimerKind.BURST), rules=rules("hue"), now=at(60))
print(json.dumps([learned, len(compiled) - learned]))
"""


def test_after_it_an_ordinary_report_teaches_hardly_anything_new() -> None:
    """Counted in patterns compiled, in a process that has read nothing before."""
    said = subprocess.run([sys.executable, "-c", COUNT], check=True, capture_output=True, text=True).stdout
    learned, late = json.loads(said)

    assert learned > 50
    assert late < learned / 20
