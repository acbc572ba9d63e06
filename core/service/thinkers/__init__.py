"""Processes that think out what the dialogue says, beside the one that listens, stores and answers (ADR 0018)."""
