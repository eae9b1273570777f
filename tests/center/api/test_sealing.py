"""Copied, changed and foreign requests over a real socket: refused, and nothing done."""

import threading

import pytest

from tests.center.api.stand import (
    OTHER_TERMINAL,
    TERMINAL,
    Stand,
    Terminal,
    problem,
    query,
    vend_request,
)
from vending import seal, wire
from vending.wire import ProblemCode

ORDER = vend_request()
PATH = wire.inquiry_path(ORDER.order_no)


@pytest.fixture
def terminal(stand: Stand) -> Terminal:
    return stand.signed_in()


def test_a_copied_request_is_refused(terminal: Terminal) -> None:
    headers = terminal.headers("GET", PATH, b"")
    assert terminal.send("GET", PATH, headers, b"").status_code == 200
    again = terminal.send("GET", PATH, headers, b"")
    assert (again.status_code, problem(again).code) == (401, ProblemCode.NUMBER_USED)


def test_late_numbers_are_taken_once(terminal: Terminal) -> None:
    sealed = [terminal.headers("GET", PATH, b"") for _ in range(5)]
    statuses = [terminal.send("GET", PATH, h, b"").status_code for h in reversed(sealed)]
    assert statuses == [200] * 5
    assert {terminal.send("GET", PATH, h, b"").status_code for h in sealed} == {401}


def test_a_request_sent_on_many_lines_at_once_is_taken_once(terminal: Terminal) -> None:
    headers = terminal.headers("GET", PATH, b"")
    statuses: list[int] = []

    def send() -> None:
        statuses.append(terminal.send("GET", PATH, headers, b"").status_code)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(statuses) == [200] + [401] * 7


def test_a_changed_body_is_refused(stand: Stand, terminal: Terminal) -> None:
    body = b'{"order_no":"1"}'
    headers = terminal.headers("POST", wire.VENDS_PATH, body)
    answer = terminal.send("POST", wire.VENDS_PATH, headers, body.replace(b"1", b"2"))
    assert (answer.status_code, problem(answer).code) == (401, ProblemCode.BAD_SIGNATURE)


@pytest.mark.parametrize(
    ("header", "value", "code"),
    [
        (seal.NUMBER_HEADER, "2", ProblemCode.BAD_SIGNATURE),
        (seal.NUMBER_HEADER, "-1", ProblemCode.BAD_SIGNATURE),
        (seal.NUMBER_HEADER, "9" * 40, ProblemCode.NUMBER_USED),
        (seal.SIGNATURE_HEADER, "00" * 64, ProblemCode.BAD_SIGNATURE),
        (seal.SIGNATURE_HEADER, "no hexadecimal", ProblemCode.BAD_SIGNATURE),
        (seal.SIGNATURE_HEADER, "", ProblemCode.BAD_SIGNATURE),
        (seal.SESSION_HEADER, "00" * 16, ProblemCode.SIGN_IN_AGAIN),
        (seal.SESSION_HEADER, "", ProblemCode.SIGN_IN_AGAIN),
        (seal.TERMINAL_HEADER, "", ProblemCode.BAD_SIGNATURE),
    ],
)
def test_a_changed_header_is_refused(
    terminal: Terminal, header: str, value: str, code: ProblemCode
) -> None:
    headers = terminal.headers("GET", PATH, b"") | {header: value}
    answer = terminal.send("GET", PATH, headers, b"")
    assert (answer.status_code, problem(answer).code) == (401, code)


def test_a_seal_is_good_for_its_own_method_and_path_only(terminal: Terminal) -> None:
    other_path = wire.inquiry_path(vend_request(sequence=2).order_no)
    headers = terminal.headers("GET", PATH, b"")
    answer = terminal.send("GET", other_path, headers, b"")
    assert (answer.status_code, problem(answer).code) == (401, ProblemCode.BAD_SIGNATURE)


def test_a_refused_request_uses_no_number(terminal: Terminal) -> None:
    headers = terminal.headers("GET", PATH, b"")
    bad = headers | {seal.SIGNATURE_HEADER: "00" * 64}
    assert terminal.send("GET", PATH, bad, b"").status_code == 401
    assert terminal.send("GET", PATH, headers, b"").status_code == 200


def test_anothers_session_is_refused(stand: Stand, terminal: Terminal) -> None:
    other = stand.signed_in(OTHER_TERMINAL)
    other.session_id = terminal.session_id
    answer = other.ask(wire.ACCOUNTS_PATH, query())
    assert (answer.status_code, problem(answer).code) == (401, ProblemCode.SIGN_IN_AGAIN)


def test_a_new_session_ends_the_old_one(terminal: Terminal) -> None:
    old = terminal.headers("GET", PATH, b"")
    terminal.sign_in()
    answer = terminal.send("GET", PATH, old, b"")
    assert (answer.status_code, problem(answer).code) == (401, ProblemCode.SIGN_IN_AGAIN)


def test_a_copied_sign_in_disturbs_nothing(terminal: Terminal) -> None:
    challenge = terminal.challenge()
    first = terminal.answer_challenge(challenge).json()
    terminal.session_id, terminal.number = first["session_id"], 0
    headers = terminal.headers("GET", PATH, b"")
    assert terminal.send("GET", PATH, headers, b"").status_code == 200
    assert terminal.answer_challenge(challenge).json()["session_id"] == terminal.session_id
    again = terminal.send("GET", PATH, headers, b"")
    assert (again.status_code, problem(again).code) == (401, ProblemCode.NUMBER_USED)


def test_a_copied_sign_in_opens_no_session_that_is_over(terminal: Terminal) -> None:
    challenge = terminal.challenge()
    assert terminal.answer_challenge(challenge).status_code == 200
    terminal.sign_in()
    again = terminal.answer_challenge(challenge)
    assert (again.status_code, problem(again).code) == (401, ProblemCode.SIGN_IN_AGAIN)


def test_a_challenge_for_another_terminal_is_refused(stand: Stand, terminal: Terminal) -> None:
    other = stand.register(OTHER_TERMINAL)
    answer = other.answer_challenge(terminal.challenge())
    assert (answer.status_code, problem(answer).code) == (401, ProblemCode.SIGN_IN_AGAIN)


def test_registration_is_refused_without_its_code(stand: Stand) -> None:
    stand.center.registry.add(TERMINAL)
    answer = Terminal(stand.url, TERMINAL).register("0000-0000-0000-0000-0000")
    assert (answer.status_code, problem(answer).code) == (403, ProblemCode.CODE_REFUSED)


def test_a_key_that_did_not_seal_its_registration_is_refused(stand: Stand) -> None:
    code = stand.center.registry.add(TERMINAL)
    stolen = "33" * 32
    answer = Terminal(stand.url, TERMINAL).register(code, public_key=stolen)
    assert (answer.status_code, problem(answer).code) == (401, ProblemCode.BAD_SIGNATURE)


def test_an_unregistered_terminal_cannot_sign_in(stand: Stand) -> None:
    stand.center.registry.add(TERMINAL)
    terminal = Terminal(stand.url, TERMINAL)
    answer = terminal.answer_challenge(terminal.challenge())
    assert (answer.status_code, problem(answer).code) == (403, ProblemCode.TERMINAL_UNKNOWN)


def test_a_blocked_terminal_cannot_sign_in(stand: Stand) -> None:
    terminal = stand.register()
    stand.center.registry.block(TERMINAL, True)
    answer = terminal.answer_challenge(terminal.challenge())
    assert (answer.status_code, problem(answer).code) == (403, ProblemCode.TERMINAL_BLOCKED)
