"""What a message wants of the dialogue, beside telling facts: each module knows one kind of signal."""
