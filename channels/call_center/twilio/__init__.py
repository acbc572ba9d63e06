"""Calls over Twilio: one more trunk, whose sound comes over a websocket (Media Streams)."""
