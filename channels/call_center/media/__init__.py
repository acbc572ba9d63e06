"""The sound of calls: one clock, a socket for each leg, prompts encoded beforehand, recordings that survive a crash."""
