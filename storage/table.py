"""What every family of tables stands on."""

from storage.driver import Statements


class Table:
    """Reads on one family of tables, inside one transaction."""

    def __init__(self, db: Statements) -> None:
        self._db = db
