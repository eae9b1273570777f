"""The tables of cash clearing: periods, counts, deposits, evidence. See `center.store.tables`."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from center.store.schema import NAME, ROW_NUMBER, WIRE_TEXT, metadata

cash_deposits = Table(
    "cash_deposits",
    metadata,
    Column("reference", String(60), primary_key=True),  # the bank's
    Column("amount_fen", BigInteger, nullable=False),
    Column("periods", Text, nullable=False),  # JSON: [[terminal_no, period_no, counted_fen], ...]
    Column("deposited_by", NAME, nullable=False),
    Column("comment", WIRE_TEXT, nullable=False),
    Column("business_date", Date, nullable=False, index=True),
    Column("at_ms", BigInteger, nullable=False),
    CheckConstraint("amount_fen >= 0", name="amount"),
)

cash_periods = Table(
    "cash_periods",  # periods of cash boxes that were taken: their money is on its way
    metadata,
    Column("terminal_no", String(6), primary_key=True),
    Column("period_no", BigInteger, primary_key=True),
    Column("report", Text),  # the CashReport as JSON; None: it never came, staff closed the period
    Column("answer", Text),  # the PeriodAnswer as JSON, answered again as it was
    Column("agrees", Boolean, nullable=False),
    Column("expected_fen", BigInteger, nullable=False),  # ours, when the period was taken
    Column("operator", WIRE_TEXT, nullable=False),
    Column("opened_at_ms", BigInteger, nullable=False),  # by the terminal's clock
    Column("closed_at_ms", BigInteger, nullable=False),
    Column("closed_on", Date, nullable=False, index=True),  # the day of closed_at_ms in China
    Column("received_at_ms", BigInteger, nullable=False),
    Column("deposit", ForeignKey("cash_deposits.reference"), index=True),  # None: not in the bank
)

cash_counts = Table(
    "cash_counts",  # what somebody has counted; rows are added, never changed
    metadata,
    Column("terminal_no", String(6), primary_key=True),
    Column("period_no", BigInteger, primary_key=True),
    Column("entry_no", Integer, primary_key=True),  # 1, 2, 3 ...; the last one holds
    Column("counted", Text, nullable=False),  # JSON: [[value_fen, notes], ...], the highest first
    Column("total_fen", BigInteger, nullable=False),
    Column("found", Text, nullable=False),  # JSON: uncertain notes that were there
    Column("bag_no", String(60), nullable=False),
    Column("comment", WIRE_TEXT, nullable=False),
    Column("counted_by", NAME, nullable=False),
    Column("reason", WIRE_TEXT),  # why the entry before it was wrong; None: the first one
    Column("at_ms", BigInteger, nullable=False),
    CheckConstraint("total_fen >= 0", name="total"),
)

cash_evidence = Table(
    "cash_evidence",  # boxes that were taken out without a clearing; rows are added, never changed
    metadata,
    Column("evidence_no", ROW_NUMBER, primary_key=True),
    Column("terminal_no", String(6), nullable=False),
    Column("period_no", BigInteger, nullable=False),
    Column("at_ms", BigInteger, nullable=False),  # by the terminal's clock
    Column("received_at_ms", BigInteger, nullable=False),
    Column("body", Text, nullable=False),  # the PeriodFrozen as JSON
    Column("own_figures", Text, nullable=False),  # our Figures of the period then, as JSON
    Index("ix_cash_evidence_terminal_no_period_no", "terminal_no", "period_no"),
)
