"""
Twilio's side of telephone calls, played: documents are carried out, streams opened, messages recorded, callbacks sent.

Speaks Twilio's own protocols and imports nothing of the adapter, so the gateway's real code is what is tried.

| method | path | what |
|---|---|---|
| POST | /2010-04-01/Accounts/{account}/Calls.json | ring somebody |
| GET, POST | …/Calls/{sid}.json | how far a call is; end it, or let it go on by another document |
| GET, DELETE | …/Recordings/{sid}.wav, .json | a message that was left |
"""

from channels.call_center.sandbox.phone import Phone
from channels.call_center.sandbox.service import VoiceSandbox
from channels.call_center.sandbox.world import Answer, World, ulaw

__all__ = ["Answer", "Phone", "VoiceSandbox", "World", "ulaw"]
