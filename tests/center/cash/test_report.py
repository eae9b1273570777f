"""The day's three-way equality and the report: exact to the fen, in two languages, harmless."""

from datetime import date
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace
from sqlalchemy import insert

from center.cash import day, page, report
from center.cash.banking import Deposit
from center.cash.counting import Count, Found
from center.cash.day import StationDay
from center.cash.periods import CashError
from center.cash.picture import bars
from center.cash.vault import Vault
from center.cash.words import WORDS, Language
from center.store import tables
from tests.center.cash.people import BOSS, CLERK
from tests.center.cash.till import Till
from tests.center.orders.office import NOW_MS, OTHER_TERMINAL, TERMINAL, Office
from vending.cash import Business

DAY = date(2025, 11, 24)
MS_PER_DAY = 86_400_000


def register(office: Office, terminal_no: str, site: str) -> None:
    row = {"terminal_no": terminal_no, "name": "", "blocked": False, "site": site}
    office.store.write(lambda connection: connection.execute(insert(tables.terminals), row).close())


def trade(office: Office, till: Till, *values_fen: int, business: Business) -> None:
    order_no = office.order_no(till.terminal_no)
    for value_fen in values_fen:
        till.tell(till.pay(order_no, value_fen, business))
    till.slips.add(order_no)


def days(office: Office, site: str | None = None) -> list[StationDay]:
    return office.store.read(lambda connection: day.between(connection, DAY, DAY, site))


def test_slips_terminals_and_books_are_equal_at_each_station(office: Office, till: Till) -> None:
    other = Till(office.desk, OTHER_TERMINAL, lambda: office.now_ms)
    register(office, TERMINAL, "north")
    register(office, OTHER_TERMINAL, "south")
    for each in (till, other):
        trade(office, each, 10_000, 5_000, business=Business.ENERGY)
        each.tell(each.lose(2_000, certain=True))
        each.tell(each.clear())
    trade(office, till, 5_000, business=Business.ENERGY)
    till.tell(till.clear())
    north, south = days(office)
    assert (north.site, north.holds, south.site, south.holds) == ("north", True, "south", True)
    energy, bill, total = north.equalities
    assert (energy.slips_fen, energy.terminal_fen, energy.center_fen) == (20_000,) * 3
    assert (energy.slips, energy.center_orders, bill.center_fen) == (2, 2, 0)
    assert total.center_fen + north.center_loose_fen == north.center_fen == 22_000
    assert [each.site for each in days(office, "south")] == ["south"]
    with pytest.raises(
        CashError, match="no terminal belongs to station 'west'; stations: north, s"
    ):
        days(office, "west")


def test_a_slip_that_did_not_come_out_is_seen(office: Office, till: Till) -> None:
    trade(office, till, 10_000, business=Business.ENERGY)
    till.slips.clear()
    till.tell(till.clear())
    (found,) = days(office)
    assert not found.holds
    assert [line.holds for line in found.equalities] == [False, True, False]


def test_a_late_note_heals_the_day(office: Office, till: Till) -> None:
    order_no = office.order_no()
    late = till.pay(order_no, 10_000)
    till.slips.add(order_no)
    till.tell(till.clear())
    assert not days(office)[0].holds
    till.tell(late)
    assert days(office)[0].holds


def test_an_uncertain_note_that_a_count_finds_spoils_no_day(
    office: Office, till: Till, vault: Vault
) -> None:
    doubted = till.lose(5_000, certain=False)
    till.tell(doubted)
    till.tell(till.clear())
    found = (Found(note_id=doubted.note.note_id),)
    counted = Count(terminal_no=TERMINAL, period_no=1, counted=((5_000, 1),), found=found)
    vault.count(CLERK, counted)
    (one,) = days(office)
    assert (one.terminal_fen, one.found_fen, one.center_fen, one.holds) == (0, 5_000, 5_000, True)


def test_periods_without_a_report_are_listed(office: Office, till: Till, vault: Vault) -> None:
    till.tell(till.clear())
    till.clear()
    till.clear()
    till.tell(till.clear())
    (found,) = days(office)
    assert (found.missing, found.holds) == (("000001/2", "000001/3"), False)
    vault.close(BOSS, TERMINAL, 2, "lost")
    assert days(office)[0].missing == ("000001/2", "000001/3")


@pytest.fixture
def full(office: Office, till: Till, vault: Vault) -> Office:
    """Two days with a bag that was short, a lost note and money at the bank."""
    register(office, TERMINAL, "=north & <south>")
    trade(office, till, 10_000, 10_000, 50, business=Business.ENERGY)
    till.tell(till.clear("＠op"))
    counted = Count(terminal_no=TERMINAL, period_no=1, counted=((10_000, 1),), bag_no="=1+1")
    vault.count(CLERK, counted)
    vault.count(
        BOSS,
        replace(counted, counted=((10_000, 2),), corrects=1, reason="<b>one</b> more"),
    )
    vault.deposit(CLERK, Deposit(reference="ICBC-1", amount_fen=20_000, periods=((TERMINAL, 1),)))
    office.now_ms += MS_PER_DAY
    trade(office, till, 5_000, business=Business.ENERGY)
    till.pay(office.order_no(), 2_000)
    till.tell(till.clear())
    return office


def made(office: Office, language: Language = Language.ENGLISH) -> report.CashReport:
    return office.store.read(
        lambda connection: report.make(connection, DAY, date(2025, 11, 30), None, language, NOW_MS)
    )


def test_the_tables_are_exact(full: Office) -> None:
    found = made(full)
    by_name = {table.name: table for table in found.tables}
    assert [row[7:12] for row in by_name["periods"].rows] == [
        ("200.50", "200.50", "200.00", "0.00", "0.50"),
        ("70.00", "50.00", "", "", ""),
    ]
    assert by_name["notes"].rows == (
        ("100.00", 2, "200.00"),
        ("50.00", 1, "50.00"),
        ("0.50", 1, "0.50"),
    )
    assert [row[2] for row in by_name["differences"].rows] == [
        "total",
        "notes of 20 yuan",
        "energy by cash",
    ]
    assert [row[6] for row in by_name["counts"].rows] == ["100.00", "200.00"]
    assert by_name["deposits"].rows[0][3:5] == ("200.00", "000001/1")
    assert found.per_day == (("2025-11-24", 20_050), ("2025-11-25", 5_000))
    assert sum(fen for _, fen in found.per_day) == sum(fen for _, _, fen in found.per_value)
    assert not found.holds


def test_a_spreadsheet_takes_nothing_for_a_formula(full: Office) -> None:
    table = next(table for table in made(full).tables if table.name == "periods")
    text = report.as_csv(table, Language.ENGLISH)
    assert "'=north & <south>,000001,1,2025-11-24 08:26,'＠op,'=1+1,yes,200.50" in text
    assert (
        report.as_csv(
            report.Table(name="x", columns=("total",), rows=(("-1.50",), ("-x",), ("",))),
            Language.ENGLISH,
        )
        == 'total\r\n-1.50\r\n\'-x\r\n""\r\n'
    )


@pytest.mark.parametrize("language", Language)
def test_the_page_stands_by_itself_and_says_everything(full: Office, language: Language) -> None:
    text = page.render(made(full, language))
    root = ElementTree.fromstring(text.split("\n", 1)[1].replace('<meta charset="utf-8">', ""))
    assert (
        len(root.findall(".//svg")) + len(root.findall(".//{http://www.w3.org/2000/svg}svg")) == 2
    )
    words = "".join(root.itertext())
    assert "=north & <south>" in words
    assert "<b>one</b> more" in words
    for key in ("title", "not-agrees", "equality", "deposits"):
        assert WORDS[key][0 if language is Language.CHINESE else 1] in words
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in text
    assert "src=" not in text


def test_a_page_about_nothing_says_so(office: Office) -> None:
    text = page.render(made(office, Language.CHINESE))
    assert "全部相符" in text
    assert "没有" in text


def test_bars_are_as_long_as_the_money() -> None:
    root = ElementTree.fromstring(bars("x", [("a & b", 100), ("c", 50), ("d", 0)]))
    widths = [int(each.get("width", "")) for each in root if each.tag.endswith("rect")]
    assert widths == [480, 240, 1]


def test_every_word_is_there_in_both_languages() -> None:
    assert all(chinese and english for chinese, english in WORDS.values())
