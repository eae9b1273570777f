"""What the head office does after a clearing: count, bank, and the day's report."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

from bench.acceptor import Denominations
from bench.demo.operator import BAG_NO, pile_words
from bench.demo.teller import Teller
from bench.stand import Stand
from bench.stand.kiosk_config import TERMINAL_NO
from center.ledger import audit as ledger
from center.ledger.chart import Kind
from vending.money import format_yuan

STATION = "城东营业厅"
REFERENCE = "BANK-2026-0001"
PERIOD = f"{TERMINAL_NO}/1"
_CHINA = timezone(timedelta(hours=8))


class CashDesk:
    """Works with commands, as people do."""

    def __init__(self, stand: Stand, folder: Path, teller: Teller, pin_file: Path) -> None:
        self._stand, self._folder, self._teller = stand, folder, teller
        self._pin_file = pin_file

    def settle(self, by: str) -> None:
        """Count the bag with one note short, bring it to the bank, and report on the day."""
        box = self._stand.removed_boxes[-1]
        signed = ("--by", by, "--pin-file", str(self._pin_file))
        missing_fen = min(box, default=0)
        counted = less_one(box, missing_fen)
        counted_fen = sum(value * notes for value, notes in counted.items())
        said = self._run(
            *("cash", "count", PERIOD, "--notes", *pile_words(counted).split()),
            *("--bag", BAG_NO, "--comment", "one note short", *signed),
        )
        self._teller.tell(f"{by} counts the bag; one note of {yuan(missing_fen)} yuan is missing.")
        short = f"short {format_yuan(missing_fen)} yuan"
        self._teller.check(short in said, f"the head office books it: {short}")
        self._run(
            *("cash", "deposit", REFERENCE, "--amount", format_yuan(counted_fen), PERIOD, *signed)
        )
        self._teller.tell(f"{format_yuan(counted_fen)} yuan go to the bank as {REFERENCE}.")
        self._report()
        self._check_accounts(counted_fen, missing_fen)

    def _report(self) -> None:
        today = datetime.now(_CHINA).date().isoformat()
        self._run("cash", "site", TERMINAL_NO, STATION)
        day = self._run("cash", "day", today)
        self._teller.check(
            "agrees" in day and "differs" not in day, "the day: slips = terminals = head office"
        )
        for line in day.splitlines():
            self._teller.tell(f"  {line}")
        (self._folder / "day.txt").write_text(day, "utf-8")
        out = self._folder / "report"
        said = self._run("cash", "report", "--from", today, "--to", today, "--out", str(out))
        written = {file.suffix for file in out.iterdir()}
        whole = written == {".csv", ".html"} and "everything agrees" in said
        self._teller.check(whole, "the day's report is written, tables and a page to print")
        (self._folder / "period.txt").write_text(self._run("cash", "show", PERIOD), "utf-8")

    def _check_accounts(self, counted_fen: int, missing_fen: int) -> None:
        def balance(kind: Kind) -> int:
            return sum(self._stand.office.read(lambda db: ledger.balances(db, kind)).values())

        at_bank = (balance(Kind.BANK), balance(Kind.SHORT)) == (counted_fen, missing_fen)
        self._teller.check(at_bank, "bank and short accounts hold just that")
        gone = balance(Kind.TRANSIT) == 0
        self._teller.check(gone, "nothing is on its way any more")
        self._run("check")
        self._teller.check(not self._stand.audit(), "the books balance, to the fen")

    def _run(self, *arguments: str) -> str:
        """Run a command; tell when it fails."""
        code, said = self._stand.office.command(*arguments)
        if code:
            self._teller.check(False, f"center {' '.join(arguments)} ends with {code}: {said}")
        return said


def less_one(box: Denominations, value_fen: int) -> Denominations:
    """Return a box without one of its notes of ``value_fen``."""
    return {value: notes - (value == value_fen) for value, notes in box.items()}


def yuan(value_fen: int) -> str:
    """Return a denomination as people say it."""
    return format_yuan(value_fen).removesuffix(".00")
