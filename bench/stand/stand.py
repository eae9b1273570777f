"""The stand: head office, line, acceptor, card slot, printer and meters, and what people do there.

`Stand` is what the bench's window, the demo and the end-to-end tests speak to. Start it, start a
kiosk on it, insert cards and notes, let things fail, and ask the judge.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Self

from bench.acceptor import BenchAcceptor, CutPoint, Denominations, Timing, denominations
from bench.bill import demo_bills
from bench.card_slot import CardSlot
from bench.issue_card import PEOPLE, DemoCard, demo_cards
from bench.meter import PlugResult
from bench.printer import BenchPrinter, PrintedSlip, Speed
from bench.proxy import Proxy
from bench.scanner import BenchScanner
from bench.stand import kiosk_config
from bench.stand.judge import Sale, judge, read_books
from bench.stand.kiosk import PROGRAM, Kiosk, qt_environment
from bench.stand.neighbour import Neighbour
from bench.stand.office import Office, ledger_line
from bench.stand.story import Happening, Story
from kiosk.backend.client import register

NEIGHBOUR_NO = "330107"
SETTLE_TIMEOUT_S = 15.0
_SETTLE_LOOK_S = 0.2
_CHINA = timezone(timedelta(hours=8))


class NoSuchCard(KeyError):
    """There is no card of this name on the bench."""


class CardBusy(ValueError):
    """The card, or the slot, is not free for this."""


@dataclass(frozen=True)
class Site:
    """What a stand is made of beyond its defaults."""

    timing: Timing | None = None
    """The acceptor's movements; None: as long as they take in a real one."""
    printing: Speed | None = None
    """The printer's speed; None: that of a real one."""
    capacity: int = 1_000
    """Notes that the acceptor's box holds."""
    config: Mapping[str, Any] | None = None
    """Changes to the kiosk's configuration by dotted key: ``{"cash.max_notes": 3}``."""
    people: Path = PEOPLE
    scanner: bool = True
    """This machine has a scanner of codes."""


class Stand:
    """One site. Every method may be called from every thread; none waits for the kiosk."""

    def __init__(self, directory: Path, site: Site | None = None) -> None:
        """Keep everything in ``directory``; nothing runs before `start`."""
        self._site = site or Site()
        self.directory = directory.resolve()
        self.story = Story()
        self.office = Office(self.directory / "center")
        self.proxy: Proxy | None = None
        self.acceptor = BenchAcceptor(timing=self._site.timing, capacity=self._site.capacity)
        self.printer = BenchPrinter(speed=self._site.printing)
        self.scanner = BenchScanner()
        self.slot = CardSlot()
        self.cards = {card.name: card for card in demo_cards(self._site.people, clock=_meter_time)}
        self.bills = demo_bills(self._site.people)
        self.kiosk: Kiosk | None = None
        self.displays: dict[str, PlugResult] = {}
        """What each card's meter said last, by the card's name."""
        self._inserted = ""
        self.slot.observe(self.story.card_slot)

    # -- life ------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Start everything but the kiosk, and register the terminal."""
        code = self.office.prepare(kiosk_config.TERMINAL_NO, self._site.people)
        self.proxy = Proxy("127.0.0.1", self.office.start())
        self.proxy.start()
        self._write_config(code)
        register(
            self.office_url, kiosk_config.TERMINAL_NO, code, key_file=self.storage / "terminal.key"
        )
        return self

    def close(self) -> None:
        """End everything, the kiosk first; harmless the second time."""
        if self.kiosk:
            self.kiosk.stop()
        if self.proxy:
            self.proxy.stop()
            self.proxy = None
        self.office.stop()
        self.slot.close()
        self.acceptor.close()
        self.printer.close()
        self.scanner.close()

    def __enter__(self) -> Self:
        """Start it."""
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.close()

    @property
    def config_file(self) -> Path:
        """The kiosk's configuration."""
        return self.directory / "kiosk" / "kiosk.toml"

    @property
    def storage(self) -> Path:
        """Where the kiosk keeps its journal and key."""
        return self.directory / "kiosk" / "var"

    @property
    def office_url(self) -> str:
        """Where the kiosk believes the head office to be: the near end of the line."""
        assert self.proxy
        return f"http://127.0.0.1:{self.proxy.port}"

    # -- the kiosk -------------------------------------------------------------------------------

    def start_kiosk(
        self,
        environment: Mapping[str, str] | None = None,
        program: Sequence[str] = PROGRAM,
    ) -> Kiosk:
        """Run ``python -m kiosk run`` and wait until its window answers; ``program``: `Kiosk`."""
        if self.kiosk and self.kiosk.alive:
            raise CardBusy("a kiosk runs already")
        self.story.tell(Happening.KIOSK_STARTS)
        log = self.directory / "kiosk" / "kiosk.log"
        around = {**qt_environment(), **(environment or {})}
        self.kiosk = Kiosk(self.config_file, log, around, program)
        return self.kiosk.connect()

    def kill_kiosk(self) -> None:
        """End the kiosk as a power failure would."""
        if self.kiosk:
            self.story.tell(Happening.KIOSK_KILLED)
            self.kiosk.kill()

    # -- the resident ----------------------------------------------------------------------------

    def card(self, name: str) -> DemoCard:
        """Return a card of the table. Raises NoSuchCard."""
        if name not in self.cards:
            raise NoSuchCard(f"{name}; there are {', '.join(self.cards)}")
        return self.cards[name]

    @property
    def card_in_slot(self) -> str | None:
        """Name of the card in the kiosk's slot."""
        return self._inserted if self.slot.present else None

    def insert_card(self, name: str) -> None:
        """Put a card into the kiosk. Raises CardBusy when there is one already."""
        card = self.card(name)
        if self.slot.present:
            raise CardBusy("there is a card in the slot already")
        self.story.tell(Happening.CARD_INSERTED, card.title_zh, card.title_en)
        self._inserted = name
        self.slot.insert(card.chip)

    def pull_card(self) -> None:
        """Pull the card out of the kiosk, whatever it is doing."""
        self.slot.pull()

    def insert_note(self, value_fen: int | None) -> bool:
        """Offer a banknote (None: a piece of paper); False: the acceptor does not draw it in."""
        taken = self.acceptor.insert_note(value_fen)
        self.story.note(value_fen, taken)
        return taken

    def show_code(self, code: str) -> bool:
        """Hold a code before the scanner, a bill's for example; False: nobody listens to it."""
        seen = self._site.scanner and self.scanner.show(code)
        self.story.tell(Happening.BILL_SHOWN if seen else Happening.BILL_NOT_SEEN, code, code)
        return seen

    def neighbour(self, terminal_no: str = NEIGHBOUR_NO) -> Neighbour:
        """Return another terminal of the same head office; close it."""
        code = self.office.expect(terminal_no)
        return Neighbour(self.office_url, terminal_no, code, self.directory)

    def plug_into_meter(self, name: str) -> PlugResult:
        """Put a card into its meter at home. Raises CardBusy when it is in the kiosk."""
        card = self.card(name)
        if card.meter is None:
            raise CardBusy(f"{name} belongs to no meter")
        if self.card_in_slot == name:
            raise CardBusy(f"{name} is in the kiosk")
        result = card.meter.plug(card.chip)
        self.displays[name] = result
        self.story.tell(Happening.METER, result.display_zh, result.display_en)
        return result

    # -- faults: acceptor ------------------------------------------------------------------------

    def jam(self, *, in_stacker: bool = False) -> None:
        """Jam the acceptor until `unjam`."""
        self.story.tell(Happening.JAM)
        self.acceptor.jam(in_stacker=in_stacker)

    def unjam(self) -> None:
        """Clear the jam."""
        self.story.tell(Happening.REPAIRED)
        self.acceptor.clear()

    def box_out(self) -> None:
        """Take the cash box away."""
        self.story.tell(Happening.BOX_OUT)
        self.acceptor.remove_box()

    def box_in(self) -> None:
        """Put an empty cash box in. What was taken away stays in `removed_boxes`."""
        self.story.tell(Happening.BOX_IN)
        self.acceptor.insert_box()

    @property
    def box(self) -> Denominations:
        """What lies in the box that is in the machine, by denomination."""
        return denominations(self.acceptor.box)

    @property
    def removed_boxes(self) -> tuple[Denominations, ...]:
        """What lies in each box that was taken away, the oldest box first."""
        return tuple(denominations(box) for box in self.acceptor.removed_boxes)

    def reject_next_note(self) -> None:
        """Let the acceptor not recognise the next note."""
        self.story.tell(Happening.REJECT_NEXT)
        self.acceptor.reject_next()

    def acceptor_power_off(self) -> None:
        """Cut the acceptor's power until `acceptor_power_on`."""
        self.story.tell(Happening.POWER_OFF)
        self.acceptor.power_cut()

    def acceptor_power_on(self) -> None:
        """Give the acceptor its power back."""
        self.story.tell(Happening.POWER_ON)
        self.acceptor.power_on()

    def cut_acceptor_power_at(self, point: CutPoint) -> None:
        """Let the acceptor's power fail at the next such moment; it comes back by itself."""
        self.story.tell(Happening.POWER_CUT_ARRANGED, str(point), str(point))
        self.acceptor.cut_power_at(point)

    # -- faults: printer -------------------------------------------------------------------------

    @property
    def slips(self) -> tuple[PrintedSlip, ...]:
        """Every slip that came out, the oldest first: ``text`` and ``image`` of each."""
        return tuple(self.printer.slips)

    def paper_out(self) -> None:
        """Take the paper out until `paper_in`."""
        self.story.tell(Happening.PAPER_OUT)
        self.printer.paper_out()

    def paper_in(self) -> None:
        """Put a new roll in."""
        self.story.tell(Happening.PAPER_IN)
        self.printer.paper_out(out=False)

    def printer_dead(self) -> None:
        """Cut the printer's power until `printer_back`."""
        self.story.tell(Happening.PRINTER_DEAD)
        self.printer.power(on=False)

    def printer_back(self) -> None:
        """Give the printer its power back."""
        self.story.tell(Happening.PRINTER_BACK)
        self.printer.power(on=True)

    # -- faults: card and line -------------------------------------------------------------------

    def pull_card_at_apdu(self, number: int) -> None:
        """Pull the card just before the ``number``-th command from now reaches it."""
        self.story.tell(Happening.PULL_ARRANGED, str(number), str(number))
        self.slot.pull_at_apdu(number)

    def office_gone(self) -> None:
        """Cut the line to the head office until `office_back`."""
        self.story.tell(Happening.OFFICE_GONE)
        self._line().cut()

    def office_deaf(self) -> None:
        """Let questions reach the head office and keep its answers back until `office_back`."""
        self.story.tell(Happening.OFFICE_DEAF)
        self._line().deafen()

    def office_slow(self, delay_s: float) -> None:
        """Hold everything on the line for ``delay_s`` in each direction; 0: no longer."""
        if delay_s:
            self.story.tell(Happening.OFFICE_SLOW, f"{delay_s:g} s", f"{delay_s:g} s")
        else:
            self.story.tell(Happening.OFFICE_QUICK)
        self._line().delay(delay_s)

    def office_back(self) -> None:
        """Make the line whole and quick again."""
        self.story.tell(Happening.OFFICE_BACK)
        self._line().delay(0.0)
        self._line().restore()

    def restart_office(self, *, killed: bool = True) -> None:
        """End the head office (at once, or in order) and start it again on its books."""
        self.story.tell(Happening.OFFICE_RESTARTS)
        self.office.kill() if killed else self.office.stop()
        self._line().retarget(self.office.start())

    def _line(self) -> Proxy:
        assert self.proxy
        return self.proxy

    # -- the judge -------------------------------------------------------------------------------

    @property
    def cash_fen(self) -> int:
        """What lies in the acceptor's boxes."""
        return sum(value or 0 for value in self._boxes())

    def ledger(self, order_no: str) -> tuple[str, ...]:
        """Return the head office's entries for an order, as a person reads them."""
        return tuple(ledger_line(entry) for entry in self.office.ledger(order_no))

    def sale(self, order_no: str) -> Sale | None:
        """Return what the head office sold under an order."""
        books = self.office.read(lambda db: read_books(db, kiosk_config.TERMINAL_NO))
        return next((sale for sale in books.sales if sale.order_no == order_no), None)

    def is_posted(self, order_no: str) -> bool:
        """Tell whether the head office has heard that the order's card is written."""
        entries = self.office.ledger(order_no)
        return bool(entries) and all(entry.state == "posted" for entry in entries)

    def wait_until_posted(self, order_no: str, timeout_s: float = SETTLE_TIMEOUT_S) -> bool:
        """Wait until the head office has heard it; False: it has not in time."""
        until_s = time.monotonic() + timeout_s
        while not self.is_posted(order_no):
            if time.monotonic() >= until_s:
                return False
            time.sleep(_SETTLE_LOOK_S)
        return True

    def audit(self, timeout_s: float = SETTLE_TIMEOUT_S) -> list[str]:
        """Return what is wrong once reports have had ``timeout_s`` to arrive; nothing: all right.

        Compared are the notes in the box with the cash in the books, the meters' credits and the
        cards with the sales, and the head office's books with themselves.
        """
        until_s = time.monotonic() + timeout_s
        while (found := self._judged()) and time.monotonic() < until_s:
            time.sleep(_SETTLE_LOOK_S)
        return found

    def _judged(self) -> list[str]:
        books = self.office.read(lambda db: read_books(db, kiosk_config.TERMINAL_NO))
        return judge(books, self._boxes(), self.cards.values())

    def _boxes(self) -> Iterable[int | None]:
        return (*self.acceptor.box, *self.acceptor.removed)

    def _write_config(self, code: str) -> None:
        wanted = kiosk_config.tables(
            office_url=self.office_url,
            one_time_code=code,
            reader_url=self.slot.serve(),
            acceptor_url=self.acceptor.serve(),
            printer_url=self.printer.serve(),
            scanner_url=self.scanner.serve() if self._site.scanner else "",
        )
        kiosk_config.write(self.config_file, wanted, self._site.config or {})
        self.storage.mkdir(parents=True, exist_ok=True)


def _meter_time() -> str:
    return datetime.now(_CHINA).strftime("%y%m%d%H%M")
