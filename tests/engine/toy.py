"""A machine small enough to be believed, for testing what runs machines."""

from collections.abc import Hashable
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from kiosk.engine.clock import ManualClock
from kiosk.engine.database import Database
from kiosk.engine.engine import Engine, Settings
from kiosk.engine.journal import Journal
from kiosk.engine.machine import Machine
from kiosk.flow import command as wish
from kiosk.flow import event as ev
from kiosk.flow.command import Command, Tell
from kiosk.flow.event import Event
from vending.messages import Note, NoteTaken

IDLE, SERVING, DEAF = "idle", "serving", "deaf"
SERVING_S = 30


class Toy(Struct, frozen=True, kw_only=True):
    """A till: counts what was put in while a card is in the slot."""

    phase: str = IDLE
    round: int = 0
    paid_fen: int = 0
    note_ids: tuple[str, ...] = ()
    boots: int = 0
    parts: tuple[tuple[str, str], ...] = ()
    pending: tuple[Command, ...] = ()


def step(till: Toy, event: Event) -> tuple[Toy, tuple[Command, ...]]:
    if isinstance(event, ev.LanguageChosen) and event.language == "broken":
        raise RuntimeError("a rule of the toy is wrong")
    if isinstance(event, ev.Restarted):
        asked = tuple(question for left in till.pending for question in left.ask())
        return replace(till, boots=till.boots + 1, parts=(), pending=asked), asked
    if isinstance(event, ev.CardInserted):
        serving = replace(till, phase=SERVING, round=till.round + 1)
        return serving, (wish.OpenAcceptor(values_fen=(1000,)),)
    if isinstance(event, ev.CardRemoved) or _times_out(till, event):
        return replace(till, phase=IDLE, round=till.round + 1, pending=()), ()
    if isinstance(event, ev.ContinuePressed):
        return replace(till, phase=DEAF), ()
    if isinstance(event, ev.DeviceChanged):
        others = tuple(part for part in till.parts if part[0] != event.device)
        return replace(till, parts=(*others, (str(event.device), str(event.state)))), ()
    return _note(till, event)


def _times_out(till: Toy, event: Event) -> bool:
    told = isinstance(event, ev.TimedOut) and (event.phase, event.round)
    return told == (till.phase, till.round) and till.phase != DEAF


def _note(till: Toy, event: Event) -> tuple[Toy, tuple[Command, ...]]:
    if isinstance(event, ev.NoteEscrowed):
        stack = wish.StackNote(note_id=event.note_id, value_fen=event.value_fen)
        return replace(till, pending=(stack,)), (stack,)
    if isinstance(event, ev.NoteStacked) and event.note_id not in till.note_ids:
        note = Note(note_id=event.note_id, value_fen=event.value_fen)
        taken = NoteTaken(order_no="order-1", note=note, at_ms=event.at_ms)
        return replace(
            till,
            paid_fen=till.paid_fen + event.value_fen,
            note_ids=(*till.note_ids, event.note_id),
            pending=(),
        ), (Tell(report=taken),)
    if isinstance(event, ev.NoteReturned):
        return replace(till, pending=()), ()
    return till, ()


def standing(event: Event) -> Hashable | None:
    return event.device if isinstance(event, ev.DeviceChanged) else None


def machine() -> Machine[Toy]:
    return Machine(
        fresh=Toy(),
        step=step,
        timeout_s=lambda till: None if till.phase == IDLE else SERVING_S,
        is_resting=lambda till: till.phase == IDLE and not till.pending,
        standing=standing,
        make_safe=(wish.CloseAcceptor(),),
    )


class Rig:
    """A toy engine on a journal in a directory, with everything it did written down."""

    def __init__(
        self,
        directory: Path,
        *,
        clock: ManualClock | None = None,
        max_pages: int = 0,
        checkpoint_entries: int = 1000,
        software_version: str = "1",
    ) -> None:
        self.clock = clock or ManualClock()
        self.database = Database(directory / "journal.db", lock_wait_s=0.0, max_pages=max_pages)
        self.journal = Journal(self.database)
        self.wishes: list[Command] = []
        self.published: list[tuple[Toy, float | None]] = []
        self.settings = Settings(
            software_version=software_version, checkpoint_entries=checkpoint_entries
        )
        self.engine = Engine(machine(), self.journal, self.clock, self.wishes.append, self.settings)
        self.engine.listen(lambda till, deadline_s: self.published.append((till, deadline_s)))

    @property
    def till(self) -> Toy:
        return self.engine.session

    def kinds(self) -> list[str]:
        return [entry.kind for entry in self.journal.entries()]

    def reports(self) -> list[bytes]:
        with self.database.transaction() as connection:
            rows = connection.exec_driver_sql("SELECT body FROM outbox ORDER BY report_no")
            return list(rows.scalars())


def stacked(number: int, value_fen: int = 1000) -> ev.NoteStacked:
    return ev.NoteStacked(note_id=f"note-{number}", value_fen=value_fen)
