"""Where everything is kept. One seam: the driver."""

from storage.alone import alone
from storage.store import SqlStore, open_store

__all__ = ["SqlStore", "alone", "open_store"]
