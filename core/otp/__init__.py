"""One-time passwords: issue, check, limit. Pure: time, key and chance come in as arguments."""
