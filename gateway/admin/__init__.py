"""
Upkeep while the gateway runs: actions for operators, over a local socket that only the gateway's own user may open.

On SQLite one process holds the database, so the command line asks that process; where none runs, the same actions are
carried out by the command line itself.
"""

from gateway.admin.server import AdminServer, serving_admin, start_admin

__all__ = ["AdminServer", "serving_admin", "start_admin"]
