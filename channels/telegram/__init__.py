"""The Telegram bot: one folder, one provider."""
