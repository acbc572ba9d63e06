"""What the door says when it stays shut; the middleware turns each into its status."""

from __future__ import annotations

from datetime import timedelta

from core.contract.errors import GatewayError
from core.identity.lockout import wait_in_words


class NotSignedIn(GatewayError):
    """Nobody is signed in, or no longer: 401; a browser is led to the sign-in page."""

    code = "not_signed_in"
    vi = "Quý vị chưa đăng nhập hoặc phiên làm việc đã hết hạn. Vui lòng đăng nhập lại."


class NotAllowed(GatewayError):
    """Signed in, and without the role this needs: 403."""

    code = "not_allowed"
    vi = "Tài khoản của quý vị không có quyền thực hiện việc này."


class CsrfRefused(GatewayError):
    """The form did not come from a page of ours, or from one that is too old: 403."""

    code = "csrf_refused"
    vi = "Trang đã mở quá lâu hoặc yêu cầu không đến từ trang này. Vui lòng tải lại trang rồi gửi lại."


class TooManyAttempts(GatewayError):
    """Too many wrong tries: 429 until `wait` is over. Says the same whether or not the account exists."""

    code = "too_many_attempts"

    def __init__(self, wait: timedelta) -> None:
        super().__init__("too many attempts")
        self.wait = wait
        self.vi = wait_in_words(wait)
