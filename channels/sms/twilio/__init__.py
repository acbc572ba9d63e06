"""Twilio: for foreign numbers, and for tests of everything that a full SMS service can do."""
