"""A whole head office on a port of this machine: real server, real SQLite, seeded accounts."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import requests

from center import app
from center.api.server import Listening, Server
from center.api.web import Limits
from center.config import Config, DatabaseSection, KeysSection
from center.utility.seed import parse_seed, plant
from kiosk.backend.identity import Identity
from vending import seal
from vending.card import CardKind, CardSnapshot, MeterReturn, WalletUnit
from vending.messages import (
    AccountQuery,
    Note,
    Registration,
    SignIn,
    VendRequest,
)
from vending.order_no import make_order_no
from vending.wire import (
    CHALLENGE_PATH,
    REGISTRATIONS_PATH,
    SIGN_IN_PATH,
    Challenge,
    ChallengeRequest,
    Problem,
)

TERMINAL = "310001"
OTHER_TERMINAL = "310002"
KEYS = {
    TERMINAL: Identity(terminal_no=TERMINAL, private_key="11" * 32),
    OTHER_TERMINAL: Identity(terminal_no=OTHER_TERMINAL, private_key="22" * 32),
}
START_TIMEOUT_S = 20.0
OPENED_AT_MS = 1_795_478_400_000
NAME, ADDRESS = "欧阳珺珺", "杭州市萧山区北干街道金地天逸5幢2202室"
CUSTOMER_NO, METER_NO, CARD_SERIAL = "330100200011", "001900450011", "1A00C40011000101"
SEED = f"""
[[account]]
customer_no = "{CUSTOMER_NO}"
meter_no = "{METER_NO}"
card_serial = "{CARD_SERIAL}"
name = "{NAME}"
address = "{ADDRESS}"
wallet_unit = "energy"
purchase_count = 7
"""


def card(**changes: Any) -> CardSnapshot:
    """The seeded account's card, last purchase loaded."""
    returned = MeterReturn(purchase_count=7, remaining=120, overdraft=0, written_at="2611010900")
    snapshot = CardSnapshot(
        layout="sg-user-energy",
        serial=CARD_SERIAL,
        meter_no=METER_NO,
        customer_no=CUSTOMER_NO,
        kind=CardKind.PURCHASE,
        wallet_unit=WalletUnit.ENERGY,
        wallet_amount=0,
        purchase_count=7,
        returned=returned,
        digest="ab" * 32,
    )
    return msgspec.structs.replace(snapshot, **changes)


def query() -> AccountQuery:
    return AccountQuery(card=card())


def vend_request(sequence: int = 1, terminal_no: str = TERMINAL, **changes: Any) -> VendRequest:
    order_no = make_order_no(terminal_no, OPENED_AT_MS, sequence)
    request = VendRequest(
        order_no=order_no,
        opened_at_ms=OPENED_AT_MS,
        customer_no=CUSTOMER_NO,
        meter_no=METER_NO,
        card_serial=CARD_SERIAL,
        purchase_count=7,
        notes=(Note(note_id=f"{terminal_no}-{sequence}-1", value_fen=5000),),
    )
    return msgspec.structs.replace(request, **changes)


class Stand:
    """A head office that runs, and what a test wants to know about it."""

    def __init__(self, center: app.Center, url: str) -> None:
        self.center = center
        self.url = url

    def register(self, terminal_no: str = TERMINAL) -> "Terminal":
        """Register a terminal by HTTP, as its installer does."""
        terminal = Terminal(self.url, terminal_no)
        answer = terminal.register(self.center.registry.add(terminal_no))
        assert answer.status_code == 200, answer.text
        return terminal

    def signed_in(self, terminal_no: str = TERMINAL) -> "Terminal":
        terminal = self.register(terminal_no)
        terminal.sign_in()
        return terminal


class Terminal:
    """A terminal that shows its hand: every part of every request can be changed."""

    def __init__(self, url: str, terminal_no: str) -> None:
        self.url = url
        self.identity = KEYS[terminal_no]
        self.session_id = ""
        self.number = 0

    def register(self, code: str, **changes: Any) -> requests.Response:
        message = Registration(
            terminal_no=self.identity.terminal_no,
            one_time_code=code,
            public_key=self.identity.public_key(),
        )
        return self.post(REGISTRATIONS_PATH, msgspec.structs.replace(message, **changes))

    def challenge(self) -> str:
        question = ChallengeRequest(terminal_no=self.identity.terminal_no)
        answer = self.post(CHALLENGE_PATH, question)
        return msgspec.json.decode(answer.content, type=Challenge).challenge

    def answer_challenge(self, challenge: str) -> requests.Response:
        message = SignIn(
            terminal_no=self.identity.terminal_no, challenge=challenge, software_version="test 1"
        )
        return self.post(SIGN_IN_PATH, message)

    def sign_in(self) -> None:
        answer = self.answer_challenge(self.challenge())
        assert answer.status_code == 200, answer.text
        self.session_id, self.number = answer.json()["session_id"], 0

    def ask(self, path: str, message: Any, method: str = "POST") -> requests.Response:
        """Ask inside the session, under the next number."""
        body = b"" if message is None else msgspec.json.encode(message)
        return self.send(method, path, self.headers(method, path, body), body)

    def post(self, path: str, message: Any) -> requests.Response:
        """Ask outside a session."""
        body = msgspec.json.encode(message)
        return self.send("POST", path, self.seal("POST", path, "", 0, body), body)

    def headers(self, method: str, path: str, body: bytes) -> dict[str, str]:
        self.number += 1
        return self.seal(method, path, self.session_id, self.number, body)

    def seal(
        self, method: str, path: str, session_id: str, number: int, body: bytes
    ) -> dict[str, str]:
        terminal_no = self.identity.terminal_no
        text = seal.canonical(method, path, terminal_no, session_id, number, body)
        return {
            "Content-Type": "application/json",
            seal.TERMINAL_HEADER: terminal_no,
            seal.SESSION_HEADER: session_id,
            seal.NUMBER_HEADER: str(number),
            seal.SIGNATURE_HEADER: self.identity.sign(text),
        }

    def send(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> requests.Response:
        return requests.request(
            method, self.url + path, headers=headers, data=body or None, timeout=START_TIMEOUT_S
        )


def problem(answer: requests.Response) -> Problem:
    """The problem in an answer, which says the same status as HTTP does."""
    assert answer.headers["content-type"] == "application/problem+json"
    found = msgspec.json.decode(answer.content, type=Problem)
    assert found.status == answer.status_code
    assert found.next
    return found


def config(directory: Path) -> Config:
    return Config(
        database=DatabaseSection(dsn=f"sqlite:///{directory / 'center.db'}"),
        keys=KeysSection(test_keys=True),
    )


@contextmanager
def running(
    directory: Path,
    limits: Limits | None = None,
    listening: Listening | None = None,
    prepare: Callable[[app.Center], None] = lambda center: None,
) -> Iterator[Stand]:
    """Run a head office whose books are in ``directory``; again for the same books."""
    center = app.Center(config(directory))
    try:
        seed = parse_seed(SEED)
        center.store.write(lambda connection: plant(connection, seed, app.wall_ms()))
        prepare(center)
        listening = listening or Listening(address="127.0.0.1", port=0)
        with serving(center, limits or Limits(), listening) as url:
            yield Stand(center, url)
    finally:
        center.close()


@contextmanager
def serving(center: app.Center, limits: Limits, listening: Listening) -> Iterator[str]:
    urls: queue.Queue[str] = queue.Queue()
    server = Server(center, listening, limits, urls.put)
    thread = threading.Thread(target=server.serve_until_stopped, name="server")
    thread.start()
    try:
        yield urls.get(timeout=START_TIMEOUT_S)
    finally:
        server.stop()
        thread.join(START_TIMEOUT_S)
        assert not thread.is_alive()
