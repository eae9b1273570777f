"""The ways out: re-sell, refund, staff and the trail of what they did."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_IS_OPEN = "state IN ('paid', 'sold', 'cancelled')"


def upgrade() -> None:
    """Add what orders need to be delivered or refunded, and the staff."""
    _extend_orders()
    _create_ways_out()
    _create_staff()
    _forbid_changes("trail")


def _extend_orders() -> None:
    for column in (
        sa.Column("resolution", sa.String(length=6)),
        sa.Column("resold_by", sa.String(length=6)),
        sa.Column("seals", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("verdict_seals", sa.BigInteger()),
        sa.Column("bound_serial", sa.String(length=512)),
        sa.Column("bound_at_seals", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("other_card_doubtful", sa.Boolean(), nullable=False, server_default=sa.false()),
    ):
        op.add_column("orders", column)
    # Nobody has counted so far: a card may have been sealed for each sale that is open.
    op.execute("UPDATE orders SET seals = 1 WHERE state = 'sold'")
    op.create_index(
        "ix_orders_meter_no_open",
        "orders",
        ["meter_no"],
        sqlite_where=sa.text(_IS_OPEN),
        postgresql_where=sa.text(_IS_OPEN),
    )


def _create_ways_out() -> None:
    op.create_table(
        "order_carriers",
        sa.Column("order_no", sa.String(length=19), nullable=False),
        sa.Column("terminal_no", sa.String(length=6), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("order_no", "terminal_no", name="pk_order_carriers"),
    )
    op.create_table(
        "grants",
        sa.Column("order_no", sa.String(length=19), nullable=False),
        sa.Column("terminal_no", sa.String(length=6), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("order_no", "terminal_no", name="pk_grants"),
    )
    op.create_table(
        "refunds",
        sa.Column("order_no", sa.String(length=19), nullable=False),
        sa.Column("terminal_no", sa.String(length=6), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("decided_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.String(length=60), nullable=False),
        sa.Column("witness", sa.String(length=60)),
        sa.Column("evidence", sa.String(length=24), nullable=False),
        sa.Column("paid_at_ms", sa.BigInteger()),
        sa.Column("paid_by", sa.String(length=60)),
        sa.Column("paid_evidence", sa.String(length=512)),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_refunds_amount")),
        sa.ForeignKeyConstraint(["order_no"], ["orders.order_no"], name="fk_refunds_order_no"),
        sa.PrimaryKeyConstraint("order_no", name="pk_refunds"),
    )
    op.create_index("ix_refunds_state", "refunds", ["state"])


def _create_staff() -> None:
    op.create_table(
        "staff",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("pin_hash", sa.String(length=160), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until_ms", sa.BigInteger()),
        sa.Column("last_sign_in_ms", sa.BigInteger()),
        sa.Column("changed_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_staff"),
    )
    op.create_table(
        "trail",
        sa.Column("trail_no", _ROW_NUMBER, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("terminal_no", sa.String(length=6)),
        sa.Column("staff", sa.String(length=60)),
        sa.Column("witness", sa.String(length=60)),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("order_no", sa.String(length=19)),
        sa.Column("detail", sa.String(length=512), nullable=False),
        sa.PrimaryKeyConstraint("trail_no", name="pk_trail"),
    )
    op.create_index("ix_trail_order_no", "trail", ["order_no"])


def _forbid_changes(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
        )
        return
    for action in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
