"""What leaves: how many a second, never more than a provider takes, after a restart, beside a provider that is sick."""
