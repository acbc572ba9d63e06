"""
Use cases: what a message, a command, a clock or an erasure does, from the stored state to the next.

Each reads, thinks in a thread (pure core, sealing and opening), then writes everything in one transaction.
"""
