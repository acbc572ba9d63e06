"""`/console/nhat-ky`: who looked at what, who did what, and whether the archive still says what was written."""
