"""A site on which kiosks are killed, purchase after purchase, each kill judged."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Self

from bench.acceptor.mechanism import FAST as QUICK_NOTES
from bench.kills.moment import SIDES, Count, Kind, Moment, Side
from bench.kills.outcome import Ending, Outcome
from bench.kills.resident import CARD, PATIENCE_S, Buyer, Returner, Way
from bench.kills.trap import Trap
from bench.kills.witness import Witness
from bench.measure.process import descendants
from bench.printer.device import FAST as QUICK_PAPER
from bench.stand import Kiosk, KioskError, Site, Stand
from bench.stand.judge import read_books
from bench.stand.kiosk_config import TERMINAL_NO
from bench.stand.stand import SETTLE_TIMEOUT_S
from center.utility.sales import VendState
from kiosk.engine.database import JournalError
from kiosk.flow.phase import Phase

DEATH_S = 3.0
_LOOK_S = 0.02
_FIRST_FACT = "CardInserted"


class _Before(NamedTuple):
    """What there was before the purchase."""

    credits: int
    cash_fen: int


class KillSite:
    """A stand, a trap on every wire, and a kiosk with a fuse in its journal."""

    def __init__(self, folder: Path, *, settle_s: float = SETTLE_TIMEOUT_S) -> None:
        """Start nothing yet. ``settle_s``: what reports may take before the judge complains."""
        self._settle_s = settle_s
        self.stand = Stand(folder, Site(timing=QUICK_NOTES, printing=QUICK_PAPER))
        self.trap = Trap(self._kill)
        self._orders = folder.resolve() / "orders"

    def __enter__(self) -> Self:
        """Start everything but the kiosk."""
        self.stand.__enter__()
        self.trap.watch(self.stand)
        self.witness = Witness(self.stand.config_file, self.stand.storage / "journal.db")
        return self

    def __exit__(self, *_: object) -> None:
        """End everything."""
        self.stand.close()

    # -- the kiosk's life and death --------------------------------------------------------------

    def kiosk(self) -> Kiosk:
        """Return the kiosk that runs, started if there is none."""
        if self.stand.kiosk and self.stand.kiosk.alive:
            return self.stand.kiosk
        return self.stand.start_kiosk(program=("bench.kills.launch", str(self._orders)))

    def _ready(self) -> Kiosk:
        """Return a kiosk that waits for a customer: what its devices heard at its start is over."""
        kiosk = self.kiosk()
        kiosk.wait("idle", timeout_s=PATIENCE_S)
        return kiosk

    def _arm(self, moment: Moment | None) -> None:
        self._orders.unlink(missing_ok=True)
        if moment and moment.kind is Kind.APPEND:
            self._orders.write_text(str(moment), "utf-8")
        self.trap.arm(moment)

    def _kill(self, moment: Moment) -> None:
        """End the kiosk before whoever brought the news goes on."""
        assert self.stand.kiosk
        pid = self.stand.kiosk.pid
        os.kill(pid, signal.SIGSTOP)
        doomed = (pid,) if moment.side is Side.CRASH else (*_workers(pid), pid)
        for process in doomed:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        with suppress(ChildProcessError):  # whoever started it was quicker, and knows its end
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)

    def _died(self, kiosk: Kiosk) -> bool:
        """Tell whether the kiosk was killed, and did not just fail."""
        until_s = time.monotonic() + DEATH_S
        while kiosk.alive and time.monotonic() < until_s:
            time.sleep(_LOOK_S)
        return kiosk.exit_code == -signal.SIGKILL

    # -- one purchase ----------------------------------------------------------------------------

    def moments(self) -> tuple[Moment, ...]:
        """Serve one customer undisturbed; return every moment at which that can be killed."""
        self._ready()
        credits_before = self._credits()
        self._arm(None)
        if failure := self._buy():
            raise failure
        heard = self.trap.heard
        self.stand.kill_kiosk()  # in order it would add facts of its own
        self.witness.look()
        if faults := self._judge(credits_before, paid=True):
            raise KioskError(f"an undisturbed purchase is wrong already: {'; '.join(faults)}")
        kinds = self.witness.kinds
        return (*appends(kinds[kinds.index(_FIRST_FACT) :]), *heard)

    def kill_at(self, moment: Moment, way: Way) -> Outcome:
        """Kill the kiosk at ``moment`` of a purchase, start it again, and judge."""
        before = _Before(self._credits(), self.stand.cash_fen)
        kiosk = self._ready()
        self._arm(moment)
        failure = self._buy()
        if not self._died(kiosk):
            return self._survived(moment, way, failure)
        self._orders.unlink(missing_ok=True)
        self.stand.kill_kiosk()
        try:
            phase = self.witness.look().phase
        except JournalError as error:
            return failed(moment, way, "?", f"the journal is not whole: {error!r}")
        try:
            return self._start_again(moment, way, phase, before)
        except KioskError as error:
            return failed(moment, way, phase, f"after the start: {error}")

    def _start_again(self, moment: Moment, way: Way, phase: Phase, before: _Before) -> Outcome:
        """Let the resident see it through, and judge. Raises KioskError when one is left alone."""

        def is_paid() -> bool:
            return self.stand.cash_fen > before.cash_fen

        if way is Way.TAKEN:
            self.stand.pull_card()
        if way is Way.NO_LINE:
            self.stand.office_gone()
        begun_s = time.monotonic()
        returner = Returner(self.stand, self.kiosk(), begun_s, is_paid)
        last = returner.go_on()
        violations = self._judge(before.credits, paid=is_paid())
        ending = _ending(returner, phase, last, paid=is_paid())
        return Outcome(
            moment=moment,
            way=way,
            phase=phase,
            ending=Ending.FAILED if violations else ending,
            completing_s=returner.completing_s if is_paid() else None,
            end_s=returner.end_s,
            violations=tuple(violations),
        )

    def _buy(self) -> KioskError | None:
        try:
            Buyer(self.stand, self.kiosk()).buy()
        except KioskError as error:
            return error
        return None

    def _survived(self, moment: Moment, way: Way, failure: KioskError | None) -> Outcome:
        if failure:
            return failed(moment, way, "?", f"the purchase failed unharmed: {failure}")
        self.stand.plug_into_meter(CARD)
        return Outcome(moment=moment, way=way, phase="", ending=Ending.NOT_REACHED)

    # -- the judge -------------------------------------------------------------------------------

    def _judge(self, credits_before: int, *, paid: bool) -> list[str]:
        """Take the card home, compare everything, see the machine ready for the next customer."""
        self.stand.office_back()
        self.stand.pull_card()
        self.stand.plug_into_meter(CARD)
        again = self.stand.plug_into_meter(CARD)
        credited = self._credits() - credits_before
        found = []
        if again.credited:
            found.append("the meter credited the card twice")
        if credited != int(paid):
            found.append(f"{'paid' if paid else 'nothing paid'}, and credited {credited} times")
        found += self.stand.audit(self._settle_s)
        found += self._undelivered()
        if self.stand.kiosk and self.stand.kiosk.alive:
            self.stand.kiosk.wait("idle", timeout_s=PATIENCE_S)
        return found

    def _undelivered(self) -> list[str]:
        books = self.stand.office.read(lambda db: read_books(db, TERMINAL_NO))
        sold = [sale.order_no for sale in books.sales if sale.state != VendState.CONFIRMED]
        return [
            f"order {order_no} is still open, and everything was delivered"
            for order_no in sold
            if not self.stand.wait_until_posted(order_no, self._settle_s)
        ]

    def _credits(self) -> int:
        meter = self.stand.card(CARD).meter
        assert meter
        return len(meter.state.credits)

    def closing_faults(self) -> list[str]:
        """End the kiosk in order; return what is wrong with what it leaves behind."""
        if self.stand.kiosk:
            self.stand.kiosk.stop()
        try:
            session = self.witness.look()
        except JournalError as error:
            return [f"the journal is not whole in the end: {error!r}"]
        found = [f"order {order.order_no} still waits for its card" for order in session.parked]
        found += [f"never answered: {wish}" for wish in session.pending]
        return found + [f"ended in {session.phase}"] * (session.phase is not Phase.IDLE)


def _workers(pid: int) -> tuple[int, ...]:
    """Return the processes below one that is being stopped; its last threads may be ending."""
    until_s = time.monotonic() + DEATH_S
    while True:
        try:
            return tuple(descendants(pid))
        except OSError:
            if time.monotonic() > until_s:
                raise


def appends(kinds: tuple[str, ...]) -> list[Moment]:
    """Return the moments of these facts, in their order."""
    count = Count()
    return [count.next(Kind.APPEND, kind, side) for kind in kinds for side in SIDES[Kind.APPEND]]


def _ending(returner: Returner, phase: Phase, last: Phase, *, paid: bool) -> Ending:
    if not paid:
        return Ending.UNPAID
    if phase is Phase.DONE or last is not Phase.DONE:
        return Ending.BEFORE
    if returner.doubted:
        return Ending.DOUBTFUL
    return Ending.CARD_AGAIN if returner.visits else Ending.BY_ITSELF


def failed(moment: Moment, way: Way, phase: str, why: str) -> Outcome:
    """Return what became of a kill after which something was wrong."""
    return Outcome(moment=moment, way=way, phase=phase, ending=Ending.FAILED, violations=(why,))
