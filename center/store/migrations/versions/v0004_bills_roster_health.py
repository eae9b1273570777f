"""Bills of post-paid customers and their payments, the staff's roster, and how terminals are."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_IS_BILL_WAITING = "business = 'bill' AND state = 'paid'"


def upgrade() -> None:
    """Add what bills, the roster and health need."""
    _create_bills()
    _extend_orders()
    _create_roster()
    _create_health()


def _create_bills() -> None:
    op.create_table(
        "bills",
        sa.Column("customer_no", sa.String(length=20), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("energy_wh", sa.BigInteger(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("late_fee_fen", sa.BigInteger(), nullable=False),
        sa.Column("order_no", sa.String(length=19)),
        sa.Column("added_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("paid_at_ms", sa.BigInteger()),
        sa.CheckConstraint("amount_fen >= 0 AND late_fee_fen >= 0", name=op.f("ck_bills_amounts")),
        sa.CheckConstraint("amount_fen + late_fee_fen > 0", name=op.f("ck_bills_due")),
        sa.ForeignKeyConstraint(
            ["customer_no"], ["customers.customer_no"], name="fk_bills_customer_no"
        ),
        sa.PrimaryKeyConstraint("customer_no", "month", name="pk_bills"),
    )
    op.create_index("ix_bills_order_no", "bills", ["order_no"])
    op.create_table(
        "bill_payments",
        sa.Column("order_no", sa.String(length=19), nullable=False),
        sa.Column("customer_no", sa.String(length=20), nullable=False),
        sa.Column("receipt_no", sa.String(length=40), nullable=False),
        sa.Column("months", sa.String(length=512), nullable=False),
        sa.Column("paid_fen", sa.BigInteger(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_no"], ["customers.customer_no"], name="fk_bill_payments_customer_no"
        ),
        sa.PrimaryKeyConstraint("order_no", name="pk_bill_payments"),
    )
    op.create_index("ix_bill_payments_customer_no", "bill_payments", ["customer_no"])


def _extend_orders() -> None:
    op.add_column("orders", sa.Column("months", sa.String(length=512)))
    op.create_index(
        "ix_orders_customer_no_bill_waiting",
        "orders",
        ["customer_no"],
        sqlite_where=sa.text(_IS_BILL_WAITING),
        postgresql_where=sa.text(_IS_BILL_WAITING),
    )


def _create_roster() -> None:
    op.add_column("staff", sa.Column("roster_pin_hash", sa.String(length=160)))
    roster = op.create_table(
        "roster",
        sa.Column("only_row", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("only_row", name="pk_roster"),
    )
    op.bulk_insert(roster, [{"only_row": 1, "version": 1}])


def _create_health() -> None:
    op.add_column("terminals", sa.Column("seen_at_ms", sa.BigInteger()))
    op.create_table(
        "terminal_health",
        sa.Column("terminal_no", sa.String(length=6), nullable=False),
        sa.Column("received_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("terminal_no", name="pk_terminal_health"),
    )
    op.create_table(
        "health_log",
        sa.Column("log_no", _ROW_NUMBER, nullable=False),
        sa.Column("terminal_no", sa.String(length=6), nullable=False),
        sa.Column("received_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("log_no", name="pk_health_log"),
    )
    op.create_index("ix_health_log_terminal_no_log_no", "health_log", ["terminal_no", "log_no"])
