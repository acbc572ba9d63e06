"""What the transport proved about a mail's sender, in words for staff: about the address, never about the person."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.contract.schema import Authenticity
from core.service.reading.views import SenderProof

_VERDICTS: Mapping[str, str] = MappingProxyType({"pass": "đạt", "fail": "không đạt", "none": "không có"})
_FAILED = "Thư này không chứng minh được là từ địa chỉ ghi trong thư"
_PROVED = "Thư này đúng là từ địa chỉ ghi trong thư"
_OPEN = "Chưa rõ thư này có đúng là từ địa chỉ ghi trong thư hay không"


def sender_proof(found: Authenticity | None) -> SenderProof | None:
    """
    SPF, DKIM and DMARC in one line; None where nobody checked (a chat, a mail whose checks we do not believe).

    Only a failed DMARC is a warning: mailing lists break SPF and DKIM of honest mails.
    """
    if found is None or {found.spf, found.dkim, found.dmarc} == {"none"}:
        return None
    verdicts = {"SPF": found.spf, "DKIM": found.dkim, "DMARC": found.dmarc}
    details = ", ".join(f"{name} {_VERDICTS[verdict]}" for name, verdict in verdicts.items())
    doubtful = found.dmarc == "fail"
    words = _FAILED if doubtful else _PROVED if found.verified else _OPEN
    return SenderProof(
        spf=found.spf, dkim=found.dkim, dmarc=found.dmarc, doubtful=doubtful, text=f"{words} ({details})."
    )
