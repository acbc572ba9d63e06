"""
The real gateway as `bench.gateway` runs it, with another channel: a citizens' app that posts signed JSON.

An app's report is read at once, where a chat waits three seconds for what its writer may add: what is measured is work,
not waiting. Web and worker in one process, production mode, the product's own settings.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from bench.gateway import parser, serve, settings_for
from core.contract.ports import ItemKey, RawDelivery, SendResult
from core.contract.schema import InboundMessage, MessageKind, OutboundMessage, Parsed, ReportForm
from core.service import regulation
from gateway import registry
from gateway.workers import crew
from tests.support.hooked import HookedTestChannel

APP = "citizens_app"


@dataclass
class BenchChannel(HookedTestChannel):
    """The citizens' app; what is sent to it goes nowhere and costs nothing."""

    name: str = APP
    hook: str = f"{APP}/{{account}}"

    def parse(self, delivery: RawDelivery, item: ItemKey) -> Sequence[Parsed]:
        """A message may bring a `form` that was filled in."""
        (message,), form = super().parse(delivery, item), json.loads(delivery.body)["events"][0].get("form")
        if form is None or not isinstance(message, InboundMessage):
            return [message]
        return [message.model_copy(update={"kind": MessageKind.FORM, "form": ReportForm.model_validate(form)})]

    async def send(self, message: OutboundMessage) -> SendResult:
        """Taken at once, as by a provider that answers in no time."""
        return SendResult(f"sent-{message.id}")


def leave_unsent() -> None:
    """The outbox fills and nobody empties it: what receiving alone costs."""
    crew._sendings = lambda *_: iter(())


def main() -> None:
    """Serve until the parent has enough."""
    told = parser()
    told.add_argument("--log-level", default="info")
    told.add_argument("--no-sender", action="store_true")
    given = told.parse_args()
    settings = settings_for(given.data, database_url=given.database_url, roles=("web", "worker"), key=given.key)
    settings = settings.model_copy(update={"logs": settings.logs.model_copy(update={"level": given.log_level})})
    regulation._TRAITS[APP] = regulation._TRAITS["app"]
    registry.CHANNELS[APP] = lambda *_: BenchChannel()
    if given.no_sender:
        leave_unsent()
    serve(settings)


if __name__ == "__main__":
    main()
