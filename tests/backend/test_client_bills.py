"""The client against a real head office: bills are looked up, paid once, and found by asking."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace

from bench.proxy import Proxy
from center import app
from center.utility.seed import parse_seed, plant
from kiosk.backend.client import Client
from kiosk.backend.deadline import Timing
from kiosk.backend.port import NoAnswer
from tests.center.api.stand import KEYS, OPENED_AT_MS, SEED, TERMINAL, Stand, running
from vending.bill import BillPaid, BillPayRequest, BillQuery, BillStatement, settle
from vending.messages import Note, NotSold, Reason, Refused
from vending.order_no import make_order_no

CUSTOMER_NO = "3301002000"
BILLS = f"""{SEED}
[[post_paid]]
customer_no = "{CUSTOMER_NO}"
name = "李雷"
address = "杭州市萧山区北干街道1号"

[[post_paid.bills]]
month = "2026-09"
energy_wh = 120000
amount_fen = 6456
late_fee_fen = 44

[[post_paid.bills]]
month = "2026-10"
energy_wh = 100000
amount_fen = 5380
"""
QUERY = BillQuery(customer_no=CUSTOMER_NO)
ORDER_NO = make_order_no(TERMINAL, OPENED_AT_MS, 1)
PAY = BillPayRequest(
    order_no=ORDER_NO,
    opened_at_ms=OPENED_AT_MS,
    customer_no=CUSTOMER_NO,
    months=("2026-09", "2026-10"),
    notes=(Note(note_id="n-1", value_fen=10_000, period_no=1),),
)
QUICK = Timing(connect_s=0.5, answer_s=1.0, report_s=1.0)


def prepare(center: app.Center) -> None:
    seed = parse_seed(BILLS)
    center.store.write(lambda connection: plant(connection, seed, app.wall_ms()))


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    with running(tmp_path, prepare=prepare) as stand:
        stand.register()
        yield stand


@pytest.fixture
def client(stand: Stand) -> Iterator[Client]:
    client = Client(stand.url, KEYS[TERMINAL])
    yield client
    client.close()


def statement(client: Client) -> BillStatement:
    found = client.query_bill(QUERY)
    assert isinstance(found, BillStatement)
    return found


def test_what_is_owed_comes_by_month_and_masked(client: Client) -> None:
    found = statement(client)
    assert [(each.month, each.due_fen) for each in found.months] == [
        ("2026-09", 6_500),
        ("2026-10", 5_380),
    ]
    assert "李雷" not in repr(found)


def test_an_unknown_customer_is_refused(client: Client) -> None:
    unknown = client.query_bill(BillQuery(customer_no="999999"))
    assert unknown == Refused(Reason.ACCOUNT_UNKNOWN)


def test_a_payment_settles_what_the_terminal_says_it_will(client: Client) -> None:
    found = statement(client)
    paid = client.pay_bill(PAY)
    assert isinstance(paid, BillPaid)
    assert paid.settlement == settle(found.months, found.balance_fen, 10_000)
    assert paid.settlement.balance_after_fen == 3_500
    assert (paid.order_no, paid.paid_fen) == (ORDER_NO, 10_000)
    left = statement(client)
    assert ([each.month for each in left.months], left.balance_fen) == (["2026-10"], 3_500)


def test_a_payment_that_is_repeated_is_one(client: Client) -> None:
    first = client.pay_bill(PAY)
    assert client.pay_bill(PAY) == first
    assert client.inquire_bill(ORDER_NO) == first
    assert statement(client).balance_fen == 3_500


def test_another_body_under_the_same_number_is_refused(client: Client) -> None:
    client.pay_bill(PAY)
    other = replace(PAY, notes=(Note(note_id="n-2", value_fen=5_000, period_no=1),))
    assert isinstance(client.pay_bill(other), Refused)
    assert statement(client).balance_fen == 3_500


def test_nothing_was_posted_under_a_number_that_was_not_used(client: Client) -> None:
    assert client.inquire_bill(ORDER_NO) == NotSold(ORDER_NO)


def test_a_payment_whose_answer_is_lost_is_found_by_asking(stand: Stand) -> None:
    with Proxy("127.0.0.1", urlsplit(stand.url).port or 0) as proxy:
        client = Client(f"http://127.0.0.1:{proxy.port}", KEYS[TERMINAL], timing=QUICK)
        client.sign_in("1")
        proxy.deafen()
        with pytest.raises(NoAnswer):
            client.pay_bill(PAY)
        proxy.restore()
        found = client.inquire_bill(ORDER_NO)
        client.close()
    assert isinstance(found, BillPaid)
    assert found.paid_fen == 10_000


def test_the_roster_is_fetched(client: Client) -> None:
    roster = client.roster()
    assert roster.version == client.sign_in("1").roster_version
    assert roster.people == ()
