"""
The telephone network, played: three providers' HTTP interfaces, a message centre, and the phones behind all of them.

Speaks the providers' own protocols and imports nothing of the adapter, so the gateway's real code is what is tried.

| method | path | what |
|---|---|---|
| GET | /phones | each phone, with the characters that arrived, their alphabet, segments and fate |
| POST | /phones/{number}/say | a citizen writes: text, photo (base64), place (latitude, longitude), button (a number) |
| DELETE | /phones | forget all |
| GET, POST | /mood | how everybody behaves from now on |
"""

from channels.sms.sandbox.moods import Mood
from channels.sms.sandbox.network import Network, Secrets
from channels.sms.sandbox.phones import Shown
from channels.sms.sandbox.service import SmsSandbox

__all__ = ["Mood", "Network", "Secrets", "Shown", "SmsSandbox"]
