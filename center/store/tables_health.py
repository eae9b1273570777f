"""The tables of how terminals are: the last word and those before. See `center.store.tables`."""

from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from center.store.schema import ROW_NUMBER, metadata

terminal_health = Table(
    "terminal_health",  # how each terminal is, as it said last
    metadata,
    Column("terminal_no", String(6), primary_key=True),
    Column("received_at_ms", BigInteger, nullable=False),
    Column("body", Text, nullable=False),  # the Health as JSON
)

health_log = Table(
    "health_log",  # how each was before that; the last ones are kept
    metadata,
    Column("log_no", ROW_NUMBER, primary_key=True),
    Column("terminal_no", String(6), nullable=False),
    Column("received_at_ms", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Index("ix_health_log_terminal_no_log_no", "terminal_no", "log_no"),
)
