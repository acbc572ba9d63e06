"""From webhook to opened case: drivers, the gateway in a process of its own, and the peer it stands beside."""
