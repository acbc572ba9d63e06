"""Where forms that were not sent yet wait, over one deployment."""

from __future__ import annotations

from datetime import timedelta

from core.service.kept_forms import KeptForms
from gateway.deployment import Deployment

KEPT_TIME = timedelta(hours=24)
"""How long a form that was not sent is kept, with its files."""


def kept_forms_of(deployment: Deployment) -> KeptForms:
    """The forms of a deployment that wait for a one-time password, or for the end of a call."""
    return KeptForms(deployment.database, safe=deployment.safe, now=deployment.now, longest=KEPT_TIME)
