"""The head office's database as one thing: opened, asked, written through the committer, closed."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from center.store.committer import Committer, Unit
from center.store.engine import open_reader, open_writer
from center.store.errors import StoreBusy, StoreFailed
from center.store.migrate import migrate

T = TypeVar("T")

WRITE_TIMEOUT_S = 10.0
"""How long a caller waits for its unit of work."""
CLOSE_TIMEOUT_S = 30.0


class Units(Protocol):
    """Where units of work are done: what those who write need of a `Store`."""

    def write(self, unit: Unit[T], timeout_s: float = WRITE_TIMEOUT_S) -> T:
        """See `Store.write`."""

    def read(self, question: Callable[[Connection], T]) -> T:
        """See `Store.read`."""


class Store:
    """Safe from every thread. Opening it migrates the tables."""

    def __init__(self, dsn: str) -> None:
        """Open ``dsn``, for example ``sqlite:////var/lib/vending/center.db``; its folder exists.

        Raises StoreFailed when the database cannot be used.
        """
        self._writer = open_writer(dsn)
        self.reader: Engine = open_reader(dsn)
        """For questions that are part of something larger; prefer `read`."""
        try:
            migrate(self._writer)
        except (DBAPIError, StoreFailed) as error:
            self._dispose()
            raise StoreFailed(f"the database cannot be opened: {error}") from error
        self.committer = Committer(self._writer)

    def write(self, unit: Unit[T], timeout_s: float = WRITE_TIMEOUT_S) -> T:
        """Run ``unit`` in the writer and return its result once that is durable.

        Raises what the unit raises (it then had no effect), StoreBusy, StoreClosed, StoreFailed or
        OutcomeUnknown.
        """
        return self.committer.submit(unit, timeout_s)

    def read(self, question: Callable[[Connection], T]) -> T:
        """Run ``question`` on one consistent moment of the database, in the caller's thread.

        Raises StoreBusy or StoreFailed.
        """
        try:
            with self.reader.begin() as connection:
                return question(connection)
        except PoolTimeoutError as error:
            raise StoreBusy("too many questions at once") from error
        except DBAPIError as error:
            raise StoreFailed(f"the database refused: {type(error).__name__}") from error

    def close(self) -> None:
        """Finish what waits and close. Raises StoreFailed when that takes too long."""
        try:
            self.committer.close(CLOSE_TIMEOUT_S)
        finally:
            self._dispose()

    def _dispose(self) -> None:
        self._writer.dispose()
        self.reader.dispose()
