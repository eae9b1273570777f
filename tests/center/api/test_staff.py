"""Re-sell and staff as a terminal meets them, over a real socket; and nothing of a PIN in a log."""

import logging
from pathlib import Path
from typing import Any

import msgspec
import pytest

from center import app
from center.staff.people import People
from center.staff.pins import Pins
from tests.center.api.stand import (
    OTHER_TERMINAL,
    Stand,
    Terminal,
    card,
    problem,
    query,
    running,
    vend_request,
)
from vending import wire
from vending.card import Verdict
from vending.messages import (
    AccountAnswer,
    Ending,
    InquiryAnswer,
    OrderOver,
    OrderParked,
    Owed,
    OwedAnswer,
    OwedQuery,
    ReportEnvelope,
    ResellRequest,
    Vend,
    VendAnswer,
)
from vending.staff import (
    Action,
    ActionAnswer,
    ActionDone,
    ActionForbidden,
    ActionRequest,
    Evidence,
    Forbidden,
    NotSignedIn,
    Role,
    StaffAnswer,
    StaffNotKnown,
    StaffRefused,
    StaffSignedIn,
    StaffSignIn,
    StuckAnswer,
    StuckOrders,
    StuckQuery,
)
from vending.wire import ProblemCode

ORDER = vend_request()
NAME, PIN = "li.fu", "420917"


def hire(center: app.Center) -> None:
    people = People(center.store, app.wall_ms, Pins())
    people.add(NAME, Role.MAINTENANCE, PIN, "root")


def ask(terminal: Terminal, path: str, message: Any, kind: Any) -> Any:
    answer = terminal.ask(path, message)
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=kind)


def sign_in(terminal: Terminal, pin: str = PIN) -> Any:
    message = StaffSignIn(name=NAME, pin=pin)
    return ask(terminal, wire.STAFF_SIGN_IN_PATH, message, StaffAnswer)


def park(terminal: Terminal) -> None:
    said = OrderParked(
        order_no=ORDER.order_no,
        paid_fen=5_000,
        sold=True,
        verdict=Verdict.UNKNOWN,
        why="card-pulled",
        at_ms=ORDER.opened_at_ms,
    )
    envelope = ReportEnvelope(report_no=1, journal_id="j", report=said)
    assert terminal.ask(wire.REPORTS_PATH, envelope).status_code == 200


def test_an_order_is_delivered_at_another_terminal(stand: Stand) -> None:
    maker, other = stand.signed_in(), stand.signed_in(OTHER_TERMINAL)
    vend = ask(maker, wire.VENDS_PATH, ORDER, VendAnswer)
    wanted = ResellRequest(
        order_no=ORDER.order_no,
        customer_no=ORDER.customer_no,
        meter_no=ORDER.meter_no,
        card_serial=ORDER.card_serial,
        purchase_count=7,
    )
    stranger = other.ask(wire.RESELLS_PATH, wanted)
    assert problem(stranger).code is ProblemCode.ORDER_OF_ANOTHER
    by_code = OwedQuery(card=card(), order_no=ORDER.order_no)
    for owed in (
        ask(other, wire.ACCOUNTS_PATH, query(), AccountAnswer),
        ask(other, wire.OWED_PATH, OwedQuery(card=card()), OwedAnswer),
        ask(other, wire.OWED_PATH, by_code, OwedAnswer),
    ):
        assert isinstance(owed, Owed)
        assert owed.vend == vend
    assert isinstance(vend, Vend)
    assert ask(other, wire.RESELLS_PATH, wanted, VendAnswer) == vend


def test_a_code_with_a_wrong_check_digit_is_malformed(stand: Stand) -> None:
    terminal = stand.signed_in()
    wrong = ORDER.order_no[:-1] + str((int(ORDER.order_no[-1]) + 1) % 10)
    answer = terminal.ask(wire.OWED_PATH, OwedQuery(card=card(), order_no=wrong))
    assert (answer.status_code, problem(answer).code) == (400, ProblemCode.MALFORMED)


def test_staff_find_a_stuck_order_and_pay_it_back(tmp_path: Path) -> None:
    with running(tmp_path, prepare=hire) as stand:
        maker, other = stand.signed_in(), stand.signed_in(OTHER_TERMINAL)
        ask(maker, wire.VENDS_PATH, ORDER, VendAnswer)
        park(maker)
        assert sign_in(maker, "000001") == StaffRefused(reason=NotSignedIn.WRONG)
        known = sign_in(maker)
        assert isinstance(known, StaffSignedIn)
        listed = ask(maker, wire.STUCK_ORDERS_PATH, StuckQuery(token=known.token), StuckAnswer)
        assert isinstance(listed, StuckOrders)
        assert [order.order_no for order in listed.orders] == [ORDER.order_no]
        wanted = ActionRequest(
            token=known.token,
            order_no=ORDER.order_no,
            action=Action.REFUND,
            evidence=Evidence.CUSTOMER_ASKS,
        )
        elsewhere = ask(other, wire.STAFF_ACTIONS_PATH, wanted, ActionAnswer)
        assert elsewhere == ActionForbidden(why=Forbidden.SIGN_IN_AGAIN)
        other_query = StuckQuery(token=known.token)
        assert ask(other, wire.STUCK_ORDERS_PATH, other_query, StuckAnswer) == StaffNotKnown()
        stale = msgspec.structs.replace(wanted, witness_token="0" * 32)
        refused = ask(maker, wire.STAFF_ACTIONS_PATH, stale, ActionAnswer)
        assert refused == ActionForbidden(why=Forbidden.SIGN_IN_AGAIN)
        for _ in range(2):
            done = ask(maker, wire.STAFF_ACTIONS_PATH, wanted, ActionAnswer)
            assert isinstance(done, ActionDone)
            assert done.order.refund == "decided"
        answer = maker.ask(wire.inquiry_path(ORDER.order_no), None, "GET")
        over = msgspec.json.decode(answer.content, type=InquiryAnswer)
        assert over == OrderOver(ORDER.order_no, Ending.REFUNDED)


@pytest.mark.parametrize("pin", ["12345", "1234567890123", "12345x", "", "４２０９１７"])
def test_a_pin_of_another_shape_is_malformed_and_not_repeated(stand: Stand, pin: str) -> None:
    answer = stand.signed_in().ask(wire.STAFF_SIGN_IN_PATH, StaffSignIn(name=NAME, pin=pin))
    assert (answer.status_code, problem(answer).code) == (400, ProblemCode.MALFORMED)
    assert not pin or pin not in answer.text


def test_no_name_pin_or_token_is_ever_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with running(tmp_path, prepare=hire) as stand:
        terminal = stand.signed_in()
        known = sign_in(terminal)
        sign_in(terminal, "271828")
        terminal.ask(wire.STAFF_SIGN_IN_PATH, {"name": NAME, "pin": int(PIN)})
        terminal.ask(wire.STAFF_SIGN_IN_PATH, {"name": NAME, "pin": PIN + "x"})
        terminal.ask(wire.STUCK_ORDERS_PATH, StuckQuery(token=known.token))
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert '"operation":"staff-sign-in"' in said
    for secret in (PIN, "271828", NAME, known.token):
        assert secret not in said
