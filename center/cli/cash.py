"""``python -m center cash``: periods of cash boxes, counting, the bank, evidence, stations."""

import argparse
import getpass
from pathlib import Path

import msgspec

from center import app
from center.cash.banking import Deposit
from center.cash.compare import by_value
from center.cash.counting import Count, Found
from center.cash.counts import Entry
from center.cash.periods import CashError
from center.cash.report import value_label
from center.cash.vault import Story, Vault
from center.cli import cash_report, shared
from center.cli.shared import OK, Arguments, Opened, command, moment, one_line
from center.cli.staff import prove
from vending.cash import Figures, PeriodFrozen
from vending.money import format_yuan, parse_yuan


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``cash`` and what it can do."""
    group = commands.add_parser("cash", help="cash clearing: periods, counts, deposits, reports")
    actions = group.add_subparsers(required=True, metavar="COMMAND")
    listing = command(actions, "periods", _periods, "list the periods that were closed")
    listing.add_argument("--terminal", type=shared.terminal_no, metavar="NO")
    listing.add_argument("--uncounted", action="store_true", help="only what nobody has counted")
    listing.add_argument(
        "--not-deposited", action="store_true", help="only what is not at the bank"
    )
    _period(command(actions, "show", _show, "tell everything about a period"))
    _counting(actions)
    bank = command(actions, "deposit", _deposit, "keep that counted money was brought to the bank")
    bank.add_argument("reference", metavar="REFERENCE", help="the bank's")
    bank.add_argument("--amount", required=True, type=_yuan, metavar="YUAN")
    bank.add_argument("--comment", default="")
    bank.add_argument("periods", nargs="+", type=_period_name, metavar="TERMINAL/PERIOD")
    _signed(bank)
    frozen = command(actions, "frozen", _frozen, "list boxes that went out without a clearing")
    frozen.add_argument("--terminal", type=shared.terminal_no, metavar="NO")
    frozen.add_argument("--json", action="store_true", help="the whole evidence, one a line")
    site = command(actions, "site", _site, "say to which station a terminal belongs")
    site.add_argument("terminal_no", metavar="NO", type=shared.terminal_no)
    site.add_argument("site", metavar="STATION", help="empty: to none")
    cash_report.add_commands(actions)


def _counting(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    count = command(actions, "count", _count, "keep what was counted in a period's bag")
    correct = command(actions, "correct", _count, "say that the last count was wrong, and why")
    for parser in (count, correct):
        _period(parser)
        parser.add_argument(
            "--notes",
            required=True,
            nargs="*",
            type=_pile,
            metavar="YUANxNOTES",
            help="one for each denomination, like 100x12 50x3; nothing: the bag was empty",
        )
        parser.add_argument("--bag", default="", help="number of the bag")
        parser.add_argument("--comment", default="")
        parser.add_argument(
            "--found",
            action="append",
            default=[],
            type=_found,
            metavar="NOTE[=YUAN]",
            help="an uncertain note that was there; those not named were not",
        )
        _signed(parser)
    correct.add_argument(
        "--entry", required=True, type=int, metavar="NUMBER", help="the entry that was wrong"
    )
    correct.add_argument("--reason", required=True, metavar="TEXT")
    close = command(actions, "close", _close, "take a period whose report can never come")
    _period(close)
    close.add_argument("--reason", required=True, metavar="TEXT")
    _signed(close)


def _period(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("period", type=_period_name, metavar="TERMINAL/PERIOD")


def _signed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by", required=True, metavar="NAME", help="who does it; the PIN is asked")
    parser.add_argument("--pin-file", type=Path, help="a file with the PIN, instead of asking")


# -- looking --


def _periods(given: Arguments) -> int:
    with Opened(shared.config(given)) as store:
        stories = Vault(store, app.wall_ms).periods(
            given.terminal, uncounted=given.uncounted, not_deposited=given.not_deposited
        )
    for story in stories:
        print(_period_line(story))
    return OK


def _period_line(story: Story) -> str:
    period = story.period
    counted = format_yuan(story.entries[-1].total_fen) if story.entries else "not counted"
    verdict = "agrees" if period.agrees else "DIFFERS"
    if period.report is None:
        verdict = "no report"
    return (
        f"{period!s:<14}{moment(period.closed_at_ms):<21}{verdict:<11}"
        f"{format_yuan(story.figures.expected_fen):>12}{counted:>14}  "
        f"{period.deposit or 'not at the bank'}"
    )


def _show(given: Arguments) -> int:
    with Opened(shared.config(given)) as store:
        story = Vault(store, app.wall_ms).story(*given.period)
    period, report = story.period, story.period.report
    operator, box_id = one_line(period.operator), one_line(report.box_id if report else "-")
    print(f"period     {period}, closed {moment(period.closed_at_ms)} by {operator}")
    print(f"told       {moment(period.received_at_ms)}, box {box_id}")
    for opening in report.openings if report else ():
        announced = "" if opening.announced else ", not announced"
        print(
            f"box out    {moment(opening.removed_at_ms)} to {moment(opening.returned_at_ms)}"
            f"{announced}"
        )
    _print_figures("terminal", report.figures if report else Figures())
    _print_figures("books", story.figures)
    if period.answer and period.answer.differences:
        for line in period.answer.differences:
            print(
                f"differs    {line.what:<16}terminal {line.terminal_notes:>6}"
                f"{format_yuan(line.terminal_fen):>14}  books {line.center_notes:>6}"
                f"{format_yuan(line.center_fen):>14}"
            )
    else:
        print(f"agrees     {'yes' if period.agrees else 'nothing to compare'}")
    for note in story.uncertain:
        print(f"uncertain  {format_yuan(note.value_fen):>12}  {note.note_id}")
    for entry in story.entries:
        print(_entry_line(entry))
    if story.over_fen is not None:
        print(f"{'long' if story.over_fen >= 0 else 'short':<11}{format_yuan(abs(story.over_fen))}")
    print(f"bank       {period.deposit or 'not deposited'}")
    return OK


def _print_figures(whose: str, figures: Figures) -> None:
    piles = " ".join(
        f"{value_label(value)}x{notes}" for value, (notes, _) in by_value(figures).items()
    )
    print(f"{whose:<11}{format_yuan(figures.expected_fen):>12}  {piles}")
    for each in figures.sums:
        print(
            f"  {each.business:<9}{format_yuan(each.paid_fen):>12}  {each.orders} orders,"
            f" {format_yuan(each.completed_fen)} completed, {each.slips} slips"
        )
    for item in figures.incomplete:
        print(f"  open     {format_yuan(item.paid_fen):>12}  {item.order_no} ({item.business})")
    if figures.loose_fen:
        print(f"  loose    {format_yuan(figures.loose_fen):>12}")


def _entry_line(entry: Entry) -> str:
    why = f"; {entry.reason}" if entry.reason else ""
    piles = " ".join(f"{value_label(value)}x{notes}" for value, notes in entry.counted)
    return (
        f"count {entry.entry_no:<5}{format_yuan(entry.total_fen):>12}  {moment(entry.at_ms)}"
        f" {entry.counted_by}, bag {entry.bag_no or '-'}: {piles or 'empty'}"
        f"{why} {entry.comment}".rstrip()
    )


def _frozen(given: Arguments) -> int:
    with Opened(shared.config(given)) as store:
        found = Vault(store, app.wall_ms).evidence(given.terminal)
    for each in found:
        if given.json:
            print(msgspec.json.encode(each).decode())
            continue
        told = msgspec.json.decode(each.body, type=PeriodFrozen)
        own = msgspec.json.decode(each.own_figures, type=Figures)
        print(
            f"{each.terminal_no}/{each.period_no:<7}{moment(each.at_ms)}  terminal"
            f" {format_yuan(told.figures.expected_fen)}, books {format_yuan(own.expected_fen)},"
            f" signed in: {one_line(told.staff) or 'nobody'}"
        )
    return OK


# -- doing --


def _count(given: Arguments) -> int:
    terminal_no, period_no = given.period
    count = Count(
        terminal_no=terminal_no,
        period_no=period_no,
        counted=tuple(given.notes),
        found=tuple(given.found),
        bag_no=given.bag,
        comment=given.comment,
        corrects=getattr(given, "entry", 0),
        reason=getattr(given, "reason", None),
    )
    if "entry" in given and given.entry < 1:
        raise CashError("entries are numbered from 1: see cash show")
    with Opened(shared.config(given)) as store:
        person = prove(store, given.by, given.pin_file).person
        vault = Vault(store, app.wall_ms)
        entry = vault.count(person, count)
        over_fen = vault.story(terminal_no, period_no).over_fen or 0
    print(_entry_line(entry))
    if over_fen:
        print(f"{'long' if over_fen > 0 else 'short'} {format_yuan(abs(over_fen))} yuan")
    else:
        print("neither long nor short")
    return OK


def _close(given: Arguments) -> int:
    terminal_no, period_no = given.period
    with Opened(shared.config(given)) as store:
        person = prove(store, given.by, given.pin_file).person
        vault = Vault(store, app.wall_ms)
        period = vault.close(person, terminal_no, period_no, given.reason)
    print(f"{period}: {format_yuan(period.expected_fen)} yuan are on their way, to be counted")
    return OK


def _deposit(given: Arguments) -> int:
    deposit = Deposit(
        reference=given.reference,
        amount_fen=given.amount,
        periods=tuple(given.periods),
        comment=given.comment,
    )
    with Opened(shared.config(given)) as store:
        person = prove(store, given.by, given.pin_file).person
        made = Vault(store, app.wall_ms).deposit(person, deposit)
    for terminal_no, period_no, fen in made.parts:
        print(f"{terminal_no}/{period_no:<7}{format_yuan(fen):>12}")
    print(f"{format_yuan(made.amount_fen)} yuan at the bank under {made.reference}")
    return OK


def _site(given: Arguments) -> int:
    with Opened(shared.config(given)) as store:
        Vault(store, app.wall_ms).set_site(given.terminal_no, given.site, getpass.getuser())
    return OK


# -- kinds of arguments --


def _period_name(text: str) -> tuple[str, int]:
    terminal_no, slash, number = text.partition("/")
    if not slash or not (number.isascii() and number.isdigit()):
        raise argparse.ArgumentTypeError("a period is written TERMINAL/PERIOD, like 000001/3")
    return shared.terminal_no(terminal_no), int(number)


def _pile(text: str) -> tuple[int, int]:
    value, times, notes = text.partition("x")
    if not times or not (notes.isascii() and notes.isdigit()):
        raise argparse.ArgumentTypeError("notes are written YUANxNOTES, like 100x12")
    return _yuan(value), int(notes)


def _found(text: str) -> Found:
    note_id, equals, value = text.rpartition("=")
    return Found(note_id=note_id, value_fen=_yuan(value)) if equals else Found(note_id=text)


def _yuan(text: str) -> int:
    try:
        return parse_yuan(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
