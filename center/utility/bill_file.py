"""Bills from the utility's CSV file: a header, then a bill on each line. All of it, or nothing."""

import csv
import io
import re
from collections.abc import Iterator

from msgspec import Struct
from sqlalchemy import Connection

from center.utility import bills
from vending.bill import MonthBill

COLUMNS = ("customer_no", "month", "energy_wh", "amount_fen", "late_fee_fen")
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
_CUSTOMER = re.compile(r"[0-9A-Za-z-]{1,20}")
_MOST = 10**12
_MOST_DIGITS = 13
_AT_ONCE = 500
MOST_FAULTS = 20
"""Faults that are told; who mends these sees the rest."""


class BillFileError(Exception):
    """The file cannot be used; each line of its text names a line of the file and what is wrong."""


class Billed(Struct, frozen=True, kw_only=True):
    """One line."""

    line: int
    customer_no: str
    bill: MonthBill


class Imported(Struct, frozen=True, kw_only=True):
    """What came of a file."""

    added: int
    known: int
    """Billed just so before."""


def parse(text: str) -> list[Billed]:
    """Return the bills of a file. Raises BillFileError that names every bad line."""
    rows = _rows(text.removeprefix("\ufeff"))
    _, header = next(rows, (1, []))
    if tuple(name.strip() for name in header) != COLUMNS:
        raise BillFileError(f"line 1: write {','.join(COLUMNS)}")
    found: list[Billed] = []
    faults: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    for line, fields in rows:
        if not "".join(fields).strip():
            continue
        values = [field.strip() for field in fields]
        wrong = list(_faults(values)) or list(_repeated(values, seen, line))
        if wrong:
            faults += (f"line {line}: {fault}" for fault in wrong)
        else:
            found.append(Billed(line=line, customer_no=values[0], bill=_bill(values)))
    _refuse(faults)
    return found


def take(connection: Connection, billed: list[Billed], now_ms: int) -> Imported:
    """Bill everybody in a file. Raises BillFileError; the unit of work must fail with it.

    By the thousand: a month's file must not keep the kiosks waiting.
    """
    new: list[Billed] = []
    faults: list[str] = []
    for each, fault, is_known in _looked_up(connection, billed):
        if fault:
            faults.append(f"line {each.line}: {fault}")
        elif not is_known:
            new.append(each)
    _refuse(faults)
    added = bills.add_new(connection, [(each.customer_no, each.bill) for each in new], now_ms)
    if added < len(new):
        raise BillFileError("somebody else takes bills over just now: try again")
    return Imported(added=added, known=len(billed) - added)


def _looked_up(
    connection: Connection, billed: list[Billed]
) -> Iterator[tuple[Billed, str | None, bool]]:
    """Yield each bill with what is wrong with it, and whether it is known just so."""
    for start in range(0, len(billed), _AT_ONCE):
        some = billed[start : start + _AT_ONCE]
        numbers = {each.customer_no for each in some}
        customers, held = bills.known(connection, numbers)
        for each in some:
            before = held.get((each.customer_no, each.bill.month))
            fault = None
            if each.customer_no not in customers:
                fault = f"customer {each.customer_no} is not known"
            elif before not in {None, each.bill}:
                fault = (
                    f"{each.bill.month} of customer {each.customer_no} was billed otherwise before"
                )
            yield each, fault, before is not None


def check(customer_no: str, month: str, energy_wh: str, amount_fen: str, late_fen: str) -> Billed:
    """Return one bill given as texts. Raises BillFileError."""
    values = [customer_no, month, energy_wh, amount_fen, late_fen]
    _refuse(list(_faults(values)))
    return Billed(line=0, customer_no=customer_no, bill=_bill(values))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for fields in reader:
            yield reader.line_num, fields
    except csv.Error as error:
        raise BillFileError(f"line {reader.line_num}: {error}") from None


def _refuse(faults: list[str]) -> None:
    if faults:
        more = len(faults) - MOST_FAULTS
        told = faults[:MOST_FAULTS] + ([f"... and {more} more"] if more > 0 else [])
        raise BillFileError("\n".join(told))


def _faults(values: list[str]) -> Iterator[str]:
    if len(values) != len(COLUMNS):
        yield f"{len(values)} values instead of {len(COLUMNS)}"
        return
    if not _CUSTOMER.fullmatch(values[0]):
        yield "customer_no must be 1 to 20 letters, digits and -"
    if not _MONTH.fullmatch(values[1]):
        yield "month must be written 2026-03"
    for name, value in zip(COLUMNS[2:], values[2:], strict=True):
        digits = value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS
        if not (digits and int(value) <= _MOST):
            yield f"{name} must be a whole number from 0 to {_MOST}"
    if values[3:] == ["0", "0"]:
        yield "nothing is due: leave the month out"


def _repeated(values: list[str], seen: dict[tuple[str, str], int], line: int) -> Iterator[str]:
    key = (values[0], values[1])
    if key in seen:
        yield f"{values[1]} of customer {values[0]} stands in line {seen[key]} already"
    seen.setdefault(key, line)


def _bill(values: list[str]) -> MonthBill:
    energy_wh, amount_fen, late_fee_fen = map(int, values[2:])
    return MonthBill(
        month=values[1], energy_wh=energy_wh, amount_fen=amount_fen, late_fee_fen=late_fee_fen
    )
