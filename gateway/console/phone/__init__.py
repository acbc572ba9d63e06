"""The telephone on the agents' page: the page, its websocket, and the link to the telephony process."""
