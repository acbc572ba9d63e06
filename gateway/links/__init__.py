"""Other systems: what they are told on its way out, and how they prove who they are on theirs in."""
