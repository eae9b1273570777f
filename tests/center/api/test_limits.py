"""What the door does not let in, and what it says to those who come when it is full."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from center import app
from center.api.web import Limits
from tests.center.api.stand import Stand, problem, running, vend_request
from vending import wire
from vending.wire import ProblemCode

JSON = {"Content-Type": "application/json"}
PATH = wire.inquiry_path(vend_request().order_no)
WAIT_S = 20.0


class HeldDesk:
    """A desk whose inquiries wait until the test lets them go."""

    def __init__(self, desk: Any) -> None:
        self._desk = desk
        self.asked = threading.Semaphore(0)
        self.go = threading.Event()

    def inquire(self, terminal_no: str, order_no: str) -> Any:
        self.asked.release()
        assert self.go.wait(WAIT_S)
        return self._desk.inquire(terminal_no, order_no)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._desk, name)


@contextmanager
def held(directory: Path, limits: Limits) -> Iterator[tuple[Stand, HeldDesk]]:
    desks: list[HeldDesk] = []

    def hold(center: app.Center) -> None:
        desks.append(HeldDesk(center.desk))
        center.desk = desks[0]

    with running(directory, limits, prepare=hold) as stand:
        try:
            yield stand, desks[0]
        finally:
            desks[0].go.set()


def test_whoever_comes_when_all_places_are_taken_is_told_to_come_back(tmp_path: Path) -> None:
    with held(tmp_path, Limits(workers=2, places=2)) as (stand, desk):
        terminal = stand.signed_in()
        sealed = [terminal.headers("GET", PATH, b"") for _ in range(2)]
        statuses: list[int] = []

        def ask(headers: dict[str, str]) -> None:
            statuses.append(terminal.send("GET", PATH, headers, b"").status_code)

        threads = [threading.Thread(target=ask, args=(headers,)) for headers in sealed]
        for thread in threads:
            thread.start()
        for _ in threads:
            assert desk.asked.acquire(timeout=WAIT_S)
        refused = requests.get(stand.url + wire.HEALTH_PATH, timeout=WAIT_S)
        assert refused.status_code == 503
        assert problem(refused).code is ProblemCode.OVERLOADED
        assert refused.headers["Retry-After"] == "1"
        desk.go.set()
        for thread in threads:
            thread.join(WAIT_S)
        assert statuses == [200, 200]
        assert terminal.ask(PATH, None, "GET").status_code == 200


def test_an_answer_that_comes_too_late_is_not_waited_for(tmp_path: Path) -> None:
    with held(tmp_path, Limits(answer_timeout_s=0.2)) as (stand, _):
        answer = stand.signed_in().ask(PATH, None, "GET")
        assert answer.status_code == 504
        assert problem(answer).code is ProblemCode.OUTCOME_UNKNOWN


def test_a_stopping_server_finishes_what_is_under_way(tmp_path: Path) -> None:
    statuses: list[int] = []
    with held(tmp_path, Limits()) as (stand, desk):
        terminal = stand.signed_in()
        thread = threading.Thread(
            target=lambda: statuses.append(terminal.ask(PATH, None, "GET").status_code)
        )
        thread.start()
        assert desk.asked.acquire(timeout=WAIT_S)
    thread.join(WAIT_S)
    assert statuses == [200]


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    limits = Limits(body_bytes=1000, body_timeout_s=0.3, head_timeout_s=0.3, connections=4)
    with running(tmp_path_factory.mktemp("center"), limits) as stand:
        yield stand


def test_a_body_that_is_too_large_is_refused(strict: Stand) -> None:
    url = strict.url + wire.CHALLENGE_PATH
    answer = requests.post(url, data=b" " * 1001, headers=JSON, timeout=5)
    assert (answer.status_code, problem(answer).code) == (413, ProblemCode.TOO_LARGE)


def test_a_body_that_grows_for_ever_is_refused(strict: Stand) -> None:
    url = strict.url + wire.CHALLENGE_PATH
    pieces = (b" " * 100 for _ in range(11))
    answer = requests.post(url, data=pieces, headers=JSON, timeout=5)
    assert (answer.status_code, problem(answer).code) == (413, ProblemCode.TOO_LARGE)


def test_too_many_headers_are_refused(strict: Stand) -> None:
    headers = JSON | {f"X-{number}": "x" * 1000 for number in range(20)}
    answer = requests.post(strict.url + wire.CHALLENGE_PATH, headers=headers, timeout=5)
    assert (answer.status_code, problem(answer).code) == (413, ProblemCode.TOO_LARGE)


def conversation(stand: Stand, *said: bytes) -> bytes:
    """What the server says to a caller of few manners, until it hangs up."""
    place = urlsplit(stand.url)
    with socket.create_connection((place.hostname, place.port), timeout=5) as line:
        heard = b""
        try:
            for piece in said:
                line.sendall(piece)
            while piece := line.recv(65536):
                heard += piece
        except ConnectionError:
            pass  # hung up on without a word
        return heard


def test_a_body_that_does_not_come_is_not_waited_for(strict: Stand) -> None:
    head = b"POST /v1/sign-in/challenge HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n"
    assert b"too-slow" in conversation(strict, head, b"{")


@pytest.mark.parametrize("said", [b"", b"POST /v1/vends HT", b"GET / HTTP/1.1\r\nHost: x\r\nA: "])
def test_a_head_that_does_not_come_is_not_waited_for(strict: Stand, said: bytes) -> None:
    assert conversation(strict, said) == b""


def test_a_head_that_never_ends_is_refused(strict: Stand) -> None:
    heard = conversation(strict, b"GET / HTTP/1.1\r\nA: ", *[b"a" * 8192 for _ in range(40)])
    assert heard == b"" or b" 400 " in heard


@pytest.mark.parametrize("said", [b"hello\r\n\r\n", b"\x16\x03\x01\x02\x00", b"\0" * 100])
def test_what_is_not_http_is_refused(strict: Stand, said: bytes) -> None:
    heard = conversation(strict, said)
    assert b" 400 " in heard
    assert b'"code":"malformed"' in heard


def test_one_connection_too_many_is_dropped(strict: Stand) -> None:
    place = urlsplit(strict.url)
    address = (place.hostname, place.port)
    lines = [socket.create_connection(address, timeout=5) for _ in range(5)]
    try:
        assert not lines[-1].recv(1)
    except ConnectionError:
        pass  # dropped hard, as it should be
    finally:
        for line in lines:
            line.close()
