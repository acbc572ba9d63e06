"""
Zalo, played: the token server, the official account's interface and the citizens' phones, in one small server.

It speaks the provider's protocol by itself and imports nothing of the adapter that it tries.
"""

from channels.zalo.sandbox.moods import Mood
from channels.zalo.sandbox.phones import Phone, Shown
from channels.zalo.sandbox.server import ZaloSandbox
from channels.zalo.sandbox.state import Account

__all__ = ["Account", "Mood", "Phone", "Shown", "ZaloSandbox"]
