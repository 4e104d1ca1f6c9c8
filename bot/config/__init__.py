"""config.yaml, .env and the environment made into one frozen value."""

from bot.config.reading import bucket_keys, load_settings
from bot.config.settings import Settings
from bot.config.world import world_of

__all__ = ["Settings", "bucket_keys", "load_settings", "world_of"]
