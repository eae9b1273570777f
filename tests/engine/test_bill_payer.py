"""Paying a bill on the real engine: kept after every fact, started again after every single one."""

from pathlib import Path

from kiosk.cashbox.count import figures
from kiosk.engine.frozen import freeze, thaw
from kiosk.flow import command as wish
from kiosk.flow import event as ev
from kiosk.flow.event import Event
from kiosk.flow.phase import Phase
from kiosk.flow.session import Session
from tests.engine.samples import STATEMENT
from tests.engine.test_customer import HARMLESS, PARTS, Kiosk, started_again_after
from vending.cash import Business

PAYER: tuple[Event, ...] = (
    ev.CodeScanned(text=STATEMENT.customer_no),
    ev.MonthsChosen(months=1),
    ev.NoteEscrowed(note_id="bill-1", value_fen=5_000),
    ev.NoteEscrowed(note_id="bill-2", value_fen=5_000),
)
"""54 yuan are due: the second note is enough, and the slot closes by itself."""


def test_a_bill_is_paid_and_the_box_knows_for_which_business(tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path)
    phases = []
    for event in PAYER:
        kiosk.take(event)
        phases.append(kiosk.session.phase)
    assert phases == [Phase.BILL, Phase.TENDERING, Phase.TENDERING, Phase.DONE]
    (total,) = figures(kiosk.session.cash.period).sums
    assert (total.business, total.paid_fen, total.orders) == (Business.BILL, 10_000, 1)
    assert (total.completed_orders, total.slips) == (1, 1)
    kiosk.engine.close()


def test_every_session_can_be_kept(tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path)
    kept: list[Session] = []
    kiosk.engine.listen(lambda session, _: kept.append(session))
    for event in PAYER:
        kiosk.take(event)
    assert len(kept) >= len(facts_of(kiosk)) - 1 - len(PARTS)
    assert [thaw(freeze(session)) for session in kept] == kept
    kiosk.engine.close()


def facts_of(kiosk: Kiosk) -> list[Event]:
    return [kiosk.journal.event(entry) for entry in kiosk.journal.entries()]


def test_the_power_goes_after_any_fact_and_no_fen_is_forgotten(tmp_path: Path) -> None:
    """Started again: what was paid is in hand or parked until the head office has posted it."""
    whole = Kiosk(tmp_path / "whole")
    for event in PAYER:
        whole.take(event)
    facts = facts_of(whole)
    whole.engine.close()
    paid_fen, posted = 0, False
    for number in range(1 + len(PARTS), len(facts)):
        fact = facts[number]
        paid_fen += fact.value_fen if isinstance(fact, ev.NoteStacked) else 0
        posted = posted or isinstance(fact, ev.BillPosted)
        again = started_again_after(facts[: number + 1], tmp_path / str(number))
        session = again.session
        held_fen = session.paid_fen + sum(bill.paid_fen for bill in session.parked_bills)
        assert posted or held_fen == paid_fen
        assert figures(session.cash.period).expected_fen == paid_fen
        assert {type(asked) for asked in again.wishes} <= HARMLESS, type(fact)
        again.engine.close()
    assert (paid_fen, posted) == (10_000, True)


def test_what_the_power_cut_left_in_doubt_posts_itself(tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path)
    for event in PAYER[:-1]:
        kiosk.take(event)
    kiosk.engine.turn(PAYER[-1])
    kiosk.engine.turn(ev.NoteStacked(note_id="bill-2", value_fen=5_000))
    kiosk.engine.turn(ev.AcceptorClosed())
    assert kiosk.session.phase is Phase.POSTING
    kiosk.engine.close()
    again = Kiosk(tmp_path)
    assert wish.InquireBill in map(type, again.wishes)
    again.take(PARTS[0])
    assert again.session.phase is Phase.DONE
    again.engine.close()
