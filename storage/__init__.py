"""Where everything is kept. One seam: the driver."""

from storage.store import SqlStore, open_store

__all__ = ["SqlStore", "open_store"]
