"""The head office as a process: killed, started again, stopped; and its other commands."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from bench.proxy import Proxy
from kiosk.backend.client import Client, register
from kiosk.backend.identity import load
from tests.backend.process import OfficeProcess
from tests.center.api.stand import TERMINAL, query, vend_request
from vending.messages import Account, NotSold, Vend

ORDER = vend_request()


@pytest.fixture
def client(office: OfficeProcess, tmp_path: Path) -> Iterator[tuple[Client, Proxy]]:
    """A registered client, on a line that can be led to another port."""
    code = office.prepare()
    office.start()
    with Proxy("127.0.0.1", office.port) as proxy:
        url = f"http://127.0.0.1:{proxy.port}"
        key_file = tmp_path / "terminal.key"
        register(url, TERMINAL, code, key_file=key_file)
        client = Client(url, load(key_file))
        yield client, proxy
        client.close()


def test_a_killed_head_office_loses_no_sale(
    office: OfficeProcess, client: tuple[Client, Proxy]
) -> None:
    kiosk, proxy = client
    sold = kiosk.vend(ORDER)
    assert isinstance(sold, Vend)
    office.end(signal.SIGKILL)
    office.start()
    proxy.retarget(office.port)
    assert kiosk.inquire(ORDER.order_no) == sold  # signs in again by itself
    assert kiosk.vend(ORDER) == sold
    office.end(signal.SIGKILL)
    assert office.run("check").out == "the books are in order\n"
    entries = office.run("ledger", ORDER.order_no, "--json").out.splitlines()
    lines = [json.loads(entry) for entry in entries]
    assert sum(line["debit_fen"] for line in lines) == sum(line["credit_fen"] for line in lines) > 0
    assert office.run("ledger", ORDER.order_no).out.count("\n") == len(lines)


def test_what_was_not_sold_before_the_kill_can_be_sold_after(
    office: OfficeProcess, client: tuple[Client, Proxy]
) -> None:
    kiosk, proxy = client
    assert isinstance(kiosk.query_account(query()), Account)
    office.end(signal.SIGKILL)
    office.start()
    proxy.retarget(office.port)
    assert kiosk.inquire(ORDER.order_no) == NotSold(ORDER.order_no)
    assert isinstance(kiosk.vend(ORDER), Vend)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_head_office_ends_well(office: OfficeProcess, number: signal.Signals) -> None:
    url = office.start()
    assert requests.get(f"{url}/health", timeout=5).status_code == 200
    assert office.end(number) == 0


def test_terminals_are_added_listed_and_blocked(office: OfficeProcess) -> None:
    code = office.run("terminal", "add", TERMINAL, "--name", "Hall 1")
    assert len(code.out.strip()) == 24
    assert office.run("terminal", "list").out == f"{TERMINAL}  expected      Hall 1\n"
    assert office.run("terminal", "block", TERMINAL).code == 0
    assert "blocked" in office.run("terminal", "list").out
    assert office.run("terminal", "unblock", TERMINAL).code == 0
    assert "expected" in office.run("terminal", "list").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("terminal", "block", "999999"), "there is no terminal 999999"),
        (("terminal", "add", "1"), "a terminal number is 6 digits"),
        (("ledger", "123"), "not an order number"),
        (("seed", "nowhere.toml"), "nowhere.toml"),
    ],
)
def test_a_mistake_is_told_in_one_line(
    office: OfficeProcess, arguments: tuple[str, ...], words: str
) -> None:
    done = office.run(*arguments)
    assert done.code in {1, 2}
    assert words in done.errors
    assert "Traceback" not in done.errors


def test_published_keys_are_for_tests_only(office: OfficeProcess, tmp_path: Path) -> None:
    (tmp_path / "center.toml").write_text("[server]\nport = 0\n")
    done = office.run("serve")
    assert done.code == 1
    assert "[keys]" in done.errors
