"""
The trial ground: every provider's side played on this machine, for whoever wants to be the citizen without an account.

`langnghe serve` in demo mode starts it as a process of its own; nothing of it is ever loaded in production.
"""
