"""
The public pages: send, follow, read, rate. No account, no script needed, nothing loaded from elsewhere.

`setup_portal(app)` mounts them; the application holds the deployment and the pages' common ground already.
"""

from gateway.portal.setup import setup_portal

__all__ = ["setup_portal"]
