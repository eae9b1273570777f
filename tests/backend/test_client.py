"""The client against a real head office, through a line that breaks in every way."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from bench.proxy import Proxy
from kiosk.backend.client import Client
from kiosk.backend.deadline import Timing
from kiosk.backend.port import HeadOffice, NoAnswer, NotAllowed
from tests.center.api.stand import KEYS, OTHER_TERMINAL, TERMINAL, Stand, query, vend_request
from vending.messages import Account, Alarm, NotSold, ReportEnvelope, ReportTaken, Vend

ORDER = vend_request()
QUICK = Timing(connect_s=0.5, answer_s=1.0, report_s=1.0)
PATIENT = Timing(connect_s=5.0, answer_s=20.0, report_s=20.0)
SLACK_S = 1.0
"""How much later than its deadline a call may return on a busy machine."""


@pytest.fixture
def proxy(stand: Stand) -> Iterator[Proxy]:
    stand.register()
    with Proxy("127.0.0.1", urlsplit(stand.url).port or 0) as proxy:
        yield proxy


@contextmanager
def client_at(port: int, timing: Timing = PATIENT) -> Iterator[Client]:
    client = Client(f"http://127.0.0.1:{port}", KEYS[TERMINAL], timing=timing)
    try:
        yield client
    finally:
        client.close()


@pytest.fixture
def client(proxy: Proxy) -> Iterator[Client]:
    with client_at(proxy.port) as client:
        yield client


@pytest.fixture
def hasty(proxy: Proxy) -> Iterator[Client]:
    with client_at(proxy.port, QUICK) as client:
        client.sign_in("1")
        yield client


def report(number: int) -> ReportEnvelope:
    alarm = Alarm(code="test", detail="", at_ms=ORDER.opened_at_ms)
    return ReportEnvelope(report_no=number, journal_id="j", report=alarm)


def took_s(call: Callable[[], object]) -> float:
    """How long a call took to say that it has no answer."""
    begun_s = time.monotonic()
    with pytest.raises(NoAnswer):
        call()
    return time.monotonic() - begun_s


def test_it_is_a_head_office(client: Client) -> None:
    office: HeadOffice = client
    assert isinstance(office.query_account(query()), Account)


def test_it_signs_in_by_itself(client: Client) -> None:
    assert client.inquire(ORDER.order_no) == NotSold(ORDER.order_no)


def test_it_signs_in_again_when_its_session_was_lost(stand: Stand, client: Client) -> None:
    client.sign_in("1")
    other = Client(stand.url, KEYS[TERMINAL])
    other.sign_in("1")
    other.close()
    assert client.inquire(ORDER.order_no) == NotSold(ORDER.order_no)


def test_calls_and_reports_on_two_threads_share_a_session(stand: Stand, client: Client) -> None:
    with ThreadPoolExecutor(2) as threads:
        reports = threads.map(lambda number: client.report(report(number)), range(1, 41))
        calls = threads.map(lambda _: client.inquire(ORDER.order_no), range(40))
        assert list(reports) == [ReportTaken(number) for number in range(1, 41)]
        assert set(calls) == {NotSold(ORDER.order_no)}


def test_a_line_that_was_cut_is_dialled_again(proxy: Proxy, client: Client) -> None:
    client.sign_in("1")
    proxy.cut()
    proxy.restore()
    assert isinstance(client.vend(ORDER), Vend)


def test_a_line_that_comes_back_inside_the_deadline_is_enough(proxy: Proxy, client: Client) -> None:
    client.sign_in("1")
    proxy.cut()
    restorer = threading.Timer(0.2, proxy.restore)
    restorer.start()
    assert isinstance(client.vend(ORDER), Vend)
    restorer.join(5)


def test_no_head_office_is_no_answer(proxy: Proxy, hasty: Client) -> None:
    proxy.cut()
    assert took_s(lambda: hasty.inquire(ORDER.order_no)) < QUICK.answer_s + SLACK_S


def test_a_silent_line_is_no_answer_in_time(proxy: Proxy, hasty: Client) -> None:
    proxy.half_open()
    taken_s = took_s(lambda: hasty.inquire(ORDER.order_no))
    assert QUICK.answer_s * 0.9 < taken_s < QUICK.answer_s + SLACK_S


def test_a_sale_whose_answer_is_lost_is_found_by_asking(proxy: Proxy, hasty: Client) -> None:
    proxy.deafen()
    took_s(lambda: hasty.vend(ORDER))
    proxy.restore()
    sold = hasty.inquire(ORDER.order_no)
    assert isinstance(sold, Vend)
    assert hasty.vend(ORDER) == sold


def test_a_slow_line_is_slow_and_no_more(proxy: Proxy, client: Client) -> None:
    proxy.delay(0.1)
    assert isinstance(client.vend(ORDER), Vend)


def test_a_line_slower_than_the_deadline_is_no_answer(proxy: Proxy, hasty: Client) -> None:
    proxy.delay(QUICK.answer_s)
    assert took_s(lambda: hasty.inquire(ORDER.order_no)) < QUICK.answer_s + SLACK_S


def test_a_line_that_doubles_requests_sells_once(
    stand: Stand, proxy: Proxy, client: Client
) -> None:
    proxy.duplicate_requests(True)
    sold = client.vend(ORDER)
    assert isinstance(sold, Vend)
    assert [client.report(report(number)) for number in (1, 2)] == [ReportTaken(1), ReportTaken(2)]
    entries = stand.center.desk.ledger_entries(ORDER.order_no)
    vends = {entry.posting_key for entry in entries if entry.posting_key.startswith("vend")}
    assert len(vends) == 1


def test_an_unregistered_terminal_is_not_allowed(stand: Stand) -> None:
    client = Client(stand.url, KEYS[OTHER_TERMINAL])
    with pytest.raises(NotAllowed, match="terminal-unknown"):
        client.sign_in("1")
    client.close()


def test_a_blocked_terminal_is_not_allowed(stand: Stand) -> None:
    stand.register()
    stand.center.registry.block(TERMINAL, True)
    client = Client(stand.url, KEYS[TERMINAL])
    with pytest.raises(NotAllowed, match="terminal-blocked"):
        client.inquire(ORDER.order_no)
    client.close()


def test_what_the_head_office_finds_malformed_is_no_answer(client: Client) -> None:
    with pytest.raises(NoAnswer, match="malformed"):
        client.vend(vend_request(opened_at_ms=-1))


def test_a_closed_client_answers_at_once(client: Client) -> None:
    client.sign_in("1")
    client.close()
    assert took_s(lambda: client.inquire(ORDER.order_no)) < SLACK_S
