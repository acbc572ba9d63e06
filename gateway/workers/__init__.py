"""Loops beside the web side: what came in, what must go out, what is due, what waits in the journal."""
