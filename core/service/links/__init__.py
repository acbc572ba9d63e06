"""Links to other systems: who is told what of which case, and by which secret both sides know each other."""
