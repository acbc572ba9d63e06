"""The leg of a browser: agents and citizens who call from a page. aiortc negotiates, our own path carries the sound."""
