"""Settings: read once at start from `langnghe.toml`, the environment and secret files; wrong ones stop the start."""

from gateway.settings.load import load_settings
from gateway.settings.model import Settings

__all__ = ["Settings", "load_settings"]
