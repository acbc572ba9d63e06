"""What callers hear and may press, as data; and what follows from it, step by step, without I/O."""
