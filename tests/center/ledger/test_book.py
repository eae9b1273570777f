"""The ledger on a database: posted once, never edited, and auditable."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from center.ledger import audit, book, chart
from center.ledger.book import PostingConflict
from center.ledger.chart import Account, Kind
from center.ledger.posting import Outcome, Phase, Posting, credit, debit
from center.store.store import Store

NOW_MS = 1_763_944_000_000
CASH, DEBT = chart.cash("000001"), chart.suspense("0000012511240000010")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'center.db'}")
    yield opened
    opened.close()


def posting(key: str, amount_fen: int = 100, phase: Phase = Phase.POSTED) -> Posting:
    return Posting(
        key=key,
        phase=phase,
        order_no=DEBT.owner,
        lines=(debit(CASH, amount_fen), credit(DEBT, amount_fen)),
    )


def post(store: Store, *postings: Posting) -> None:
    store.write(lambda connection: book.post(connection, postings, NOW_MS))


def resolve(store: Store, key: str, outcome: Outcome) -> None:
    store.write(lambda connection: book.resolve(connection, key, outcome, NOW_MS))


def balance(store: Store, account: Account) -> int:
    return store.read(lambda connection: book.balance_fen(connection, account))


def states(store: Store) -> list[tuple[str, str]]:
    entries = store.read(lambda connection: book.entries(connection, DEBT.owner))
    return sorted({(entry.posting_key, entry.state) for entry in entries})


def violations(store: Store) -> list[str]:
    return store.read(audit.check)


def test_a_posting_counts_at_once_and_once(store: Store) -> None:
    for _ in range(3):
        post(store, posting("a"))
    post(store, posting("a"), posting("b", 50), posting("a"))
    post(store)
    assert balance(store, CASH) == balance(store, DEBT) == 150
    assert violations(store) == []


def test_a_key_with_other_lines_is_refused_with_all_that_came_with_it(store: Store) -> None:
    post(store, posting("a"))
    with pytest.raises(PostingConflict):
        post(store, posting("b"), posting("a", 200))
    assert states(store) == [("a", "posted")]


@pytest.mark.parametrize(("outcome", "expected"), [(Outcome.POSTED, 100), (Outcome.VOIDED, 0)])
def test_a_pending_posting_counts_when_it_is_posted(
    store: Store, outcome: Outcome, expected: int
) -> None:
    post(store, posting("a", phase=Phase.PENDING))
    assert (balance(store, DEBT), states(store)) == (0, [("a", "pending")])
    for _ in range(2):
        resolve(store, "a", outcome)
    assert (balance(store, DEBT), states(store)) == (expected, [("a", outcome.value)])
    other = Outcome.VOIDED if outcome is Outcome.POSTED else Outcome.POSTED
    with pytest.raises(PostingConflict):
        resolve(store, "a", other)
    assert violations(store) == []


def test_only_what_is_pending_can_be_resolved(store: Store) -> None:
    post(store, posting("a"))
    for key in ("a", "unknown"):
        with pytest.raises(PostingConflict):
            resolve(store, key, Outcome.VOIDED)


def test_balances_of_a_kind(store: Store) -> None:
    post(store, posting("a"), posting("b", 30, Phase.PENDING))
    found = store.read(lambda c: audit.balances(c, Kind.SUSPENSE))
    with_pending = store.read(lambda c: audit.balances(c, Kind.SUSPENSE, pending=True))
    assert (found, with_pending) == ({DEBT.owner: 100}, {DEBT.owner: 130})


def test_business_dates_are_chinas(store: Store) -> None:
    last_ms_of_the_day = 1_764_000_000_000 - 1
    assert book.business_date(last_ms_of_the_day).isoformat() == "2025-11-24"
    assert book.business_date(last_ms_of_the_day + 1).isoformat() == "2025-11-25"


DAMAGES = {
    "debits and credits differ": "INSERT INTO ledger_lines VALUES"
    " ('a', 9, 'sales', '', '2025-11-24', 5, 0)",
    "total debits exceed credits by 5 fen": "INSERT INTO ledger_lines VALUES"
    " ('a', 9, 'sales', '', '2025-11-24', 5, 0)",
    "fewer than two lines": "INSERT INTO ledger_transactions VALUES"
    " ('z', 'posted', NULL, '2025-11-24', 0)",
    "resolved but never pending": "INSERT INTO ledger_resolutions VALUES"
    " ('a', 'voided', '2025-11-24', 0)",
}


@pytest.mark.parametrize("found", DAMAGES)
def test_the_audit_finds_what_a_stranger_did(store: Store, found: str) -> None:
    post(store, posting("a"))

    def damage(connection: Connection) -> None:
        connection.execute(text(DAMAGES[found]))

    store.write(damage)
    assert any(found in violation for violation in violations(store))


def test_a_line_has_one_side(store: Store) -> None:
    post(store, posting("a"))
    both = "INSERT INTO ledger_lines VALUES ('a', 9, 'sales', '', '2025-11-24', 5, 5)"
    with pytest.raises(Exception, match="refused"):
        store.write(lambda connection: connection.execute(text(both)).close())
