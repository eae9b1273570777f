"""Every table of the head office. `migrations` makes them; a test compares the two.

Money is integer fen, energy integer Wh, moments are UTC milliseconds since 1970, dates are business
dates in China. A row about a terminal carries its number, so that the tables can be distributed.
"""

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
    false,
    text,
)

from center.store import tables_bills, tables_cash, tables_health
from center.store.schema import NAME, ROW_NUMBER, WIRE_TEXT, metadata

__all__ = [
    "metadata",
    "tables_bills",
    "tables_cash",
    "tables_health",
]  # whoever has this file has every table

# -- fleet ---------------------------------------------------------------------------------------

terminals = Table(
    "terminals",
    metadata,
    Column("terminal_no", String(6), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("blocked", Boolean, nullable=False),
    Column("one_time_code_digest", String(128)),  # None: used up
    Column("public_key", String(64)),  # Ed25519, hexadecimal; None: not registered yet
    Column("registered_at_ms", BigInteger),
    Column("signed_in_at_ms", BigInteger),
    Column("software_version", WIRE_TEXT),
    Column("seen_at_ms", BigInteger),  # asked something in a session; a minute late at most
    Column("site", String(60), nullable=False, server_default=""),  # the station that it belongs to
)

# -- utility -------------------------------------------------------------------------------------

tariffs = Table(
    "tariffs",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("steps", Text, nullable=False),  # JSON: [[until_wh | null, price_hao_per_kwh], ...]
)

customers = Table(
    "customers",
    metadata,
    Column("customer_no", String(20), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("address", String(240), nullable=False),
    Column("blocked", Boolean, nullable=False),
    Column("balance_fen", BigInteger, nullable=False),
    Column("arrears_fen", BigInteger, nullable=False),
    CheckConstraint("balance_fen >= 0", name="balance"),
    CheckConstraint("arrears_fen >= 0", name="arrears"),
)

meters = Table(
    "meters",
    metadata,
    Column("meter_no", String(20), primary_key=True),
    Column("customer_no", ForeignKey("customers.customer_no"), nullable=False, index=True),
    Column("wallet_unit", String(6), nullable=False),
    Column("tariff", ForeignKey("tariffs.name"), nullable=False),
    Column("purchase_count", BigInteger, nullable=False),  # with the open vend, if there is one
    Column("open_order_no", String(19)),  # sold and neither confirmed nor cancelled
    Column("tariff_year", Integer, nullable=False),  # the year that used_wh belongs to
    Column("used_wh", BigInteger, nullable=False),
    Column("min_fen", BigInteger, nullable=False),
    Column("max_fen", BigInteger, nullable=False),
    Column("multiple_fen", BigInteger, nullable=False),
    Column("overstock_amount", BigInteger),  # wallet unit; None: the meter has no such limit
    Column("seen_count", BigInteger),  # what the meter last wrote on the card, and its credit then
    Column("seen_remaining", BigInteger),
    CheckConstraint("used_wh >= 0", name="used"),
)

cards = Table(
    "cards",
    metadata,
    Column("serial", String(16), primary_key=True),
    Column("meter_no", ForeignKey("meters.meter_no"), nullable=False, index=True),
    Column("replaced", Boolean, nullable=False),
)

vends = Table(
    "vends",
    metadata,
    Column("order_no", String(19), primary_key=True),
    Column("customer_no", String(20), nullable=False),
    Column("meter_no", String(20), nullable=False),
    Column("card_serial", String(16), nullable=False),
    Column("purchase_count", BigInteger, nullable=False),  # N+1
    Column("state", String(9), nullable=False),
    Column("business_date", Date, nullable=False, index=True),
    Column("sold_at_ms", BigInteger, nullable=False),
    Column("body", Text, nullable=False),  # the Vend as JSON, answered again as it was
)
Index(
    "uq_vends_meter_no_purchase_count",
    vends.c.meter_no,
    vends.c.purchase_count,
    unique=True,
    sqlite_where=vends.c.state != "cancelled",
    postgresql_where=vends.c.state != "cancelled",
)

# -- orders --------------------------------------------------------------------------------------

orders = Table(
    "orders",
    metadata,
    Column("order_no", String(19), primary_key=True),
    Column("terminal_no", String(6), nullable=False),
    Column("business_date", Date, nullable=False),
    Column("opened_at_ms", BigInteger),  # None, like the next three: only its notes are known yet
    Column("customer_no", WIRE_TEXT),
    Column("meter_no", WIRE_TEXT),
    Column("card_serial", WIRE_TEXT),
    Column("state", String(9), nullable=False),
    Column("paid_fen", BigInteger, nullable=False),
    Column("request_digest", String(64)),  # SHA-256 of the request that sold
    Column("parked", Boolean, nullable=False),
    Column("parked_why", WIRE_TEXT),
    Column("verdict", String(16)),
    Column("card_digest", WIRE_TEXT),
    Column("changed_at_ms", BigInteger, nullable=False),
    Column("resolution", String(6)),  # resell or refund; None: nobody has decided
    Column("resold_by", String(6)),  # the terminal that delivers it again
    Column("seals", BigInteger, nullable=False, server_default="0"),  # times a card was sealed
    Column("verdict_seals", BigInteger),  # as many were known when the card was judged
    Column("bound_serial", WIRE_TEXT),  # the card that gets it instead of card_serial
    Column("bound_at_seals", BigInteger, nullable=False, server_default="0"),
    Column("other_card_doubtful", Boolean, nullable=False, server_default=false()),
    Column("business", String(8), nullable=False, server_default="energy"),  # vending.cash.Business
    Column("months", String(512)),  # of a bill: those that were chosen, joined by commas
    Index("ix_orders_business_date_terminal_no", "business_date", "terminal_no"),
)
IS_OPEN = text("state IN ('paid', 'sold', 'cancelled')")
"""Something is owed. Queries say it in these words, so that SQLite sees that the index serves."""
Index(
    "ix_orders_meter_no_open",
    orders.c.meter_no,
    sqlite_where=IS_OPEN,
    postgresql_where=IS_OPEN,
)

IS_BILL_WAITING = text("business = 'bill' AND state = 'paid'")
"""Paid and not posted; said in these words for the same reason."""
Index(
    "ix_orders_customer_no_bill_waiting",
    orders.c.customer_no,
    sqlite_where=IS_BILL_WAITING,
    postgresql_where=IS_BILL_WAITING,
)

order_carriers = Table(
    "order_carriers",  # terminals that were told of an order that another one has made
    metadata,
    Column("order_no", String(19), primary_key=True),
    Column("terminal_no", String(6), primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
)

grants = Table(
    "grants",  # staff let a terminal deliver an order
    metadata,
    Column("order_no", String(19), primary_key=True),
    Column("terminal_no", String(6), primary_key=True),
    Column("until_ms", BigInteger, nullable=False),
)

refunds = Table(
    "refunds",
    metadata,
    Column("order_no", ForeignKey("orders.order_no"), primary_key=True),
    Column("terminal_no", String(6), nullable=False),  # of the order
    Column("amount_fen", BigInteger, nullable=False),
    Column("state", String(8), nullable=False),  # decided, paid-out
    Column("decided_at_ms", BigInteger, nullable=False),
    Column("decided_by", NAME, nullable=False),
    Column("witness", NAME),
    Column("evidence", String(24), nullable=False),
    Column("paid_at_ms", BigInteger),
    Column("paid_by", NAME),
    Column("paid_evidence", WIRE_TEXT),
    CheckConstraint("amount_fen > 0", name="amount"),
    Index("ix_refunds_state", "state"),
)

notes = Table(
    "notes",
    metadata,
    Column("terminal_no", String(6), primary_key=True),
    Column("note_id", WIRE_TEXT, primary_key=True),
    Column("order_no", String(19), index=True),  # None: it happened during no order
    Column("value_fen", BigInteger, nullable=False),
    Column("place", String(10), nullable=False),  # order, unassigned, uncertain, absent
    Column("business_date", Date, nullable=False),
    Column("taken_at_ms", BigInteger, nullable=False),
    Column("period_no", BigInteger, nullable=False, server_default="0"),  # 0: in no period so far
    Column("cassette", WIRE_TEXT, nullable=False, server_default="1"),
    Index("ix_notes_terminal_no_period_no", "terminal_no", "period_no"),
)

order_sequences = Table(
    "order_sequences",
    metadata,
    Column("terminal_no", String(6), primary_key=True),
    Column("last_sequence", Integer, nullable=False),
)

reports = Table(
    "reports",
    metadata,
    Column("terminal_no", String(6), primary_key=True),
    Column("journal_id", WIRE_TEXT, primary_key=True),
    Column("report_no", BigInteger, primary_key=True),
    Column("received_at_ms", BigInteger, nullable=False),
    Column("body", Text, nullable=False),  # the Report as JSON
)

alarms = Table(
    "alarms",
    metadata,
    Column("alarm_no", ROW_NUMBER, primary_key=True),
    Column("terminal_no", String(6), nullable=False),
    Column("order_no", String(19)),
    Column("raised_by", String(8), nullable=False),  # terminal or center
    Column("code", WIRE_TEXT, nullable=False),
    Column("detail", WIRE_TEXT, nullable=False),
    Column("at_ms", BigInteger, nullable=False, index=True),
)

# -- staff ---------------------------------------------------------------------------------------

staff = Table(
    "staff",
    metadata,
    Column("name", NAME, primary_key=True),
    Column("role", String(12), nullable=False),
    Column("pin_hash", String(160), nullable=False),  # Argon2id, PHC string
    Column("blocked", Boolean, nullable=False),
    Column("failures", Integer, nullable=False),  # since the last sign-in
    Column("locked_until_ms", BigInteger),
    Column("last_sign_in_ms", BigInteger),
    Column("changed_at_ms", BigInteger, nullable=False),
    Column("changed_by", NAME, nullable=False),
    Column("roster_pin_hash", String(160)),  # for terminals, with a salt of its own
)

roster = Table(
    "roster",
    metadata,
    Column("only_row", Integer, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),  # rises with every change of the staff
)

trail = Table(
    "trail",  # who did what about an order, or was refused it; rows are added, never changed
    metadata,
    Column("trail_no", ROW_NUMBER, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("terminal_no", String(6)),  # None: at the head office
    Column("staff", NAME),  # None: nobody who is known
    Column("witness", NAME),
    Column("what", String(40), nullable=False),
    Column("order_no", String(19), index=True),
    Column("detail", WIRE_TEXT, nullable=False),
)

# -- ledger: rows are added, never changed (triggers refuse it) ----------------------------------

ledger_transactions = Table(
    "ledger_transactions",
    metadata,
    Column("posting_key", String(600), primary_key=True),
    Column("phase", String(7), nullable=False),  # posted at once, or pending until it is resolved
    Column("order_no", String(19), index=True),
    Column("business_date", Date, nullable=False, index=True),
    Column("at_ms", BigInteger, nullable=False),
)

ledger_lines = Table(
    "ledger_lines",
    metadata,
    Column("posting_key", ForeignKey("ledger_transactions.posting_key"), primary_key=True),
    Column("line_no", Integer, primary_key=True),
    Column("account", String(24), nullable=False),
    Column("owner", String(20), nullable=False),  # whose account; empty: the house's own
    Column("business_date", Date, nullable=False),
    Column("debit_fen", BigInteger, nullable=False),
    Column("credit_fen", BigInteger, nullable=False),
    CheckConstraint(
        "(debit_fen > 0 AND credit_fen = 0) OR (debit_fen = 0 AND credit_fen > 0)", name="one_side"
    ),
    Index("ix_ledger_lines_account_owner", "account", "owner"),
    Index("ix_ledger_lines_business_date", "business_date"),
)

ledger_resolutions = Table(
    "ledger_resolutions",
    metadata,
    Column("posting_key", ForeignKey("ledger_transactions.posting_key"), primary_key=True),
    Column("outcome", String(6), nullable=False),  # posted or voided
    Column("business_date", Date, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
)
