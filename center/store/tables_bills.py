"""The tables of post-paid customers: bills and payments. See `center.store.tables`."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    String,
    Table,
    Text,
)

from center.store.schema import metadata

bills = Table(
    "bills",  # of post-paid customers, one for each month
    metadata,
    Column("customer_no", ForeignKey("customers.customer_no"), primary_key=True),
    Column("month", String(7), primary_key=True),  # yyyy-mm
    Column("energy_wh", BigInteger, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("late_fee_fen", BigInteger, nullable=False),
    Column("order_no", String(19), index=True),  # whose payment settled it; None: it is unpaid
    Column("added_at_ms", BigInteger, nullable=False),
    Column("paid_at_ms", BigInteger),
    CheckConstraint("amount_fen >= 0 AND late_fee_fen >= 0", name="amounts"),
    CheckConstraint("amount_fen + late_fee_fen > 0", name="due"),
)

bill_payments = Table(
    "bill_payments",
    metadata,
    Column("order_no", String(19), primary_key=True),
    Column("customer_no", ForeignKey("customers.customer_no"), nullable=False, index=True),
    Column("receipt_no", String(40), nullable=False),
    Column("months", String(512), nullable=False),  # those that were chosen, joined by commas
    Column("paid_fen", BigInteger, nullable=False),
    Column("business_date", Date, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("body", Text, nullable=False),  # the BillPaid as JSON, answered again as it was
)
