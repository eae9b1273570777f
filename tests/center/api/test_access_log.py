import json
import logging
from pathlib import Path

import pytest

from tests.center.api.stand import (
    ADDRESS,
    CARD_SERIAL,
    CUSTOMER_NO,
    METER_NO,
    NAME,
    TERMINAL,
    query,
    running,
    vend_request,
)
from vending import wire

ORDER = vend_request()


@pytest.fixture
def said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> str:
    """Everything that is logged about a purchase and some mistakes, when the server has ended."""
    caplog.set_level(logging.DEBUG)
    with running(tmp_path) as stand:
        terminal = stand.signed_in()
        terminal.ask(wire.ACCOUNTS_PATH, query())
        terminal.ask(wire.VENDS_PATH, ORDER)
        terminal.ask(wire.inquiry_path(ORDER.order_no), None, "GET")
        terminal.ask(wire.VENDS_PATH, {"name": NAME})
        terminal.ask("/v1/vends/" + CUSTOMER_NO, None, "GET")
    ours = [
        record for record in caplog.get_records("setup") if not record.name.startswith("urllib3")
    ]
    return "\n".join(f"{record.name} {record.getMessage()}" for record in ours)


def test_nothing_about_the_person_is_logged(said: str) -> None:
    for secret in (NAME, ADDRESS, CUSTOMER_NO, METER_NO, CARD_SERIAL, ORDER.order_no):
        assert secret not in said


def test_each_request_is_one_line(said: str) -> None:
    logged = [line for line in said.splitlines() if line.startswith("center.access")]
    lines = [json.loads(line[line.index("{") :]) for line in logged]
    assert [(line["operation"], line["status"]) for line in lines] == [
        ("register", 200),
        ("challenge", 200),
        ("sign-in", 200),
        ("query-account", 200),
        ("vend", 200),
        ("inquire", 200),
        ("vend", 400),
        ("inquire", 400),
    ]
    assert {line["terminal"] for line in lines} == {TERMINAL}
    assert lines[-1]["code"] == "malformed"
