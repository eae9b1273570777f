"""Whatever a terminal that is signed in sends, it is never the head office that fails."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from center.orders.audit import check
from tests.center.api.stand import Stand, Terminal, query, vend_request
from vending import wire
from vending.bill import MOST_MONTHS, BillPayRequest, BillQuery
from vending.card import SealRequest, SealStage, Verdict
from vending.cash import (
    Business,
    BusinessSum,
    CashReport,
    Figures,
    LooseNote,
    NoteCount,
    Opening,
    OpenItem,
    PeriodFrozen,
    StaffDeed,
)
from vending.health import Ailment, Health, Offer
from vending.messages import (
    Alarm,
    Note,
    NoteInSuspense,
    NoteTaken,
    OrderAbandoned,
    OrderOpened,
    OrderParked,
    OwedQuery,
    Report,
    ReportEnvelope,
    ResellRequest,
    TrialRequest,
    VendConfirmed,
)
from vending.staff import Action, ActionRequest, Evidence, StaffSignIn, StuckQuery

ORDER = vend_request()
AT_MS = ORDER.opened_at_ms
NOTE = Note(note_id="n-1", value_fen=5000, period_no=3, cassette="a")
FIGURES = Figures(
    counts=(NoteCount(cassette="a", value_fen=5000, notes=1),),
    sums=(
        BusinessSum(
            business=Business.ENERGY,
            orders=1,
            notes=1,
            paid_fen=5000,
            completed_orders=1,
            completed_fen=5000,
            slips=1,
            slips_fen=5000,
        ),
    ),
    incomplete=(OpenItem(order_no=ORDER.order_no, business=Business.BILL, paid_fen=5000),),
    loose=(LooseNote(note_id="n", value_fen=5000, near_order_no=ORDER.order_no, certain=True),),
)
CLOSED = CashReport(
    period_no=1,
    opened_at_ms=AT_MS,
    closed_at_ms=AT_MS,
    operator="li.fu",
    openings=(Opening(removed_at_ms=AT_MS, returned_at_ms=AT_MS),),
    figures=FIGURES,
)
PAYMENT = BillPayRequest(
    order_no=ORDER.order_no,
    opened_at_ms=AT_MS,
    customer_no=ORDER.customer_no,
    months=("2025-10",),
    notes=(NOTE,),
)
REPORTS: list[Report] = [
    OrderOpened(
        order_no=ORDER.order_no,
        opened_at_ms=AT_MS,
        customer_no=ORDER.customer_no,
        meter_no=ORDER.meter_no,
        card_serial=ORDER.card_serial,
    ),
    OrderAbandoned(order_no=ORDER.order_no, at_ms=AT_MS),
    NoteTaken(order_no=ORDER.order_no, note=NOTE, at_ms=AT_MS),
    NoteInSuspense(note=NOTE, near_order_no=None, certain=False, at_ms=AT_MS),
    VendConfirmed(
        order_no=ORDER.order_no,
        purchase_count=8,
        verdict=Verdict.WRITTEN,
        card_digest="",
        at_ms=AT_MS,
    ),
    OrderParked(
        order_no=ORDER.order_no, paid_fen=1, sold=False, verdict=None, why="why", at_ms=AT_MS
    ),
    Alarm(code="code", detail="detail", at_ms=AT_MS),
    OrderOpened(
        order_no=ORDER.order_no,
        opened_at_ms=AT_MS,
        customer_no=ORDER.customer_no,
        meter_no="",
        card_serial="",
        business=Business.BILL,
        months=("2025-10",),
    ),
    CLOSED,
    PeriodFrozen(period_no=1, at_ms=AT_MS, figures=FIGURES),
    StaffDeed(at_ms=AT_MS, staff="li.fu", what="locked-out", detail="d", witness="wang"),
    Health(
        at_ms=AT_MS,
        offers=tuple(Offer),
        ailments=(Ailment(device="printer", state="faulty", fault="jam", since_ms=AT_MS),),
        why="printer",
        software_version="1",
    ),
]
SEAL = SealRequest(
    order_no=ORDER.order_no,
    serial=ORDER.card_serial,
    meter_no=ORDER.meter_no,
    stage=SealStage.SEAL,
    challenge="00" * 4,
    commands=("04d68100",),
)
TRIAL = TrialRequest(customer_no=ORDER.customer_no, meter_no=ORDER.meter_no, paid_fen=5000)
RESELL = ResellRequest(
    order_no=ORDER.order_no,
    customer_no=ORDER.customer_no,
    meter_no=ORDER.meter_no,
    card_serial=ORDER.card_serial,
    purchase_count=7,
)
ACTION = ActionRequest(
    token="0" * 32,
    witness_token="1" * 32,
    order_no=ORDER.order_no,
    action=Action.REFUND,
    evidence=Evidence.CUSTOMER_ASKS,
)
MESSAGES: list[tuple[str, Any]] = [
    (wire.OWED_PATH, OwedQuery(card=query().card, order_no=ORDER.order_no)),
    (wire.RESELLS_PATH, RESELL),
    (wire.STUCK_ORDERS_PATH, StuckQuery(token="0" * 32, order_no=ORDER.order_no)),
    (wire.STAFF_ACTIONS_PATH, ACTION),
    (wire.ACCOUNTS_PATH, query()),
    (wire.TRIALS_PATH, TRIAL),
    (wire.VENDS_PATH, ORDER),
    (wire.SEALS_PATH, SEAL),
    (wire.BILLS_PATH, BillQuery(customer_no=ORDER.customer_no)),
    (wire.BILL_PAYMENTS_PATH, PAYMENT),
    *[
        (wire.REPORTS_PATH, ReportEnvelope(report_no=1, journal_id="j", report=report))
        for report in REPORTS
    ],
]

ODD_NUMBERS = st.one_of(
    st.integers(min_value=-(2**70), max_value=2**70),
    st.sampled_from(
        [0, 1, -1, 100, 10**12, 10**12 + 1, 2**31, 2**53 - 1, 2**63, 253_370_764_800_000]
    ),
)
ODD_TEXTS = st.one_of(
    st.text(max_size=30),
    st.text("0123456789abcdefABCDEF", max_size=70),
    st.sampled_from(["", "\0", "'; --", "9" * 600, "00" * 32, "x" * 512, "\U0001f4a5" * 500]),
    st.integers(1, 999_999).map(lambda sequence: vend_request(sequence).order_no),
)
ODD_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    ODD_NUMBERS,
    ODD_TEXTS,
    st.lists(ODD_NUMBERS, max_size=3),
    st.dictionaries(st.text(max_size=5), ODD_NUMBERS, max_size=3),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place inside a JSON value."""
    found = [path]
    if isinstance(value, dict):
        found += [p for key, item in value.items() for p in places(item, (*path, key))]
    elif isinstance(value, list):
        found += [p for index, item in enumerate(value) for p in places(item, (*path, index))]
    return found


def put(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    """The JSON value with something else in one place."""
    if not path:
        return odd
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(value[path[0]], path[1:], odd)
    return copy


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def odd_for(value: Any) -> st.SearchStrategy[Any]:
    """Mostly something of the same kind: it passes the types and comes further."""
    if isinstance(value, str):
        return st.one_of(ODD_TEXTS, ODD_TEXTS, ODD_TEXTS, ODD_VALUES)
    if isinstance(value, int) and not isinstance(value, bool):
        return st.one_of(ODD_NUMBERS, ODD_NUMBERS, ODD_NUMBERS, ODD_VALUES)
    return ODD_VALUES


@st.composite
def spoiled(draw: st.DrawFn) -> tuple[str, bytes]:
    """A real message with odd values in one or two places."""
    path, message = draw(st.sampled_from(MESSAGES))
    value = json.loads(msgspec.json.encode(message))
    if "report_no" in value:
        value["report_no"] = draw(st.integers(1, 10**9))  # a fresh one: no conflict hides the rest
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.sampled_from(places(value)))
        value = put(value, place, draw(odd_for(at(value, place))))
    return path, json.dumps(value).encode()


@pytest.fixture(scope="module")
def terminal(shared_stand: Stand) -> Terminal:
    return shared_stand.signed_in()


BAD: dict[type, list[Any]] = {
    int: [-1, 2**53, 2**63, 2**70],
    str: ["\0", "x" * 513, "\U0001f4a5" * 513],
}


SIGN_IN = (wire.STAFF_SIGN_IN_PATH, StaffSignIn(name="name", pin="420917"))


@pytest.mark.parametrize(
    "path_and_message", [*MESSAGES, SIGN_IN], ids=lambda pair: type(pair[1]).__name__
)
def test_a_value_out_of_bounds_is_malformed_wherever_it_stands(
    terminal: Terminal, path_and_message: tuple[str, Any]
) -> None:
    path, message = path_and_message
    value = json.loads(msgspec.json.encode(message))
    for place in places(value):
        for bad in BAD.get(type(at(value, place)), []):
            body = json.dumps(put(value, place, bad)).encode()
            answer = terminal.send("POST", path, terminal.headers("POST", path, body), body)
            assert answer.status_code == 400, (place, bad)


def test_figures_that_are_out_of_this_world_are_malformed(terminal: Terminal) -> None:
    """Their sums would not fit anywhere; and no bill can be paid more often than there are."""
    pile = NoteCount(cassette="a", value_fen=10**12, notes=2**53 - 1)
    closed = replace(CLOSED, figures=Figures(counts=(pile,) * wire.MOST_ITEMS))
    years = tuple(f"{year}-01" for year in range(1000, 1000 + MOST_MONTHS + 1))
    for path, message in (
        (wire.REPORTS_PATH, ReportEnvelope(report_no=10**10, journal_id="j", report=closed)),
        (wire.BILL_PAYMENTS_PATH, replace(PAYMENT, months=years)),
    ):
        body = msgspec.json.encode(message)
        answer = terminal.send("POST", path, terminal.headers("POST", path, body), body)
        assert answer.status_code == 400


HOUSE = settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
ALLOWED = {200, 400, 403, 409}


@HOUSE
@given(spoiled())
def test_spoiled_messages_never_break_the_head_office(
    terminal: Terminal, sent: tuple[str, bytes]
) -> None:
    path, body = sent
    answer = terminal.send("POST", path, terminal.headers("POST", path, body), body)
    assert answer.status_code in ALLOWED, answer.text


@settings(HOUSE, max_examples=150)
@given(st.sampled_from(sorted({path for path, _ in MESSAGES})), st.binary(max_size=200))
def test_any_bytes_never_break_the_head_office(terminal: Terminal, path: str, body: bytes) -> None:
    answer = terminal.send("POST", path, terminal.headers("POST", path, body), body)
    assert answer.status_code == 400


@settings(HOUSE, max_examples=150)
@given(st.sampled_from([wire.REGISTRATIONS_PATH, wire.SIGN_IN_PATH]), st.binary(max_size=200))
def test_any_bytes_before_a_session_never_break_the_head_office(
    terminal: Terminal, path: str, body: bytes
) -> None:
    answer = terminal.send("POST", path, terminal.seal("POST", path, "", 0, body), body)
    assert answer.status_code == 400


@settings(HOUSE, max_examples=150)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40))
def test_any_path_never_breaks_the_head_office(terminal: Terminal, text: str) -> None:
    path = f"{wire.VENDS_PATH}/{text}"
    headers = terminal.headers("GET", path, b"")
    assert terminal.send("GET", path, headers, b"").status_code in {400, 401, 404}


def test_the_books_are_still_in_order(shared_stand: Stand, terminal: Terminal) -> None:
    assert shared_stand.center.store.read(check) == []
