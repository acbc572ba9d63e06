"""The people who answer: their sound, their commands, and the floor's wishes carried out on real calls."""
