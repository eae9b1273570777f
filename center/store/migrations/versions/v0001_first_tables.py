"""The first tables: fleet, utility, orders, ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_APPEND_ONLY = ("ledger_transactions", "ledger_lines", "ledger_resolutions")


def upgrade() -> None:
    """Make every table, and triggers that refuse to change what the ledger holds."""
    _create_fleet()
    _create_accounts()
    _create_vends()
    _create_orders()
    _create_reports()
    _create_ledger()
    for table in _APPEND_ONLY:
        _forbid_changes(table)


def _create_fleet() -> None:
    op.create_table(
        "terminals",
        sa.Column("terminal_no", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("one_time_code_digest", sa.String(length=128)),
        sa.Column("public_key", sa.String(length=64)),
        sa.Column("registered_at_ms", sa.BigInteger()),
        sa.Column("signed_in_at_ms", sa.BigInteger()),
        sa.Column("software_version", sa.String(length=512)),
        sa.PrimaryKeyConstraint("terminal_no", name="pk_terminals"),
    )


def _create_accounts() -> None:
    op.create_table(
        "tariffs",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_tariffs"),
    )
    op.create_table(
        "customers",
        sa.Column("customer_no", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=240), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("balance_fen", sa.BigInteger(), nullable=False),
        sa.Column("arrears_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("arrears_fen >= 0", name=op.f("ck_customers_arrears")),
        sa.CheckConstraint("balance_fen >= 0", name=op.f("ck_customers_balance")),
        sa.PrimaryKeyConstraint("customer_no", name="pk_customers"),
    )
    op.create_table(
        "meters",
        sa.Column("meter_no", sa.String(length=20), nullable=False),
        sa.Column("customer_no", sa.String(length=20), nullable=False),
        sa.Column("wallet_unit", sa.String(length=6), nullable=False),
        sa.Column("tariff", sa.String(length=60), nullable=False),
        sa.Column("purchase_count", sa.BigInteger(), nullable=False),
        sa.Column("open_order_no", sa.String(length=19)),
        sa.Column("tariff_year", sa.Integer(), nullable=False),
        sa.Column("used_wh", sa.BigInteger(), nullable=False),
        sa.Column("min_fen", sa.BigInteger(), nullable=False),
        sa.Column("max_fen", sa.BigInteger(), nullable=False),
        sa.Column("multiple_fen", sa.BigInteger(), nullable=False),
        sa.Column("overstock_amount", sa.BigInteger()),
        sa.Column("seen_count", sa.BigInteger()),
        sa.Column("seen_remaining", sa.BigInteger()),
        sa.CheckConstraint("used_wh >= 0", name=op.f("ck_meters_used")),
        sa.ForeignKeyConstraint(
            ["customer_no"], ["customers.customer_no"], name="fk_meters_customer_no"
        ),
        sa.ForeignKeyConstraint(["tariff"], ["tariffs.name"], name="fk_meters_tariff"),
        sa.PrimaryKeyConstraint("meter_no", name="pk_meters"),
    )
    op.create_index("ix_meters_customer_no", "meters", ["customer_no"])
    op.create_table(
        "cards",
        sa.Column("serial", sa.String(length=16), nullable=False),
        sa.Column("meter_no", sa.String(length=20), nullable=False),
        sa.Column("replaced", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["meter_no"], ["meters.meter_no"], name="fk_cards_meter_no"),
        sa.PrimaryKeyConstraint("serial", name="pk_cards"),
    )
    op.create_index("ix_cards_meter_no", "cards", ["meter_no"])


def _create_vends() -> None:
    op.create_table(
        "vends",
        sa.Column("order_no", sa.String(length=19), nullable=False),
        sa.Column("customer_no", sa.String(length=20), nullable=False),
        sa.Column("meter_no", sa.String(length=20), nullable=False),
        sa.Column("card_serial", sa.String(length=16), nullable=False),
        sa.Column("purchase_count", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("sold_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("order_no", name="pk_vends"),
    )
    op.create_index("ix_vends_business_date", "vends", ["business_date"])
    op.create_index(
        "uq_vends_meter_no_purchase_count",
        "vends",
        ["meter_no", "purchase_count"],
        unique=True,
        sqlite_where=sa.text("state != 'cancelled'"),
        postgresql_where=sa.text("state != 'cancelled'"),
    )


def _create_orders() -> None:
    op.create_table(
        "orders",
        sa.Column("order_no", sa.String(length=19), nullable=False),
        sa.Column("terminal_no", sa.String(length=6), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("opened_at_ms", sa.BigInteger()),
        sa.Column("customer_no", sa.String(length=512)),
        sa.Column("meter_no", sa.String(length=512)),
        sa.Column("card_serial", sa.String(length=512)),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("paid_fen", sa.BigInteger(), nullable=False),
        sa.Column("request_digest", sa.String(length=64)),
        sa.Column("parked", sa.Boolean(), nullable=False),
        sa.Column("parked_why", sa.String(length=512)),
        sa.Column("verdict", sa.String(length=16)),
        sa.Column("card_digest", sa.String(length=512)),
        sa.Column("changed_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("order_no", name="pk_orders"),
    )
    op.create_index(
        "ix_orders_business_date_terminal_no", "orders", ["business_date", "terminal_no"]
    )
    op.create_table(
        "notes",
        sa.Column("terminal_no", sa.String(length=6), nullable=False),
        sa.Column("note_id", sa.String(length=512), nullable=False),
        sa.Column("order_no", sa.String(length=19)),
        sa.Column("value_fen", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.String(length=10), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("taken_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("terminal_no", "note_id", name="pk_notes"),
    )
    op.create_index("ix_notes_order_no", "notes", ["order_no"])


def _create_reports() -> None:
    op.create_table(
        "order_sequences",
        sa.Column("terminal_no", sa.String(length=6), nullable=False),
        sa.Column("last_sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("terminal_no", name="pk_order_sequences"),
    )
    op.create_table(
        "reports",
        sa.Column("terminal_no", sa.String(length=6), nullable=False),
        sa.Column("journal_id", sa.String(length=512), nullable=False),
        sa.Column("report_no", sa.BigInteger(), nullable=False),
        sa.Column("received_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("terminal_no", "journal_id", "report_no", name="pk_reports"),
    )
    op.create_table(
        "alarms",
        sa.Column("alarm_no", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("terminal_no", sa.String(length=6), nullable=False),
        sa.Column("order_no", sa.String(length=19)),
        sa.Column("raised_by", sa.String(length=8), nullable=False),
        sa.Column("code", sa.String(length=512), nullable=False),
        sa.Column("detail", sa.String(length=512), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("alarm_no", name="pk_alarms"),
    )
    op.create_index("ix_alarms_at_ms", "alarms", ["at_ms"])


def _create_ledger() -> None:
    op.create_table(
        "ledger_transactions",
        sa.Column("posting_key", sa.String(length=600), nullable=False),
        sa.Column("phase", sa.String(length=7), nullable=False),
        sa.Column("order_no", sa.String(length=19)),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("posting_key", name="pk_ledger_transactions"),
    )
    op.create_index(
        "ix_ledger_transactions_business_date", "ledger_transactions", ["business_date"]
    )
    op.create_index("ix_ledger_transactions_order_no", "ledger_transactions", ["order_no"])
    op.create_table(
        "ledger_lines",
        sa.Column("posting_key", sa.String(length=600), nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=24), nullable=False),
        sa.Column("owner", sa.String(length=20), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("debit_fen", sa.BigInteger(), nullable=False),
        sa.Column("credit_fen", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(debit_fen > 0 AND credit_fen = 0) OR (debit_fen = 0 AND credit_fen > 0)",
            name=op.f("ck_ledger_lines_one_side"),
        ),
        sa.ForeignKeyConstraint(
            ["posting_key"], ["ledger_transactions.posting_key"], name="fk_ledger_lines_posting_key"
        ),
        sa.PrimaryKeyConstraint("posting_key", "line_no", name="pk_ledger_lines"),
    )
    op.create_index("ix_ledger_lines_account_owner", "ledger_lines", ["account", "owner"])
    op.create_index("ix_ledger_lines_business_date", "ledger_lines", ["business_date"])
    op.create_table(
        "ledger_resolutions",
        sa.Column("posting_key", sa.String(length=600), nullable=False),
        sa.Column("outcome", sa.String(length=6), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["posting_key"],
            ["ledger_transactions.posting_key"],
            name="fk_ledger_resolutions_posting_key",
        ),
        sa.PrimaryKeyConstraint("posting_key", name="pk_ledger_resolutions"),
    )


def _forbid_changes(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        _forbid_changes_on_postgresql(table)
        return
    for action in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _forbid_changes_on_postgresql(table: str) -> None:
    op.execute(
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
    )
