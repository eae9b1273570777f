"""``python -m center cash day`` and ``cash report``: do slips, terminals and books agree?"""

import argparse
from datetime import date
from pathlib import Path

from center import app
from center.cash import day, page, report
from center.cash.day import StationDay
from center.cash.periods import CashError
from center.cash.words import Language
from center.cli import shared
from center.cli.shared import FAILED, OK, Arguments, Opened, command
from vending.money import format_yuan

MOST_DAYS = 400
HTML_FILE = "report.html"


def add_commands(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands."""
    one = command(actions, "day", _day, "a day: slips = terminals = head office, by station")
    one.add_argument("day", type=_date, metavar="YYYY-MM-DD")
    files = command(actions, "report", _report, "write CSV files and a page to print")
    files.add_argument("--from", dest="first", required=True, type=_date, metavar="YYYY-MM-DD")
    files.add_argument("--to", dest="last", required=True, type=_date, metavar="YYYY-MM-DD")
    files.add_argument("--out", required=True, type=Path, metavar="DIR", help="is made")
    files.add_argument(
        "--language", type=Language, choices=list(Language), default=Language.CHINESE
    )
    for parser in (one, files):
        parser.add_argument("--site", metavar="STATION", help="one station only")


def _day(given: Arguments) -> int:
    with Opened(shared.config(given)) as store:
        found = store.read(
            lambda connection: day.between(connection, given.day, given.day, given.site)
        )
    for each in found:
        _print_day(each)
    if not found:
        print("no period was closed on this day")
    return OK if all(each.holds for each in found) else FAILED


def _print_day(each: StationDay) -> None:
    verdict = "agrees" if each.holds else "DOES NOT AGREE"
    print(f"{each.site or '(no station)'} {each.day.isoformat()}: {verdict}")
    print(f"  {'':<8}{'slips':>14}{'terminals':>14}{'head office':>14}")
    for line in each.equalities:
        sums = (line.slips_fen, line.terminal_fen, line.center_fen)
        print(
            f"  {line.what:<8}{''.join(f'{format_yuan(fen):>14}' for fen in sums)}"
            f"{'' if line.holds else '  differs'}"
        )
    for name, terminal_fen, center_fen, holds in (
        ("loose", each.terminal_loose_fen, each.center_loose_fen, each.is_loose_equal),
        ("box", each.terminal_fen, each.center_fen, each.is_box_equal),
    ):
        differs = "" if holds else "  differs"
        print(
            f"  {name:<8}{'':>14}{format_yuan(terminal_fen):>14}{format_yuan(center_fen):>14}"
            f"{differs}"
        )
    if each.found_fen:
        print(
            f"  {format_yuan(each.found_fen)} yuan of it are uncertain notes that a count has found"
        )
    for name in each.missing:
        print(f"  without a report: {name}")


def _report(given: Arguments) -> int:
    if not 0 <= (given.last - given.first).days < MOST_DAYS:
        raise CashError(f"a report is about 1 to {MOST_DAYS} days, the first one first")
    with Opened(shared.config(given)) as store:
        made = store.read(
            lambda connection: report.make(
                connection, given.first, given.last, given.site, given.language, app.wall_ms()
            )
        )
    given.out.mkdir(parents=True, exist_ok=True)
    for table in made.tables:
        file = given.out / f"{table.name}.csv"
        file.write_text(report.as_csv(table, given.language), "utf-8-sig", newline="")
        print(file)
    file = given.out / HTML_FILE
    file.write_text(page.render(made), "utf-8")
    print(file)
    print("everything agrees" if made.holds else "something does not agree")
    return OK


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day is written YYYY-MM-DD") from None
