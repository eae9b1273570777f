"""Bills, the roster and what a sign-in tells, as a terminal meets them over a real socket."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from center import app
from center.staff.people import People
from center.staff.pins import Pins
from center.utility.seed import plant
from tests.center.api.stand import (
    OPENED_AT_MS,
    OTHER_TERMINAL,
    TERMINAL,
    Stand,
    Terminal,
    problem,
    running,
)
from tests.center.orders.billing import MONTHS, ZHOU, bill_opened, bill_parked, post_paid
from vending import wire
from vending.bill import (
    BillAnswer,
    BillInquiryAnswer,
    BillPaid,
    BillPayAnswer,
    BillPayRequest,
    BillQuery,
    BillStatement,
)
from vending.cash import StaffDeed
from vending.health import Health, Offer
from vending.messages import (
    Note,
    NoteTaken,
    NotSold,
    Reason,
    Refused,
    Report,
    ReportEnvelope,
    SignedIn,
)
from vending.order_no import make_order_no
from vending.roster import Roster
from vending.staff import Role
from vending.wire import ProblemCode

ORDER_NO = make_order_no(TERMINAL, OPENED_AT_MS, 7)
BODY = BillPayRequest(
    order_no=ORDER_NO,
    opened_at_ms=OPENED_AT_MS,
    customer_no=ZHOU,
    months=MONTHS,
    notes=(Note(note_id="n1", value_fen=10_000), Note(note_id="n2", value_fen=10_000)),
)


def prepare(center: app.Center) -> None:
    center.store.write(lambda connection: plant(connection, post_paid(), app.wall_ms()))


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    with running(tmp_path, prepare=prepare) as made:
        yield made


def ask(terminal: Terminal, path: str, message: Any, kind: Any, method: str = "POST") -> Any:
    answer = terminal.ask(path, message, method)
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=kind)


def inquire(terminal: Terminal) -> Any:
    return ask(terminal, wire.bill_inquiry_path(ORDER_NO), None, BillInquiryAnswer, "GET")


def test_a_bill_from_the_question_to_the_receipt(stand: Stand) -> None:
    terminal = stand.signed_in()
    told = ask(terminal, wire.BILLS_PATH, BillQuery(customer_no=ZHOU), BillAnswer)
    assert isinstance(told, BillStatement)
    assert tuple(month.month for month in told.months) == MONTHS
    assert inquire(terminal) == NotSold(ORDER_NO)
    paid = ask(terminal, wire.BILL_PAYMENTS_PATH, BODY, BillPayAnswer)
    assert isinstance(paid, BillPaid)
    assert paid.settlement.months == MONTHS[:2]
    assert ask(terminal, wire.BILL_PAYMENTS_PATH, BODY, BillPayAnswer) == paid
    assert inquire(terminal) == paid
    other = msgspec.structs.replace(BODY, months=MONTHS[:1])
    refused = ask(terminal, wire.BILL_PAYMENTS_PATH, other, BillPayAnswer)
    assert refused == Refused(Reason.ORDER_CONFLICT)


def test_another_terminals_payment_is_nobodys_business(stand: Stand) -> None:
    other = stand.signed_in(OTHER_TERMINAL)
    for answer in (
        other.ask(wire.BILL_PAYMENTS_PATH, BODY),
        other.ask(wire.bill_inquiry_path(ORDER_NO), None, "GET"),
    ):
        assert problem(answer).code is ProblemCode.ORDER_OF_ANOTHER


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (wire.BILLS_PATH, {"customer_no": "x" * 21}),
        (wire.BILLS_PATH, {"customer_no": "1; --"}),
        (wire.BILL_PAYMENTS_PATH, {"months": ["2025-13"]}),
        (wire.BILL_PAYMENTS_PATH, {"months": ["2025-1"]}),
        (wire.BILL_PAYMENTS_PATH, {"months": ["2025-10"] * 513}),
        (wire.BILL_PAYMENTS_PATH, {"order_no": ORDER_NO[:-1] + "x"}),
        (wire.BILL_PAYMENTS_PATH, {"notes": [{"note_id": "n", "value_fen": -1}]}),
    ],
)
def test_what_makes_no_sense_is_refused_at_the_door(
    stand: Stand, path: str, message: dict[str, Any]
) -> None:
    whole = msgspec.to_builtins(BODY) if path == wire.BILL_PAYMENTS_PATH else {}
    answer = stand.signed_in().ask(path, {**whole, **message})
    assert (answer.status_code, problem(answer).code) == (400, ProblemCode.MALFORMED)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", wire.BILLS_PATH),
        ("POST", wire.BILL_PAYMENTS_PATH),
        ("GET", wire.bill_inquiry_path(ORDER_NO)),
        ("GET", wire.ROSTER_PATH),
    ],
)
def test_who_is_not_signed_in_learns_nothing(stand: Stand, method: str, path: str) -> None:
    answer = stand.register().ask(path, BODY if method == "POST" else None, method)
    assert problem(answer).code is ProblemCode.SIGN_IN_AGAIN


def test_a_sign_in_tells_which_roster_is_the_present_one(stand: Stand) -> None:
    terminal = stand.signed_in()
    before = ask(terminal, wire.ROSTER_PATH, None, Roster, "GET")
    assert (before.people, before.good_for_days) == ((), 7)
    people = People(stand.center.store, app.wall_ms, Pins())
    people.add("li.fu", Role.OPERATOR, "420917", "root")
    answer = terminal.answer_challenge(terminal.challenge())
    signed_in = msgspec.json.decode(answer.content, type=SignedIn)
    assert signed_in.roster_version == before.version + 1
    assert signed_in.last_period_no == 0
    terminal.session_id, terminal.number = signed_in.session_id, 0
    roster = ask(terminal, wire.ROSTER_PATH, None, Roster, "GET")
    assert roster.version == signed_in.roster_version
    assert [(each.name, each.role) for each in roster.people] == [("li.fu", Role.OPERATOR)]
    assert roster.people[0].pin_hash.startswith("$argon2id$v=19$")


def test_every_report_of_a_payment_passes_the_door(stand: Stand) -> None:
    terminal = stand.signed_in()
    note = BODY.notes[0]
    reports: list[Report] = [
        bill_opened(ORDER_NO),
        NoteTaken(order_no=ORDER_NO, note=note, at_ms=OPENED_AT_MS),
        bill_parked(ORDER_NO, note.value_fen),
        StaffDeed(at_ms=OPENED_AT_MS, staff="", what="locked-out"),
        Health(at_ms=OPENED_AT_MS, offers=()),
    ]
    for number, said in enumerate(reports, start=1):
        envelope = ReportEnvelope(report_no=number, journal_id="j", report=said)
        answer = terminal.ask(wire.REPORTS_PATH, envelope)
        assert answer.status_code == 200, answer.text
    told = ask(terminal, wire.BILLS_PATH, BillQuery(customer_no=ZHOU), BillAnswer)
    assert told.balance_fen == note.value_fen


def test_health_is_taken_and_contact_kept(stand: Stand) -> None:
    terminal = stand.signed_in()
    said = Health(at_ms=OPENED_AT_MS, offers=(Offer.BILL_BY_CASH,), why="reader-fault")
    envelope = ReportEnvelope(report_no=1, journal_id="j", report=said)
    assert terminal.ask(wire.REPORTS_PATH, envelope).status_code == 200
    seen = stand.center.registry.get(TERMINAL)
    assert seen is not None
    assert seen.seen_at_ms is not None
