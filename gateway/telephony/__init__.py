"""The hotline's process, and what stands between it and the web side: calls survive the restart of either."""
