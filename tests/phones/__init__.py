"""Telephones that others have made: they call the hotline and are called by it, and each side hears the other."""
