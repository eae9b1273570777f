"""The real customer flow on the real engine: a purchase, started again after every single fact."""

from pathlib import Path

from msgspec.structs import replace

from kiosk.engine.clock import ManualClock
from kiosk.engine.database import Database
from kiosk.engine.engine import Engine, Settings
from kiosk.engine.frozen import freeze, thaw
from kiosk.engine.journal import Journal
from kiosk.engine.machine import Machine
from kiosk.flow import command as wish
from kiosk.flow import event as ev
from kiosk.flow.command import Command
from kiosk.flow.event import Device, DeviceState, Event
from kiosk.flow.machine import MAKE_SAFE, is_resting, standing, step
from kiosk.flow.phase import Phase
from kiosk.flow.policy import Policy
from kiosk.flow.screen import timeout_s
from kiosk.flow.session import Session, fresh
from tests.engine.samples import (
    ACCOUNT,
    BILL_PAID,
    CARD,
    SEAL_ANSWER,
    SEAL_REQUEST,
    STATEMENT,
    VEND,
)
from vending.card import Verdict

MACHINE: Machine[Session] = Machine(
    fresh=fresh(Policy(terminal_no="310001")),
    step=step,
    timeout_s=timeout_s,
    is_resting=is_resting,
    standing=standing,
    make_safe=MAKE_SAFE,
)
PARTS = [
    ev.DeviceChanged(device=device, state=DeviceState.OK)
    for device in (Device.CARD_READER, Device.ACCEPTOR, Device.PRINTER, Device.HEAD_OFFICE)
]


def answer(asked: Command) -> tuple[Event, ...]:
    """What devices and head office of a fine day answer."""
    match asked:
        case wish.ReadCard():
            return (ev.CardRead(card=CARD),)
        case wish.LookUpAccount():
            return (ev.AccountFound(account=ACCOUNT),)
        case wish.StackNote():
            return (ev.NoteStacked(note_id=asked.note_id, value_fen=asked.value_fen),)
        case wish.CloseAcceptor():
            return (ev.AcceptorClosed(),)
        case wish.RequestVend() | wish.InquireVend():
            return (ev.VendApproved(vend=replace(VEND, order_no=asked.order_no)),)
        case wish.WriteCard():
            return (ev.SealsWanted(request=replace(SEAL_REQUEST, order_no=asked.order_no)),)
        case wish.AskSeals():
            return (ev.SealsGiven(order_no=asked.order_no, answer=SEAL_ANSWER),)
        case wish.ContinueWrite():
            return (ev.CardWriteEnded(order_no=asked.order_no),)
        case wish.ProveCard():
            proved = replace(CARD, purchase_count=5, returned=None)
            return (ev.CardProved(order_no=asked.order_no, verdict=Verdict.WRITTEN, card=proved),)
        case wish.PrintSlip():
            return (ev.SlipPrinted(order_no=asked.order_no),)
    return answer_about_bills(asked)


def answer_about_bills(asked: Command) -> tuple[Event, ...]:
    match asked:
        case wish.LookUpBill():
            return (ev.BillFound(statement=STATEMENT),)
        case wish.PayBill() | wish.InquireBill():
            return (ev.BillPosted(paid=replace(BILL_PAID, order_no=asked.order_no)),)
    return ()


def customer(name: str = "note", notes: int = 2) -> list[Event]:
    """A resident who knows what to do."""
    return [
        ev.CardInserted(),
        ev.ContinuePressed(),
        ev.CashChosen(),
        *(ev.NoteEscrowed(note_id=f"{name}-{n}", value_fen=5000) for n in range(notes)),
        ev.FinishPressed(),
        ev.CardRemoved(),
    ]


class Kiosk:
    """An engine with the customer's flow; what it wishes for is answered at once."""

    def __init__(
        self, directory: Path, checkpoint_entries: int = 3, clock: ManualClock | None = None
    ) -> None:
        self.clock = clock or ManualClock()
        self.journal = Journal(Database(directory / "journal.db", lock_wait_s=0.0), owner="310001")
        self.wishes: list[Command] = []
        self.engine: Engine[Session] = Engine(
            MACHINE,
            self.journal,
            self.clock,
            self.wishes.append,
            Settings(software_version="1", checkpoint_entries=checkpoint_entries),
        )
        self.engine.start()
        for part in PARTS:
            self.engine.turn(part)

    @property
    def session(self) -> Session:
        return self.engine.session

    def take(self, event: Event) -> None:
        assert self.engine.turn(event)
        while self.wishes:
            for fact in answer(self.wishes.pop(0)):
                self.engine.turn(fact)


def test_a_purchase(tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path)
    phases = []
    for event in customer():
        kiosk.take(event)
        phases.append(kiosk.session.phase)
    assert phases == [
        Phase.ACCOUNT,
        Phase.CHOOSING,
        Phase.TENDERING,
        Phase.TENDERING,
        Phase.TENDERING,
        Phase.DONE,
        Phase.DONE,
    ]
    kiosk.engine.close()


def test_every_session_can_be_kept(tmp_path: Path) -> None:
    kiosk = Kiosk(tmp_path)
    kept: list[Session] = []
    kiosk.engine.listen(lambda session, _: kept.append(session))
    for event in customer():
        kiosk.take(event)
    assert len(kept) > 15
    assert [thaw(freeze(session)) for session in kept] == kept
    kiosk.engine.close()


def facts_of_a_purchase(directory: Path) -> list[Event]:
    kiosk = Kiosk(directory)
    for event in customer():
        kiosk.take(event)
    facts = [kiosk.journal.event(entry) for entry in kiosk.journal.entries()]
    kiosk.engine.close()
    return facts


def test_following_the_journal_leads_to_the_same_session_after_every_fact(tmp_path: Path) -> None:
    """With and without checkpoints, wherever the power went."""
    facts = facts_of_a_purchase(tmp_path / "whole")
    assert len(facts) > 20
    live = Kiosk(tmp_path / "live")
    engine = live.engine
    for fact in facts[1 + len(PARTS) :]:
        assert engine.turn(fact)
        before = engine.session
        live.wishes.clear()
        live.journal.open()
        assert engine._recover() == before
    live.engine.close()


def test_the_power_goes_after_any_fact_and_no_fen_is_forgotten(tmp_path: Path) -> None:
    """Started again: what was paid is in hand or parked until it is proved to be on the card."""
    facts = facts_of_a_purchase(tmp_path / "whole")
    paid_fen, proved = 0, False
    for number in range(1 + len(PARTS), len(facts)):
        fact = facts[number]
        paid_fen += fact.value_fen if isinstance(fact, ev.NoteStacked) else 0
        proved = proved or isinstance(fact, ev.CardProved)
        again = started_again_after(facts[: number + 1], tmp_path / str(number))
        session = again.session
        assert proved or session.paid_fen + sum(o.paid_fen for o in session.parked) == paid_fen
        assert {type(asked) for asked in again.wishes} <= HARMLESS, type(fact)
        again.engine.close()
    assert (paid_fen, proved) == (10_000, True)


HARMLESS = {
    wish.AskNote,
    wish.CloseAcceptor,
    wish.InquireVend,
    wish.InquireBill,
    wish.ProveCard,
    wish.ReleaseCard,
    wish.ReadCard,
}
"""All that may be wished for after a restart: questions, and what changes nothing."""


def started_again_after(facts: list[Event], directory: Path) -> Kiosk:
    journal = Journal(Database(directory / "journal.db"), owner="310001")
    journal.open()
    for fact in facts:
        journal.append(fact)
    journal.close()
    return Kiosk(directory)
