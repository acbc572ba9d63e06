"""
Use cases: what a message, a command, a clock or an erasure does, from the stored state to the next.

Each reads, thinks (the pure core; sealing and opening in a thread where keys must be fetched), then writes everything
in one transaction.
"""
