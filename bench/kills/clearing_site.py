"""A site on which kiosks are killed in the middle of a clearing, each kill judged."""

import time
from typing import Self

from bench.kills import clearing
from bench.kills.clearing import Operator
from bench.kills.moment import Moment
from bench.kills.outcome import Ending, Outcome
from bench.kills.resident import PATIENCE_S, Way
from bench.kills.site import KillSite, appends, failed
from bench.stand import KioskError
from kiosk.engine.database import JournalError
from kiosk.flow.phase import Phase

_FIRST_FACT = "StaffCalled"


class ClearingSite(KillSite):
    """Before each clearing somebody buys, undisturbed: there is something in the box."""

    def __enter__(self) -> Self:
        """Start everything but the kiosk, and employ who clears."""
        super().__enter__()
        clearing.employ(self.stand)
        return self

    def moments(self) -> tuple[Moment, ...]:
        """Clear undisturbed; return every moment at which that can be killed."""
        before = self._before()
        self._arm(None)
        Operator(self.stand).clear(self.kiosk())
        heard = self.trap.heard
        self.stand.kill_kiosk()  # in order it would add facts of its own
        self.witness.look()
        if faults := self._judge_clearing(*before):
            raise KioskError(f"an undisturbed clearing is wrong already: {'; '.join(faults)}")
        kinds = self.witness.kinds
        return (*appends(kinds[kinds.index(_FIRST_FACT) :]), *heard)

    def kill_at(self, moment: Moment, way: Way = Way.CLEARS) -> Outcome:
        """Kill the kiosk at ``moment`` of a clearing, start it again, and judge."""
        before = self._before()
        kiosk, operator = self.kiosk(), Operator(self.stand)
        self._arm(moment)
        failure = self._clear(operator)
        if not self._died(kiosk):
            return self._went_on(moment, failure)
        self._orders.unlink(missing_ok=True)
        self.stand.kill_kiosk()
        try:
            session = self.witness.look()
        except JournalError as error:
            return failed(moment, way, "?", f"the journal is not whole: {error!r}")
        closed = session.cash.period.period_no > before[0] + 1
        try:
            return self._go_on(moment, session.phase, operator, before, closed=closed)
        except KioskError as error:
            return failed(moment, way, session.phase, f"after the start: {error}")

    def _before(self) -> tuple[int, int]:
        """Serve somebody; return how many periods were closed and how many boxes taken so far."""
        self._ready()
        if failure := self._buy():
            raise failure
        return len(self.stand.office.read(clearing.periods)), len(self.stand.removed_boxes)

    def _clear(self, operator: Operator) -> KioskError | None:
        try:
            operator.clear(self.kiosk())
        except KioskError as error:
            return error
        return None

    def _went_on(self, moment: Moment, failure: KioskError | None) -> Outcome:
        if failure:
            return failed(moment, Way.CLEARS, "?", f"the clearing failed unharmed: {failure}")
        self._orders.unlink(missing_ok=True)
        self.stand.kill_kiosk()  # its fuse still waits
        return Outcome(moment=moment, way=Way.CLEARS, phase="", ending=Ending.NOT_REACHED)

    def _go_on(
        self,
        moment: Moment,
        phase: Phase,
        operator: Operator,
        before: tuple[int, int],
        *,
        closed: bool,
    ) -> Outcome:
        """Let the operator finish what is left. Raises KioskError when the machine does not."""
        begun_s = time.monotonic()
        finish = operator.look if closed else operator.clear
        finish(self.kiosk())
        end_s = time.monotonic() - begun_s
        violations = tuple(self._judge_clearing(*before))
        ending = Ending.CLOSED_BEFORE if closed else Ending.CLEARED
        return Outcome(
            moment=moment,
            way=Way.CLEARS,
            phase=phase,
            ending=Ending.FAILED if violations else ending,
            end_s=end_s,
            violations=violations,
        )

    def _judge_clearing(self, periods: int, removed: int) -> list[str]:
        taken = self.stand.office.read(clearing.periods)
        found = clearing.judge(taken, periods, self.stand.removed_boxes[removed:])
        self.stand.plug_into_meter("energy")
        found += self.stand.audit(self._settle_s)
        if self.stand.kiosk and self.stand.kiosk.alive:
            self.stand.kiosk.wait("idle", timeout_s=PATIENCE_S)
        return found

    def closing_faults(self) -> list[str]:
        """End the kiosk in order; return what is wrong with what it leaves behind."""
        found = super().closing_faults()
        if found:
            return found
        cash = self.witness.look().cash
        unanswered = [each.period_no for each in cash.closed if each.answer is None]
        return [f"periods {unanswered} were never answered"] if unanswered else []
