"""One list of everything that waits for somebody: cases, conversations, calls; by role, by person, by channel."""
