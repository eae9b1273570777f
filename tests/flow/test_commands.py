"""Wishes: what answers each, and the question that replaces it after a restart."""

from collections.abc import Iterator

import pytest

from kiosk.flow import command as wish
from kiosk.flow import event as ev
from kiosk.flow.command import Command
from kiosk.flow.paper import CashPaper, SelfTestPaper, Slip
from tests.flow.bills import CUSTOMER_NO, BillWalk, paid_of, statement_of
from tests.flow.world import Walk, card_of, seal_request, vend_of
from vending.bill import BillQuery
from vending.card import Verdict
from vending.cash import Figures
from vending.messages import Reason, ResellRequest

ORDER = Walk().to_vending().order
VEND = vend_of(ORDER)
NO = ORDER.order_no


def kinds(root: type[Command] = Command) -> Iterator[type[Command]]:
    for kind in root.__subclasses__():
        if not kind.__name__.startswith("_"):
            yield kind
        yield from kinds(kind)


REQUEST = Walk().to_vending().wished(wish.RequestVend)[0]
SLIP = Slip(
    layout="purchase",
    language="zh",
    order_no=NO,
    terminal_no="310042",
    at_ms=0,
    customer_no="",
    meter_no="",
    name_masked="",
    paid_fen=0,
    notes_fen=(),
)
TEST_SLIP = SelfTestPaper(layout="test", language="zh", terminal_no="310042", at_ms=0)
PAPER = CashPaper(
    layout="x-report",
    language="zh",
    terminal_no="310042",
    at_ms=0,
    period_no=3,
    opened_at_ms=0,
    closed_at_ms=None,
    operator="wang",
    figures=Figures(),
)
PROVE = wish.ProveCard(order_no=NO, vend=VEND, before=ORDER.card)
ASK = wish.AskNote(note_id="n1", value_fen=500)
ASK_RETURNED = wish.AskNote(note_id="n1", value_fen=500, returning=True)
RESELL = ResellRequest(
    order_no=NO,
    customer_no=ORDER.card.customer_no,
    meter_no=ORDER.card.meter_no,
    card_serial=ORDER.card.serial,
    purchase_count=ORDER.card.purchase_count,
)
INQUIRE = wish.InquireVend(order_no=NO)
PAID = BillWalk().to_posting()
PAY_BILL = PAID.wished(wish.PayBill)[0]
INQUIRE_BILL = wish.InquireBill(order_no=PAY_BILL.order_no)
QUESTIONS: list[tuple[Command, tuple[Command, ...]]] = [
    (wish.PrintPaper(paper=PAPER), ()),
    (wish.ReadCard(), ()),
    (wish.WriteCard(order_no=NO, vend=VEND, before=ORDER.card), (PROVE,)),
    (PROVE, (PROVE,)),
    (wish.OpenAcceptor(values_fen=(500,)), (wish.CloseAcceptor(),)),
    (wish.CloseAcceptor(), (wish.CloseAcceptor(),)),
    (wish.StackNote(note_id="n1", value_fen=500), (ASK,)),
    (wish.ReturnNote(note_id="n1", value_fen=500), (ASK_RETURNED,)),
    (ASK_RETURNED, (ASK_RETURNED,)),
    (ASK, (ASK,)),
    (wish.LookUpAccount(card=ORDER.card), ()),
    (wish.FindOwed(card=ORDER.card, code=NO), ()),
    (REQUEST, (INQUIRE,)),
    (wish.RequestResell(order_no=NO, request=RESELL), (INQUIRE,)),
    (INQUIRE, (INQUIRE,)),
    (wish.AskSeals(order_no=NO, request=seal_request(ORDER)), ()),
    (wish.PrintSlip(order_no=NO, slip=SLIP), ()),
    (wish.PrintPaper(paper=TEST_SLIP), ()),
    (wish.LookUpBill(query=BillQuery(customer_no=CUSTOMER_NO)), ()),
    (PAY_BILL, (INQUIRE_BILL,)),
    (INQUIRE_BILL, (INQUIRE_BILL,)),
    (wish.TryOffice(), ()),
]


@pytest.mark.parametrize(("deed", "question"), QUESTIONS)
def test_the_question_never_is_the_deed(deed: Command, question: tuple[Command, ...]) -> None:
    assert deed.ask() == question


def test_every_wish_that_expects_an_answer_has_its_question() -> None:
    expecting = {kind for kind in kinds() if kind.answers}
    assert expecting <= {type(deed) for deed, _ in QUESTIONS}


def test_only_facts_about_the_same_note_settle_a_wish() -> None:
    swallow = wish.StackNote(note_id="n1", value_fen=500)
    assert swallow.matches(ev.NoteStacked(note_id="n1", value_fen=500))
    assert not swallow.matches(ev.NoteStacked(note_id="n2", value_fen=500))


def test_only_facts_about_the_same_paper_settle_a_wish() -> None:
    printing = wish.PrintPaper(paper=PAPER)
    assert printing.matches(ev.SlipPrinted(order_no="x-report-3"))
    assert not printing.matches(ev.SlipPrinted(order_no="clearing-3"))
    assert not printing.matches(ev.SlipPrinted(order_no=NO))


def test_only_facts_about_the_same_order_settle_a_wish() -> None:
    assert INQUIRE.matches(ev.VendApproved(vend=VEND))
    assert REQUEST.matches(ev.VendUnknown(order_no=NO))
    assert not INQUIRE.matches(ev.VendNotSold(order_no="other"))
    assert not REQUEST.matches(ev.VendUnknown(order_no="other"))
    assert PROVE.matches(ev.CardProved(order_no=NO, verdict=Verdict.TORN, card=card_of()))
    assert not PROVE.matches(ev.CardProved(order_no="other", verdict=Verdict.TORN))


def test_only_facts_about_the_same_payment_settle_a_wish() -> None:
    number, posted = PAY_BILL.order_no, ev.BillPosted(paid=paid_of(PAID.bill))
    for asked in (PAY_BILL, INQUIRE_BILL):
        assert asked.matches(posted)
        assert asked.matches(ev.BillUnknown(order_no=number))
        assert asked.matches(ev.BillNotPosted(order_no=number, reason=Reason.ACCOUNT_BLOCKED))
        assert not asked.matches(ev.BillUnknown(order_no=NO + "1"))
    assert INQUIRE_BILL.matches(ev.BillNotPosted(order_no=number))
    assert not PAY_BILL.matches(ev.BillNotPosted(order_no=number))


def test_only_facts_about_the_same_customer_settle_a_look_up() -> None:
    asked = wish.LookUpBill(query=BillQuery(customer_no=CUSTOMER_NO))
    assert asked.matches(ev.BillFound(statement=statement_of()))
    assert asked.matches(ev.BillUnreachable(customer_no=CUSTOMER_NO))
    assert not asked.matches(ev.BillFound(statement=statement_of("777777")))
    assert not asked.matches(ev.BillRefused(customer_no="777777", reason=Reason.NOTHING_DUE))
