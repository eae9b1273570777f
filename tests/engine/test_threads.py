"""Everything of the engine together, on its own threads: a purchase, a halt, an end."""

import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from kiosk.backend.outbox import Outbox
from kiosk.engine.clock import SystemClock
from kiosk.engine.database import Database
from kiosk.engine.engine import Engine, Settings
from kiosk.engine.executor import Executor, Ports
from kiosk.engine.halt import Halt, HaltReason
from kiosk.engine.health import Health
from kiosk.engine.inbox import Inbox
from kiosk.engine.journal import Journal
from kiosk.engine.loop import Loop
from kiosk.engine.office import LineStatus, OfficeLane
from kiosk.engine.runner import Runner
from kiosk.flow import event as ev
from kiosk.flow.event import Device, DeviceState, Event
from kiosk.flow.paper import Paper
from kiosk.flow.phase import Phase
from kiosk.flow.session import Session
from tests.engine.samples import ACCOUNT, CARD, SEAL_ANSWER, SEAL_REQUEST, VEND
from tests.engine.test_customer import MACHINE
from tests.engine.test_journal import sql
from vending.bill import BillAnswer, BillInquiryAnswer, BillPayAnswer, BillPayRequest, BillQuery
from vending.card import CardSnapshot, SealAnswer, SealRequest, Verdict
from vending.messages import (
    AccountAnswer,
    AccountQuery,
    InquiryAnswer,
    NoteTaken,
    NotSold,
    OwedAnswer,
    OwedQuery,
    Refused,
    Report,
    ReportEnvelope,
    ReportTaken,
    ResellRequest,
    Sealed,
    SealReply,
    SignedIn,
    TrialAnswer,
    TrialRequest,
    Vend,
    VendAnswer,
    VendConfirmed,
    VendRequest,
)
from vending.messages import Reason as Why
from vending.roster import Roster

PATIENCE_S = 20


class Part:
    """A device that is well and answers on the calling thread."""

    device: Device

    def start(self, inbox: Any) -> None:
        self.inbox = inbox
        inbox.post(ev.DeviceChanged(device=self.device, state=DeviceState.OK))

    def reset(self) -> None:
        for state in (DeviceState.STARTING, DeviceState.OK):
            self.inbox.post(ev.DeviceChanged(device=self.device, state=state))

    def stop(self, timeout_s: float) -> None:
        self.stopped = True


class Acceptor(Part):
    device = Device.ACCEPTOR

    def __init__(self) -> None:
        self.value_fen = 0
        self.closed = threading.Event()

    def insert(self, note_id: str, value_fen: int) -> None:
        self.value_fen = value_fen
        self.inbox.post(ev.NoteEscrowed(note_id=note_id, value_fen=value_fen))

    def open(self, values_fen: tuple[int, ...]) -> None:
        self.values_fen = values_fen

    def close(self) -> None:
        self.closed.set()
        self.inbox.post(ev.AcceptorClosed())

    def stack(self, note_id: str) -> None:
        """As a driver does: on its own thread, and waits until the journal holds it."""
        fact = ev.NoteStacked(note_id=note_id, value_fen=self.value_fen)
        threading.Thread(target=self.inbox.post_durably, args=(fact, PATIENCE_S)).start()

    def give_back(self, note_id: str) -> None:
        self.inbox.post(ev.NoteReturned(note_id=note_id, value_fen=self.value_fen))

    def ask_note(self, note_id: str, value_fen: int, *, returning: bool = False) -> None:
        self.inbox.post(ev.NoteReturned(note_id=note_id, value_fen=value_fen))


class Printer(Part):
    device = Device.PRINTER

    def print_slip(self, slip: Paper) -> None:
        self.inbox.post(ev.SlipPrinted(order_no=slip.number))


class CardDesk(Part):
    device = Device.CARD_READER

    def read(self) -> None:
        self.inbox.post(ev.CardRead(card=CARD))

    def write(self, order_no: str, vend: Vend, before: CardSnapshot) -> None:
        self.inbox.post(ev.SealsWanted(request=replace(SEAL_REQUEST, order_no=order_no)))

    def continue_write(self, order_no: str, answer: SealAnswer) -> None:
        self.inbox.post(ev.CardWriteEnded(order_no=order_no))

    def abort_write(self, order_no: str) -> None:
        self.inbox.post(ev.CardWriteEnded(order_no=order_no))

    def prove(self, order_no: str, vend: Vend, before: CardSnapshot) -> None:
        card = replace(CARD, purchase_count=vend.purchase_count, returned=None)
        self.inbox.post(ev.CardProved(order_no=order_no, verdict=Verdict.WRITTEN, card=card))

    def release(self) -> None:
        self.inbox.post(ev.CardRemoved())


class Office:
    def __init__(self) -> None:
        self.reports: queue.Queue[Report] = queue.Queue()

    def sign_in(self, software_version: str) -> SignedIn:
        return SignedIn(session_id="s", server_time_ms=0, last_order_sequence=41)

    def query_account(self, query: AccountQuery) -> AccountAnswer:
        return ACCOUNT

    def trial_vend(self, request: TrialRequest) -> TrialAnswer:
        return Refused(Why.NOTHING_TO_BUY)

    def vend(self, request: VendRequest) -> VendAnswer:
        return replace(VEND, order_no=request.order_no)

    def inquire(self, order_no: str) -> InquiryAnswer:
        return NotSold(order_no)

    def find_owed(self, query: OwedQuery) -> OwedAnswer:
        return Refused(Why.NOTHING_OWED)

    def resell(self, request: ResellRequest) -> VendAnswer:
        return replace(VEND, order_no=request.order_no)

    def seal(self, request: SealRequest) -> SealReply:
        return Sealed(SEAL_ANSWER)

    def query_bill(self, query: BillQuery) -> BillAnswer:
        return Refused(Why.NOTHING_DUE)

    def pay_bill(self, request: BillPayRequest) -> BillPayAnswer:
        return Refused(Why.NOTHING_DUE)

    def inquire_bill(self, order_no: str) -> BillInquiryAnswer:
        return NotSold(order_no)

    def roster(self) -> Roster:
        return Roster(version=0, issued_at_ms=0, good_for_days=0, people=())

    def report(self, envelope: ReportEnvelope) -> ReportTaken:
        self.reports.put(envelope.report)
        return ReportTaken(report_no=envelope.report_no)


def in_s(clock: SystemClock, rest_ms: int | None) -> float | None:
    return None if rest_ms is None else clock.monotonic_s() + rest_ms / 1000


class Stand:
    """A kiosk without a screen: five threads around one engine."""

    def __init__(self, directory: Path) -> None:
        clock, self.office = SystemClock(), Office()
        self.inbox, self.health = Inbox(), Health(clock)
        self.journal = Journal(Database(directory / "journal.db"), owner="310001")
        status = LineStatus(self.inbox.post, clock)
        lane = OfficeLane(self.office, self.inbox.post, clock, status, software_version="1")
        self.desk, self.acceptor, self.printer = CardDesk(), Acceptor(), Printer()
        ports = Ports(self.desk, self.acceptor, self.printer, lane)
        executor = Executor(ports, self.inbox.post)
        settings = Settings(software_version="1")
        self.engine = Engine(MACHINE, self.journal, clock, executor.perform, settings)
        self.published: queue.Queue[Session] = queue.Queue()
        self.halts: queue.Queue[Halt] = queue.Queue()
        self.engine.listen(lambda session, _: self.published.put(session))
        self.engine.on_halt(self.halts.put)
        outbox = Outbox(
            self.journal,
            status.watch(self.office.report),
            "journal",
            wall_ms=clock.wall_ms,
            draw=lambda: 0.0,
        )
        self.runner = Runner(self.engine, self.inbox, clock, self.health.heart("engine", 10))
        self.loops = [
            Loop("network", lane.turn, clock, self.health.heart("network", 10)),
            Loop("outbox", lambda: in_s(clock, outbox.turn()), clock, self.health.heart("o", 10)),
        ]
        lane.on_ask(self.loops[0].wake)
        self.engine.on_reports(self.loops[1].wake)

    def start(self) -> None:
        self.runner.start()
        for loop in self.loops:
            loop.start()
        for part in (self.desk, self.acceptor, self.printer):
            part.start(self.inbox)

    def stop(self) -> bool:
        ended = [loop.stop(PATIENCE_S) for loop in self.loops]
        return self.runner.stop(PATIENCE_S) and all(ended)

    def until(self, holds: Callable[[Session], bool]) -> Session:
        while True:
            session = self.published.get(timeout=PATIENCE_S)
            if holds(session):
                return session

    def press(self, event: Event) -> None:
        self.inbox.post(event)

    def reported(self, kind: type[Report]) -> Report:
        while True:
            report = self.office.reports.get(timeout=PATIENCE_S)
            if isinstance(report, kind):
                return report


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    stand = Stand(tmp_path)
    yield stand
    assert stand.stop()


def test_a_purchase_on_real_threads(stand: Stand) -> None:
    stand.start()
    stand.until(lambda s: s.phase is Phase.IDLE)
    stand.press(ev.CardInserted())
    stand.until(lambda s: s.phase is Phase.ACCOUNT)
    stand.press(ev.ContinuePressed())
    stand.press(ev.CashChosen())
    stand.until(lambda s: s.phase is Phase.TENDERING)
    stand.acceptor.insert("note-1", 10_000)
    paid = stand.until(lambda s: s.phase is Phase.TENDERING and s.paid_fen == 10_000)
    assert paid.order is not None
    assert paid.order.order_no.startswith("310001")
    assert paid.orders_made == 42
    stand.press(ev.FinishPressed())
    stand.until(lambda s: s.phase is Phase.DONE)
    taken = stand.reported(NoteTaken)
    assert isinstance(taken, NoteTaken)
    assert (taken.order_no, taken.note.note_id) == (paid.order.order_no, "note-1")
    confirmed = stand.reported(VendConfirmed)
    assert isinstance(confirmed, VendConfirmed)
    assert confirmed.order_no == paid.order.order_no
    assert stand.health.overdue() == ()
    assert stand.halts.empty()


def test_a_damaged_journal_is_said_and_the_slot_stays_shut(tmp_path: Path, stand: Stand) -> None:
    stand.journal.open()
    stand.journal.append(ev.CardInserted())
    stand.journal.close()
    sql(tmp_path / "journal.db", "UPDATE entries SET kind = 'CardRead'")
    stand.start()
    assert stand.halts.get(timeout=PATIENCE_S).reason is HaltReason.JOURNAL_DAMAGED
    assert stand.acceptor.closed.wait(PATIENCE_S)
    assert not stand.inbox.post_durably(ev.CardRemoved(), PATIENCE_S)
