"""Bills on real processes, by number, code and card: what is paid is posted once, come what may.

The judge compares box and books after each of them.
"""

from collections.abc import Iterator
from functools import partial

import pytest

from bench.acceptor import FAST as FAST_NOTES
from bench.printer.device import FAST as FAST_PAPER
from bench.stand import Site, Stand
from bench.stand.kiosk import Kiosk
from center.utility import bills
from tests.e2e.at_work import cut_off_at, pay_bill, put_in_for_bill, show_bill
from tests.e2e.resident import until
from vending.bill import BillPaid

TEA_HOUSE = 2
"""Of the bills on the bench: more is owed than any test pays."""
TYPED = 1
CARD_OWNER = "330100200011"
"""Whose card is called ``energy``."""


HASTE = {f"head_office.{name}_deadline_s": 1 for name in ("connect", "answer", "report")} | {
    "head_office.probe_s": 2
}
SILENCE_TIMEOUT_S = 90.0
"""A line that is down is tried for a while before the customer is told."""


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A site whose head office has little time to answer."""
    site = Site(timing=FAST_NOTES, printing=FAST_PAPER, config=HASTE)
    with Stand(tmp_path_factory.mktemp("site"), site) as ready:
        yield ready


@pytest.fixture
def kiosk(stand: Stand) -> Kiosk:
    return stand.kiosk if stand.kiosk and stand.kiosk.alive else hurried(stand)


def hurried(stand: Stand) -> Kiosk:
    program = ("tests.e2e.hurried", str(stand.directory / "orders"))
    return stand.start_kiosk(program=program)


def payments(stand: Stand, customer_no: str) -> list[BillPaid]:
    return stand.office.read(lambda db: bills.payments_of(db, customer_no))


def posted_once(stand: Stand, order_no: str, number: int = TEA_HOUSE) -> BillPaid:
    """Return the one payment of an order, once every book agrees about it."""
    assert stand.wait_until_posted(order_no)
    made = payments(stand, stand.bills[number].customer_no)
    (paid,) = (each for each in made if each.order_no == order_no)
    assert stand.audit() == []
    return paid


def test_by_its_number(stand: Stand, kiosk: Kiosk) -> None:
    """One month and something on the account already: the excess stays there."""
    kiosk.wait("idle", timeout_s=40)
    slips = len(stand.slips)
    kiosk.press("pay-bill")
    kiosk.wait("bill-ask")
    kiosk.type(stand.bills[TYPED].customer_no)
    kiosk.press("look-up")
    kiosk.wait("bill")
    kiosk.press("bill-all")
    assert until(kiosk, phase="tendering")["due_fen"] == 6_406
    for value_fen in (5_000, 1_000, 1_000):
        put_in_for_bill(stand, kiosk, value_fen)
    done = until(kiosk, phase="done")
    paid = posted_once(stand, done["order_no"], TYPED)
    assert paid.settlement.months == ("2026-10",)
    assert paid.settlement.balance_after_fen == 594
    assert stand.printer.wait_for_slips(slips + 1, 10)
    assert all(text in stand.slips[-1].text for text in ("5.94", done["receipt_no"]))


def test_by_the_meter_card_which_comes_back_unwritten(stand: Stand, kiosk: Kiosk) -> None:
    owed = ("--energy-wh", "100000", "--amount-fen", "5380", "--late-fee-fen", "0")
    code, said = stand.office.command("bills", "add", CARD_OWNER, "2026-10", *owed)
    assert code == 0, said
    card = stand.card("energy").card
    assert card
    before = card.image
    kiosk.wait("idle", timeout_s=40)
    kiosk.press("pay-bill")
    kiosk.wait("bill-ask")
    stand.insert_card("energy")
    kiosk.wait("bill")
    assert not stand.card_in_slot
    kiosk.press("bill-all")
    kiosk.wait("tendering")
    put_in_for_bill(stand, kiosk, 10_000)
    order_no = until(kiosk, phase="done")["order_no"]
    assert stand.wait_until_posted(order_no)
    assert [each.order_no for each in payments(stand, CARD_OWNER)] == [order_no]
    assert card.image == before
    assert stand.audit() == []


def test_without_an_answer_it_is_posted_later_by_itself(stand: Stand, kiosk: Kiosk) -> None:
    show_bill(stand, kiosk, TEA_HOUSE)
    put_in_for_bill(stand, kiosk, 2_000)
    slips = len(stand.slips)
    stand.office_gone()
    kiosk.press("finish")
    doubtful = until(kiosk, SILENCE_TIMEOUT_S, phase="doubtful", cause="posting-unknown")
    assert stand.printer.wait_for_slips(slips + 1, 10)
    assert doubtful["order_no"] in stand.slips[-1].text.replace(" ", "")
    assert not stand.is_posted(doubtful["order_no"])
    stand.office_back()
    assert posted_once(stand, doubtful["order_no"]).paid_fen == 2_000


def test_an_answer_that_got_lost_is_asked_for(stand: Stand, kiosk: Kiosk) -> None:
    show_bill(stand, kiosk, TEA_HOUSE)
    put_in_for_bill(stand, kiosk, 1_000)
    stand.office_deaf()
    kiosk.press("finish")
    asking = until(kiosk, SILENCE_TIMEOUT_S, phase="posting", notice="asking-again")
    order_no = str(asking["order_no"])
    stand.kill_kiosk()
    stand.office_back()
    hurried(stand)
    assert posted_once(stand, order_no).paid_fen == 1_000


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param("append:NoteStacked.1:after", id="the note is in"),
        pytest.param("append:FinishPressed.1:after", id="finish is pressed"),
        pytest.param("append:BillPosted.1:before", id="posted, and nobody knows"),
    ],
)
def test_cut_off_while_paying(stand: Stand, kiosk: Kiosk, moment: str) -> None:
    box_fen, customer_no = stand.cash_fen, stand.bills[TEA_HOUSE].customer_no
    before = payments(stand, customer_no)
    again = cut_off_at(stand, moment, partial(pay_bill, stand, kiosk, 1_000))
    assert stand.cash_fen == box_fen + 1_000
    again.wait("done", "idle", timeout_s=60)
    assert stand.audit() == []
    (paid,) = payments(stand, customer_no)[len(before) :]
    assert paid.paid_fen == 1_000
