"""Programs of the repository itself: set-up, and what it calls."""
