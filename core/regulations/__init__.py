"""Regulations as data: the pack language (`model`), its loader, and the packs, one folder a province."""
