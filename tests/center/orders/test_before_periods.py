"""What a head office of the software before took, and is told again by the software of today."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Table, update

from center.orders.port import ReportConflict
from center.store import tables
from tests.center.orders.office import (
    NOW_MS,
    TERMINAL,
    Office,
    notes,
    opened,
    person,
    request,
    taken,
)
from vending.messages import Report, Vend

WHO = person(1)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    assert made.violations() == []
    made.close()


def write_as_before(office: Office, table: Table, **values: str) -> None:
    """Put what the software before had written in the place of what today's wrote."""
    change = update(table).values(**values)
    office.store.write(lambda connection: connection.execute(change).close())


def as_json(**fields: object) -> str:
    return json.dumps(fields, separators=(",", ":"))


def reports_before(order_no: str) -> list[tuple[Report, str]]:
    note = notes(order_no, 10_000)[0]
    told = {"note_id": note.note_id, "value_fen": 10_000}
    who = {"customer_no": WHO.customer_no, "meter_no": WHO.meter_no}
    return [
        (
            opened(order_no, WHO),
            as_json(
                type="order-opened",
                order_no=order_no,
                opened_at_ms=NOW_MS,
                **who,
                card_serial=WHO.card_serial,
            ),
        ),
        (
            taken(order_no, note),
            as_json(type="note-taken", order_no=order_no, note=told, at_ms=NOW_MS),
        ),
    ]


@pytest.mark.parametrize("which", [0, 1])
def test_a_report_whose_answer_was_lost_before_the_update_is_taken_once(
    office: Office, which: int
) -> None:
    """Else the terminal tells it for ever, and nothing of its order behind it arrives."""
    order_no = office.order_no()
    report, before = reports_before(order_no)[which]
    office.report(report)
    write_as_before(office, tables.reports, body=before)
    office.again(report)
    assert office.order(order_no).paid_fen == (10_000 if which else 0)
    with pytest.raises(ReportConflict):
        office.again(taken(order_no, notes(order_no, 1, 5_000)[1]))


def test_a_sale_whose_answer_was_lost_before_the_update_is_found_again(office: Office) -> None:
    order_no = office.order_no()
    paid = notes(order_no, 10_000)
    asked = request(order_no, WHO, paid)
    vend = office.desk.vend(TERMINAL, asked)
    assert isinstance(vend, Vend)
    before = as_json(
        order_no=order_no,
        opened_at_ms=NOW_MS,
        customer_no=WHO.customer_no,
        meter_no=WHO.meter_no,
        card_serial=WHO.card_serial,
        purchase_count=WHO.purchase_count,
        notes=[{"note_id": paid[0].note_id, "value_fen": 10_000}],
    )
    digest = hashlib.sha256(before.encode()).hexdigest()
    write_as_before(office, tables.orders, request_digest=digest)
    assert office.desk.vend(TERMINAL, asked) == vend
