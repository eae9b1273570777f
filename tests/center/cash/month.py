"""A random month of trading and clearing, told to a real head office message by message.

Several terminals sell energy and take bills, lose notes, keep reports back, lose them for ever and
send them twice; boxes are cleared in the middle of the day and of a purchase, or go out
unannounced; bags are counted rightly, wrongly and again, and brought to the bank. `truth.Truth`
knows where every fen is; the head office's accounts must say the same.
"""

import shutil
from pathlib import Path
from tempfile import mkdtemp

from center.cash import day
from center.cash.periods import closing_day
from center.orders import audit
from center.orders.order import QUIET_MS
from tests.center.cash.clerks import Clerks
from tests.center.cash.hall import Hall
from tests.center.cash.stage import DAY_MS, SLOTS, TERMINALS
from tests.center.cash.truth import booked_accounts
from tests.center.cash.truth import delivered_fen as delivered
from tests.center.orders.office import NOW_MS


class Month(Hall, Clerks):
    """One month; `run` it. Everything is drawn from ``seed``."""

    def run(self) -> dict[str, int]:
        """Live the month and judge it; returns how often what happened."""
        self.opening = {"delivered:": delivered(self.connection)}
        self._bill_everybody()
        for number in range(self.days):
            for terminal_no in TERMINALS:
                for _ in range(SLOTS):
                    self.now_ms += self.dice.randrange(60_000, 3_600_000)
                    self._happen(terminal_no)
            self.now_ms += QUIET_MS  # whatever got stuck at a terminal, nobody is at it any more
            self._office_hours()
            self.now_ms = NOW_MS + (number + 1) * DAY_MS
            self.connection.commit()
            if number % 10 == 9:
                self.judge()
        for terminal_no in TERMINALS:
            self._deliver(terminal_no, everything=True)
            self._tell_late(terminal_no, everything=True)
        self.judge()
        self._judge_days()
        self.connection.close()
        self.engine.dispose()
        return self.happened

    # -- the judge

    def judge(self) -> None:
        """Every account holds what the model says, and the books audit themselves."""
        for terminal_no in TERMINALS:
            self._deliver(terminal_no, everything=True)
        assert booked_accounts(self.connection, self.opening) == self.truth.accounts()
        assert audit.check(self.connection) == []
        for key, bag in self.truth.bags.items():
            if bag.counted_fen is not None and key not in self.wrong:
                piles = self.truth.in_bag(key)
                assert bag.counted_fen == sum(value * notes for value, notes in piles.items())

    def _judge_days(self) -> None:
        """The reports of all days together are about the very same money."""
        first, last = closing_day(NOW_MS), closing_day(self.now_ms)
        found = day.between(self.connection, first, last)
        booked_fen = sum(self.truth.booked_fen(key) for key in self.truth.bags)
        assert sum(each.center_fen for each in found) == booked_fen
        assert sum(len(each.stories) for each in found) == len(self.truth.bags)


def live(database: Path, seed: int, days: int = 30) -> dict[str, int]:
    """Live one month on a copy of ``database``; returns how often what happened."""
    folder = Path(mkdtemp(prefix=f"month-{seed}-"))
    try:
        shutil.copyfile(database, folder / "center.db")
        return Month(folder / "center.db", seed, days).run()
    finally:
        shutil.rmtree(folder)
