"""Cash clearing: periods of the cash box, counts, deposits, evidence; what an order is for."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ROW_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WIRE_TEXT = sa.String(length=512)


def upgrade() -> None:
    """Add what the cash boxes need. Notes that are known already are in no period so far."""
    _extend_tables()
    _create_periods()
    _create_counts()
    for table in ("cash_counts", "cash_evidence"):
        _forbid_changes(table)


def _extend_tables() -> None:
    site = sa.Column("site", sa.String(length=60), nullable=False, server_default="")
    business = sa.Column("business", sa.String(length=8), nullable=False, server_default="energy")
    period_no = sa.Column("period_no", sa.BigInteger(), nullable=False, server_default="0")
    cassette = sa.Column("cassette", _WIRE_TEXT, nullable=False, server_default="1")
    op.add_column("terminals", site)
    op.add_column("orders", business)
    op.add_column("notes", period_no)
    op.add_column("notes", cassette)
    op.create_index("ix_notes_terminal_no_period_no", "notes", ["terminal_no", "period_no"])


def _create_periods() -> None:
    op.create_table(
        "cash_deposits",
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("periods", sa.Text(), nullable=False),
        sa.Column("deposited_by", sa.String(length=60), nullable=False),
        sa.Column("comment", _WIRE_TEXT, nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_fen >= 0", name=op.f("ck_cash_deposits_amount")),
        sa.PrimaryKeyConstraint("reference", name="pk_cash_deposits"),
    )
    op.create_index("ix_cash_deposits_business_date", "cash_deposits", ["business_date"])
    op.create_table(
        "cash_periods",
        sa.Column("terminal_no", sa.String(length=6), nullable=False),
        sa.Column("period_no", sa.BigInteger(), nullable=False),
        sa.Column("report", sa.Text()),
        sa.Column("answer", sa.Text()),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("expected_fen", sa.BigInteger(), nullable=False),
        sa.Column("operator", _WIRE_TEXT, nullable=False),
        sa.Column("opened_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("closed_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("received_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("deposit", sa.String(length=60)),
        sa.ForeignKeyConstraint(
            ["deposit"], ["cash_deposits.reference"], name="fk_cash_periods_deposit"
        ),
        sa.PrimaryKeyConstraint("terminal_no", "period_no", name="pk_cash_periods"),
    )
    op.create_index("ix_cash_periods_closed_on", "cash_periods", ["closed_on"])
    op.create_index("ix_cash_periods_deposit", "cash_periods", ["deposit"])


def _create_counts() -> None:
    op.create_table(
        "cash_counts",
        sa.Column("terminal_no", sa.String(length=6), nullable=False),
        sa.Column("period_no", sa.BigInteger(), nullable=False),
        sa.Column("entry_no", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Text(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("bag_no", sa.String(length=60), nullable=False),
        sa.Column("comment", _WIRE_TEXT, nullable=False),
        sa.Column("counted_by", sa.String(length=60), nullable=False),
        sa.Column("reason", _WIRE_TEXT),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("total_fen >= 0", name=op.f("ck_cash_counts_total")),
        sa.PrimaryKeyConstraint("terminal_no", "period_no", "entry_no", name="pk_cash_counts"),
    )
    op.create_table(
        "cash_evidence",
        sa.Column("evidence_no", _ROW_NUMBER, nullable=False),
        sa.Column("terminal_no", sa.String(length=6), nullable=False),
        sa.Column("period_no", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("received_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("own_figures", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("evidence_no", name="pk_cash_evidence"),
    )
    op.create_index(
        "ix_cash_evidence_terminal_no_period_no", "cash_evidence", ["terminal_no", "period_no"]
    )


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
