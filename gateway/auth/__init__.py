"""
Who of the staff is asking: sign-in with password and second factor, sessions, CSRF tokens, API tokens.

Handlers need three things: `current_staff(request)`, `staff_of(request)` and the decorator `require_staff(*roles)`.
"""

from gateway.auth.csrf import csrf_token
from gateway.auth.errors import CsrfRefused, NotAllowed, NotSignedIn, TooManyAttempts
from gateway.auth.setup import setup_auth
from gateway.auth.staff import Staff, current_staff, require_staff, staff_of

__all__ = [
    "CsrfRefused",
    "NotAllowed",
    "NotSignedIn",
    "Staff",
    "TooManyAttempts",
    "csrf_token",
    "current_staff",
    "require_staff",
    "setup_auth",
    "staff_of",
]
