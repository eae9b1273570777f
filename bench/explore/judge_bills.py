"""The judge of the bills: what customers paid is settled, or stands on their account."""

from collections.abc import Iterator

from bench.explore.books import Books
from bench.explore.office import POST_PAID


def judge_bills(books: Books) -> Iterator[str]:
    """Every posted payment is a finished order of the same money; no fen is left over or made."""
    finished = {each.order_no: each.paid_fen for each in books.orders if each.state == "confirmed"}
    for order_no, (_, paid_fen) in books.bill_payments.items():
        if finished.get(order_no) != paid_fen:
            yield f"bill payment {order_no} of {paid_fen} fen is no finished order of that money"
    for customer in POST_PAID:
        yield from _customer(customer.customer_no, customer.balance_fen, books)


def _customer(customer_no: str, before_fen: int, books: Books) -> Iterator[str]:
    paid = {no: fen for no, (who, fen) in books.bill_payments.items() if who == customer_no}
    months = [each for each in books.bills if each.customer_no == customer_no]
    settled = [each for each in months if each.order_no is not None]
    if [each.month for each in settled] != [each.month for each in months][: len(settled)]:
        yield f"customer {customer_no}: a later month was settled before an earlier one"
    if strangers := {each.order_no for each in settled} - paid.keys():
        yield f"customer {customer_no}: months settled by {strangers}, which paid nothing"
    after_fen, _ = books.customers[customer_no]
    wanted_fen = before_fen + sum(paid.values()) - sum(each.due_fen for each in settled)
    if after_fen != wanted_fen:
        yield f"customer {customer_no} has {after_fen} fen on the account instead of {wanted_fen}"
