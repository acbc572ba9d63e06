"""Mail: SMTP and LMTP in, a relay out. Import by full name only (`channels.email.adapter`)."""
