"""Suggestions from what a deployment's own desk decided: the sorters in use, their making, and how good they are."""
