"""Whom to tell what: notices planned from events and the pack, letters rendered from templates, channels chosen."""
