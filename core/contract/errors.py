"""
Everything that can go wrong on purpose.

GatewayError
├── InboundError          SignatureInvalid → 401 · PayloadInvalid → quarantine · PayloadTooLarge → 413
├── SendError             .retryable  .ours  .provider_code
│   ├── TemporarySendError   ConnectionFailed · Throttled(retry_after) · NotAnswered(pauses)
│   ├── OutcomeUnknown
│   └── PermanentSendError   ChannelMisconfigured (NotLetIn, NeedsReauth) · MessageInvalid · RecipientUnreachable
│                            · RecipientOptedOut · WindowClosed · QuotaSpent · ProviderRefused
├── IntakeUnavailable     neither database nor journal could take it → 503
├── ThinkingFailed        a process that thinks ended at this message → again later, then quarantine
├── CaseError             NotFound → 404 · VersionConflict → 409
└── ConfigError           at start only: which key, what is wrong, an example

Each class has a stable `code` for machines and a Vietnamese sentence (`vi`) for staff and citizens. What a regulation
refuses is a value (`core.cases.Refusal`), not an exception. Borders translate once: a channel's `client` on the way
in, the gateway's middleware on the way out.
"""

from __future__ import annotations


class GatewayError(Exception):
    """Root of our own errors; `code` is stable, `vi` is what a person reads."""

    code = "gateway_error"
    vi = "Hệ thống gặp lỗi. Vui lòng thử lại sau ít phút."


class InboundError(GatewayError):
    """Something that came in cannot be taken as it is."""

    code = "inbound_error"


class SignatureInvalid(InboundError):
    """The sender is not proved: refused (401), counted, not stored."""

    code = "signature_invalid"
    vi = "Không xác thực được nguồn gửi."


class PayloadInvalid(InboundError):
    """Verified but unreadable: kept in quarantine for a person and for `langnghe replay`."""

    code = "payload_invalid"
    vi = "Không đọc được nội dung gửi đến; bản gốc đã được giữ lại để xử lý."


class PayloadTooLarge(InboundError):
    """Over the channel's size limit (413)."""

    code = "payload_too_large"
    vi = "Nội dung gửi quá lớn. Vui lòng giảm dung lượng tệp và gửi lại."


class IntakeUnavailable(GatewayError):
    """Neither the database nor the local journal could store it: 503, so that the sender tries again."""

    code = "intake_unavailable"
    vi = "Hệ thống tạm thời chưa nhận được. Vui lòng gửi lại sau ít phút."


class SendError(GatewayError):
    """A message did not go out. `retryable`: may we try again? `ours`: is it our fault, to be logged as error?"""

    code = "send_error"
    retryable = False
    ours = False

    def __init__(self, message: str = "", *, provider_code: str = "") -> None:
        super().__init__(message)
        self.provider_code = provider_code


class TemporarySendError(SendError):
    """Try again later."""

    code = "temporary"
    retryable = True


class ConnectionFailed(TemporarySendError):
    """The request did not leave us: safe to repeat."""

    code = "connection_failed"


class Throttled(TemporarySendError):
    """The provider asks us to wait `retry_after` seconds."""

    code = "throttled"

    def __init__(self, message: str = "", *, retry_after: float, provider_code: str = "") -> None:
        super().__init__(message, provider_code=provider_code)
        self.retry_after = retry_after


class NotAnswered(TemporarySendError):
    """
    A telephone rang in vain.

    It is tried again after each of `pauses` (seconds), and then no more: nobody is to be pestered.
    """

    code = "not_answered"

    def __init__(self, message: str = "", *, pauses: tuple[float, ...]) -> None:
        super().__init__(message)
        self.pauses = pauses


class OutcomeUnknown(SendError):
    """The request left and no answer came: never resent blindly; reconciled by receipt or by a person."""

    code = "outcome_unknown"


class PermanentSendError(SendError):
    """Repeating it will not help."""

    code = "permanent"


class ChannelMisconfigured(PermanentSendError):
    """Our credential or setting is wrong."""

    code = "channel_misconfigured"
    ours = True


class NotLetIn(ChannelMisconfigured):
    """The provider knows us not, or no more, whatever we bring: messages wait until a person has helped."""

    code = "not_let_in"


class NeedsReauth(NotLetIn):
    """The provider no longer knows our token, and only a person can connect us again."""

    code = "needs_reauth"


NOT_LET_IN = frozenset({NotLetIn.code, NeedsReauth.code})
"""Codes of these: nothing is wrong with the message, or with its reader."""


class MessageInvalid(PermanentSendError):
    """The provider does not take this content."""

    code = "message_invalid"
    ours = True


class FileElsewhere(MessageInvalid):
    """A file lies where its provider keeps none; we do not go there for it."""

    code = "file_elsewhere"


class RecipientUnreachable(PermanentSendError):
    """The address does not exist or no longer takes messages."""

    code = "recipient_unreachable"


class CallOver(RecipientUnreachable):
    """They only telephoned, and the call is over: nothing can be said in it any more."""

    code = "call_over"


class RecipientOptedOut(PermanentSendError):
    """The person does not want messages here."""

    code = "recipient_opted_out"


class WindowClosed(PermanentSendError):
    """The provider lets us write only for a while after the citizen's own words, and that while is over."""

    code = "window_closed"


class QuotaSpent(PermanentSendError):
    """What we may send this way, today or this month, is used up."""

    code = "quota_spent"


class ProviderRefused(PermanentSendError):
    """A provider code nobody has met yet."""

    code = "provider_refused"


class ThinkingFailed(GatewayError):
    """A process that thinks died over this message, or came to no end with it."""

    code = "thinking_failed"


class CaseError(GatewayError):
    """A request about a case that cannot be met for a reason outside its regulation."""

    code = "case_error"


class NotFound(CaseError):
    """No such report, case or conversation, or none that this person may see."""

    code = "not_found"
    vi = "Không tìm thấy hồ sơ."


class VersionConflict(CaseError):
    """Somebody changed the case first: read it again and repeat."""

    code = "version_conflict"
    vi = "Hồ sơ vừa được người khác cập nhật. Vui lòng tải lại rồi thực hiện lại."


class ConfigError(GatewayError):
    """A setting is wrong: the process does not start. Says which key, what is wrong, and an example."""

    code = "config_error"

    def __init__(self, key: str, problem: str, *, example: str = "") -> None:
        super().__init__(f"{key}: {problem}" + (f" (example: {example})" if example else ""))
        self.key, self.problem, self.example = key, problem, example
