"""Finding facts in a message: each module reads one kind and tells where it stood."""
