"""
django-helpdesk as somebody would run it in production, to compare with; it lives in an environment of its own.

`settings`, `urls` and `seed` run there, never in ours. What could slow it and is not needed is off: sessions, templates
of pages, the browsable API, debug, logs, mail; connections to the database stay open.
"""
