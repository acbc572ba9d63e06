"""Keeping secrets: keys per subject, sealing, keyed look-up, chain, masking, media, erasure. No HTTP, no SQL."""
