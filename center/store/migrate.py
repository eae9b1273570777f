"""Bring a database's tables up to date, at every start, before anything else touches it."""

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text

from center.store.errors import StoreFailed

_ADVISORY_LOCK = 7_021_963
"""Any number that nothing else in the database uses: two processes must not migrate at once."""


def migrate(engine: Engine) -> None:
    """Run the steps that ``engine``'s database lacks, all of them or none.

    Raises StoreFailed when the database was made by a newer program than this one.
    """
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _ADVISORY_LOCK})
        _upgrade(connection)


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", "center.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreFailed(f"the database does not fit this program: {error}") from error
