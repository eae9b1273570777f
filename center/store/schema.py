"""What all tables share: the one list of them, naming of constraints, kinds of columns."""

from sqlalchemy import BigInteger, Integer, MetaData, String

from vending.wire import LONGEST_TEXT

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

WIRE_TEXT = String(LONGEST_TEXT)
"""Whatever a request may carry: an order is kept even when its customer is unknown."""
ROW_NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column that it calls INTEGER."""

NAME = String(60)
"""Of somebody of the staff."""
