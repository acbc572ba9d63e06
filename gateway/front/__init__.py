"""What stands before aiohttp: webhooks of the plainest kind are taken at the socket, all else is passed on."""
