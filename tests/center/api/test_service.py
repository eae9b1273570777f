"""The service as a terminal meets it, over a real socket."""

import msgspec
import pytest
import requests

from kiosk.backend.client import Client
from tests.center.api.stand import (
    ADDRESS,
    CUSTOMER_NO,
    KEYS,
    METER_NO,
    NAME,
    OTHER_TERMINAL,
    TERMINAL,
    Stand,
    card,
    problem,
    query,
    vend_request,
)
from vending import seal, wire
from vending.card import Verdict
from vending.messages import (
    Account,
    AccountQuery,
    NotSold,
    OrderOpened,
    Reason,
    Refused,
    ReportEnvelope,
    ReportTaken,
    TrialRequest,
    TrialResult,
    Vend,
    VendConfirmed,
)
from vending.wire import ProblemCode

ORDER = vend_request()


@pytest.fixture
def client(stand: Stand) -> Client:
    stand.register()
    return Client(stand.url, KEYS[TERMINAL])


def test_a_whole_purchase_crosses_the_wire(stand: Stand, client: Client) -> None:
    account = client.query_account(query())
    assert isinstance(account, Account)
    assert NAME not in account.name_masked
    assert account.address_masked != ADDRESS
    trial = client.trial_vend(
        TrialRequest(customer_no=CUSTOMER_NO, meter_no=METER_NO, paid_fen=5000)
    )
    assert isinstance(trial, TrialResult)
    assert client.inquire(ORDER.order_no) == NotSold(ORDER.order_no)
    sold = client.vend(ORDER)
    assert isinstance(sold, Vend)
    assert sold.quote == trial.quote
    assert client.vend(ORDER) == sold
    assert client.inquire(ORDER.order_no) == sold
    confirmed = VendConfirmed(
        order_no=ORDER.order_no,
        purchase_count=8,
        verdict=Verdict.WRITTEN,
        card_digest="cd" * 32,
        at_ms=ORDER.opened_at_ms,
    )
    envelope = ReportEnvelope(report_no=1, journal_id="journal-1", report=confirmed)
    assert client.report(envelope) == ReportTaken(1)
    assert client.report(envelope) == ReportTaken(1)
    entries = stand.center.desk.ledger_entries(ORDER.order_no)
    debits_fen = sum(entry.debit_fen for entry in entries)
    assert debits_fen == sum(entry.credit_fen for entry in entries) > 0


def test_the_same_number_with_another_body_is_refused(client: Client) -> None:
    assert isinstance(client.vend(ORDER), Vend)
    other = msgspec.structs.replace(ORDER, purchase_count=6)
    assert client.vend(other) == Refused(Reason.ORDER_CONFLICT)


def test_a_terminal_cannot_touch_anothers_order(stand: Stand, client: Client) -> None:
    client.vend(ORDER)
    stranger = stand.signed_in(OTHER_TERMINAL)
    for answer in (
        stranger.ask(wire.VENDS_PATH, ORDER),
        stranger.ask(wire.inquiry_path(ORDER.order_no), None, "GET"),
    ):
        assert answer.status_code == 403
        assert problem(answer).code is ProblemCode.ORDER_OF_ANOTHER


def test_a_report_number_with_another_body_is_a_conflict(stand: Stand) -> None:
    terminal = stand.signed_in()
    opened = OrderOpened(
        order_no=ORDER.order_no,
        opened_at_ms=ORDER.opened_at_ms,
        customer_no=CUSTOMER_NO,
        meter_no=METER_NO,
        card_serial=ORDER.card_serial,
    )
    first = ReportEnvelope(report_no=1, journal_id="journal-1", report=opened)
    assert terminal.ask(wire.REPORTS_PATH, first).status_code == 200
    changed = msgspec.structs.replace(opened, opened_at_ms=opened.opened_at_ms + 1)
    second = msgspec.structs.replace(first, report=changed)
    answer = terminal.ask(wire.REPORTS_PATH, second)
    assert (answer.status_code, problem(answer).code) == (409, ProblemCode.REPORT_CONFLICT)


def test_a_card_whose_count_was_torn_is_asked_about_like_any_other(client: Client) -> None:
    """An erased first byte reads as more than four thousand million purchases."""
    torn = AccountQuery(card=card(purchase_count=0xFF00_0007))
    assert client.query_account(torn) == Refused(Reason.COUNT_MISMATCH)


def test_signing_in_tells_the_last_order_sequence(stand: Stand, client: Client) -> None:
    assert client.sign_in("1.0").last_order_sequence == 0
    client.vend(vend_request(sequence=41))
    assert client.sign_in("1.0").last_order_sequence == 41
    terminal = stand.center.registry.get(TERMINAL)
    assert terminal is not None
    assert terminal.software_version == "1.0"


def test_health_and_contract_are_open_to_anybody(shared_stand: Stand) -> None:
    assert requests.get(shared_stand.url + wire.HEALTH_PATH, timeout=5).json()["type"] == "healthy"
    contract = requests.get(shared_stand.url + wire.OPENAPI_PATH, timeout=5)
    assert contract.json()["openapi"].startswith("3.1")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, ProblemCode.NOT_FOUND),
        ("GET", "/v1/vends/", 404, ProblemCode.NOT_FOUND),
        ("GET", wire.VENDS_PATH, 405, ProblemCode.METHOD_UNKNOWN),
        ("DELETE", wire.inquiry_path(ORDER.order_no), 405, ProblemCode.METHOD_UNKNOWN),
        ("POST", wire.VENDS_PATH, 401, ProblemCode.BAD_SIGNATURE),
        ("GET", wire.inquiry_path(ORDER.order_no), 401, ProblemCode.BAD_SIGNATURE),
        ("POST", wire.CHALLENGE_PATH, 415, ProblemCode.NOT_JSON),
    ],
)
def test_whoever_asks_wrongly_is_told_what_to_do(
    shared_stand: Stand, method: str, path: str, status: int, code: ProblemCode
) -> None:
    answer = requests.request(method, shared_stand.url + path, timeout=5)
    assert (answer.status_code, problem(answer).code) == (status, code)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "not JSON"),
        (b"[]", "Expected `object`"),
        (b'{"terminal_no": 310001}', "Expected `str`"),
        (b'{"terminal_no": "31000"}', "terminal_no must match"),
        (b'{"terminal_no": "31000\\u0000"}', "terminal_no must match"),
        (b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b', "terminal_no": "310001"}', "nested"),
    ],
)
def test_a_malformed_body_is_told_where_it_is_wrong(
    shared_stand: Stand, body: bytes, words: str
) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    url = shared_stand.url + wire.CHALLENGE_PATH
    answer = requests.post(url, data=body, headers=headers, timeout=5)
    assert answer.status_code == 400
    assert words in problem(answer).detail


def test_an_order_number_with_a_wrong_check_digit_is_malformed(stand: Stand) -> None:
    terminal = stand.signed_in()
    wrong = ORDER.order_no[:-1] + str((int(ORDER.order_no[-1]) + 1) % 10)
    answer = terminal.ask(wire.inquiry_path(wrong), None, "GET")
    assert (answer.status_code, problem(answer).code) == (400, ProblemCode.MALFORMED)


def test_an_unknown_terminal_is_forbidden(shared_stand: Stand) -> None:
    headers = {
        "Content-Type": "application/json",
        seal.TERMINAL_HEADER: "999999",
        seal.SESSION_HEADER: "x",
        seal.NUMBER_HEADER: "1",
        seal.SIGNATURE_HEADER: "00" * 64,
    }
    answer = requests.post(shared_stand.url + wire.VENDS_PATH, headers=headers, timeout=5)
    assert (answer.status_code, problem(answer).code) == (403, ProblemCode.TERMINAL_UNKNOWN)
