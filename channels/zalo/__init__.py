"""Zalo Official Account: citizens write to the office's account, and are answered there."""
