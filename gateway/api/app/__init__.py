"""`/api/v1/app/…`: the door of the province's own apps (TG-4.3, LS-6.2, QB-III.1a, HUE-C): send, follow, be rung."""
