"""Customers who pay afterwards in the office of the tests, and messages about bills in one line."""

from pathlib import Path

from center.orders.policy import Policy
from center.utility.seed import Seed, parse_seed, plant
from tests.center.orders.office import NOW_MS, TERMINAL, Office
from vending.bill import BillAnswer, BillPaid, BillPayRequest, BillQuery, BillStatement
from vending.cash import Business
from vending.messages import Note, OrderOpened, OrderParked, Refused

ZHOU, LIN, SHEN = "300000000001", "300000000002", "300000000003"
"""Three months (one with a late fee); one month and a balance; nothing due."""
MONTHS = ("2025-08", "2025-09", "2025-10")
DUES_FEN = (10_500, 6_000, 4_000)

POST_PAID = f"""
[[post_paid]]
customer_no = "{ZHOU}"
name = "周建国"
address = "河坊街 12 号 501 室"
bills = [
    {{month = "2025-10", energy_wh = 70_000, amount_fen = 4_000}},
    {{month = "2025-08", energy_wh = 190_000, amount_fen = 10_000, late_fee_fen = 500}},
    {{month = "2025-09", energy_wh = 110_000, amount_fen = 6_000}},
]

[[post_paid]]
customer_no = "{LIN}"
name = "林晓梅"
address = "信义坊 8 幢 1102 室"
balance_fen = 1_250
bills = [{{month = "2025-10", energy_wh = 90_000, amount_fen = 5_000}}]

[[post_paid]]
customer_no = "{SHEN}"
name = "沈佳"
address = "江南名府 5 幢 203 室"
balance_fen = 3_000
"""


def post_paid() -> Seed:
    return parse_seed(POST_PAID)


class Counter(Office):
    """The office, with customers who get bills."""

    def __init__(self, folder: Path, policy: Policy = Policy()) -> None:  # noqa: B008
        super().__init__(folder, policy)
        self.store.write(lambda connection: plant(connection, post_paid(), NOW_MS))

    def bill(self, customer_no: str, terminal_no: str = TERMINAL) -> BillStatement:
        answer = self.ask(customer_no, terminal_no)
        assert isinstance(answer, BillStatement), answer
        return answer

    def ask(self, customer_no: str, terminal_no: str = TERMINAL) -> BillAnswer:
        return self.desk.query_bill(terminal_no, BillQuery(customer_no=customer_no))

    def pay(self, body: BillPayRequest, terminal_no: str = TERMINAL) -> BillPaid:
        answer = self.desk.pay_bill(terminal_no, body)
        assert isinstance(answer, BillPaid), answer
        return answer

    def refusal(self, body: BillPayRequest, terminal_no: str = TERMINAL) -> Refused:
        answer = self.desk.pay_bill(terminal_no, body)
        assert isinstance(answer, Refused), answer
        return answer


def pay_request(
    order_no: str,
    notes: tuple[Note, ...],
    months: tuple[str, ...] = MONTHS,
    customer_no: str = ZHOU,
) -> BillPayRequest:
    return BillPayRequest(
        order_no=order_no,
        opened_at_ms=NOW_MS,
        customer_no=customer_no,
        months=months,
        notes=notes,
    )


def bill_opened(
    order_no: str, months: tuple[str, ...] = MONTHS, customer_no: str = ZHOU
) -> OrderOpened:
    return OrderOpened(
        order_no=order_no,
        opened_at_ms=NOW_MS,
        customer_no=customer_no,
        meter_no="",
        card_serial="",
        business=Business.BILL,
        months=months,
    )


def bill_parked(order_no: str, paid_fen: int) -> OrderParked:
    return OrderParked(
        order_no=order_no,
        paid_fen=paid_fen,
        sold=False,
        verdict=None,
        why="no-answer",
        at_ms=NOW_MS,
    )
