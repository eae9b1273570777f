"""What can go wrong, by name; when it begins, and how it ends."""

from collections import Counter

from bench.card_memory import TornByte
from bench.explore import acceptor_faults
from bench.explore.coverage import Coverage
from bench.explore.disk import Tear
from bench.explore.kiosk import SimKiosk
from bench.explore.line import Ambush, Mishap
from bench.explore.office import Center
from bench.explore.plan import Fault, Plan
from bench.explore.printer import Paper
from bench.explore.staff import SUPERVISOR, Staff
from bench.explore.trouble import Begin, Trouble
from bench.explore.world import World
from kiosk.flow import staff_event
from vending.staff import Action

MOST_TIMES = 4
"""What happens each time does so no more often."""


class Faults(Trouble):
    """All faults of a run."""

    def __init__(
        self,
        world: World,
        plan: Plan,
        kiosks: list[SimKiosk],
        center: Center,
        staff: Staff,
        seen: Coverage,
    ) -> None:
        super().__init__(world, kiosks, center, staff)
        self.injected = 0
        self.begun: set[tuple[int, str]] = set()
        """(kiosk, kind) of everything that has gone wrong."""
        self._seen = seen
        self._plan = plan
        self._to_come = 0
        self._visits: Counter[tuple[int, str]] = Counter()
        """How often a kiosk came into a phase."""

    def arrange(self) -> None:
        """Let every fault of the plan wait for its moment."""
        for kiosk in self.kiosks:
            kiosk.on_phase = self._entered
        for fault in self._plan.faults:
            if not fault.moment.phase:
                self._to_come += 1
                self._arrange(fault, timed=True)

    @property
    def all_begun(self) -> bool:
        """Nothing more will go wrong by the clock."""
        return not self._to_come

    def end(self) -> None:
        """Mend everything."""
        self.life.alive = False
        self.center.restart()
        for kiosk in self.kiosks:
            kiosk.on_phase = lambda kiosk, phase: None
            kiosk.hardware.fuse.disarm()
            kiosk.line.mend()
            kiosk.hardware.printer.become(Paper.WELL)
            kiosk.hardware.slot.recover()
            kiosk.touch_slot()
            kiosk.hardware.clock.offset_ms = max(0, kiosk.hardware.clock.offset_ms)
            _mend_disk(kiosk)
            acceptor_faults.mend_acceptor(self, kiosk)

    def _entered(self, kiosk: SimKiosk, phase: str) -> None:
        self._visits[kiosk.number, phase] += 1
        for fault in self._plan.faults:
            moment = fault.moment
            here = (moment.kiosk, moment.phase) == (kiosk.number, phase)
            visits = self._visits[kiosk.number, phase]
            if here and (moment.nth == visits or (not moment.nth and visits <= MOST_TIMES)):
                self._arrange(fault, timed=False)

    def _arrange(self, fault: Fault, *, timed: bool) -> None:
        self.world.after(fault.moment.delay_ms, self.life, lambda: self._begin(fault, timed))

    def _begin(self, fault: Fault, timed: bool) -> None:
        self._to_come -= timed
        if fault.moment.kiosk >= len(self.kiosks):
            return
        kiosk = self.kiosks[fault.moment.kiosk]
        self.injected += 1
        self.begun.add((kiosk.number, fault.kind))
        self._seen.met(kiosk.phase, fault.kind)
        KINDS[fault.kind](self, kiosk, fault)


# -- power ---------------------------------------------------------------------------------------


def _arm(kiosk: SimKiosk, fault: Fault, *, mains: bool) -> None:
    kiosk.mains = mains
    kiosk.tear = Tear(fault.how)
    kiosk.off_ms = fault.length_ms
    kiosk.hardware.fuse.arm(max(1, fault.number), fault.at)


def _cut(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
    """The mains fail at an effect from now."""
    _arm(kiosk, fault, mains=True)


def _kill(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
    """The program ends at an effect from now; the devices keep their power."""
    _arm(kiosk, fault, mains=False)


# -- card and reader -----------------------------------------------------------------------------


def _pulled_at_command(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
    kiosk.hardware.slot.pull_at_apdu(max(1, fault.number))


def _torn(*, pulled: bool) -> Begin:
    def begin(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
        torn = TornByte(fault.how)
        kiosk.hardware.slot.tear_after_bytes(fault.number, pulled=pulled, torn=torn)

    return begin


def _mute_card(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
    kiosk.hardware.slot.mute()
    faults.later(fault, kiosk.hardware.slot.recover)


def _reader_hangs(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
    kiosk.hardware.slot.hang()
    kiosk.touch_slot()

    def answers() -> None:
        kiosk.hardware.slot.recover()
        kiosk.touch_slot()

    faults.later(fault, answers)


def _worker_dies(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
    if kiosk.boot and kiosk.boot.card_desk and (worker := kiosk.boot.card_desk.worker):
        worker.die("killed from outside")


def _worker_dies_at_command(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
    if kiosk.boot and kiosk.boot.card_desk and (worker := kiosk.boot.card_desk.worker):
        worker.io.apdus_to_live = max(1, fault.number)


def _worker_hangs(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
    if kiosk.boot and kiosk.boot.card_desk and (worker := kiosk.boot.card_desk.worker):
        worker.hung = True


# -- printer, line, office -----------------------------------------------------------------------


def _printer(paper: Paper) -> Begin:
    def begin(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
        kiosk.hardware.printer.become(paper)
        faults.later(fault, lambda: kiosk.hardware.printer.become(Paper.WELL))

    return begin


def _line_down(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
    kiosk.line.down = True

    def back() -> None:
        kiosk.line.down = False

    faults.later(fault, back)


def _mishap(mishap: Mishap) -> Begin:
    def begin(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
        for _ in range(max(1, fault.number)):
            kiosk.line.lie_in_wait(Ambush(fault.how, mishap, fault.length_ms))

    return begin


def _office_restarts(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
    faults.center.up = False
    faults.later(fault, faults.center.restart)


# -- staff ---------------------------------------------------------------------------------------


def _clerk(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
    """Somebody tries a way out ``number`` times, ``length_ms`` apart, at any kiosk's orders."""
    actions = [Action(fault.how)] if fault.how else list(Action)
    tries = max(1, fault.number)

    def act() -> None:
        for other in faults.kiosks:
            faults.staff.try_all(other.terminal_no, *actions)
        faults.staff.pay_out()

    for number in range(tries):
        faults.world.after(number * fault.length_ms, faults.life, act)


def _card_lost(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
    faults.staff.replace_card(fault.number)


def _staff_called(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
    """Somebody opens the staff's page, signs in and leaves, or is called away."""
    kiosk.press(staff_event.StaffCalled())
    kiosk.press(staff_event.StaffTurnedAway(reason="wrong"))
    kiosk.press(staff_event.StaffSignedIn(staff=SUPERVISOR.name, role=SUPERVISOR.role))
    kiosk.press(staff_event.StaffStirred())
    acted = staff_event.StaffActed(
        staff=SUPERVISOR.name, order_no="", action=Action.REWRITE, refused="role"
    )
    kiosk.press(acted)
    if fault.how != "forgets":
        faults.later(fault, lambda: kiosk.press(staff_event.StaffLeft()))


# -- disk and clock ------------------------------------------------------------------------------


def _disk_full(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
    kiosk.hardware.disk.full = True
    faults.later(fault, lambda: _mend_disk(kiosk))


def _disk_errors(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
    kiosk.hardware.disk.failures = fault.number


def _mend_disk(kiosk: SimKiosk) -> None:
    kiosk.hardware.disk.full = False
    kiosk.hardware.disk.failures = 0


def _clock_jumps(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
    """``number``: seconds, either way. Set right again later if it was set back."""
    clock = kiosk.hardware.clock
    clock.offset_ms += fault.number * 1_000

    def set_right() -> None:
        clock.offset_ms = max(0, clock.offset_ms)

    faults.later(fault, set_right)


KINDS: dict[str, Begin] = {
    "cut": _cut,
    "kill": _kill,
    "jam": acceptor_faults.jam,
    "acceptor-failure": acceptor_faults.failure,
    "box-out": acceptor_faults.box_out,
    "cheat": acceptor_faults.cheat,
    "second-note": acceptor_faults.second_note,
    "worn-note": acceptor_faults.worn_note,
    "acceptor-mute": acceptor_faults.acceptor_mute,
    "acceptor-late": acceptor_faults.answers_late,
    "replies-dropped": acceptor_faults.count("replies_to_drop"),
    "replies-corrupt": acceptor_faults.count("replies_to_corrupt"),
    "commands-refused": acceptor_faults.count("commands_to_refuse"),
    "acks-missed": acceptor_faults.count("acks_to_miss"),
    "acceptor-cut": acceptor_faults.acceptor_cut,
    "acceptor-power": acceptor_faults.acceptor_power,
    "card-pulled-at-command": _pulled_at_command,
    "card-torn-and-pulled": _torn(pulled=True),
    "card-torn": _torn(pulled=False),
    "card-mute": _mute_card,
    "reader-hangs": _reader_hangs,
    "worker-dies": _worker_dies,
    "worker-dies-at-command": _worker_dies_at_command,
    "worker-hangs": _worker_hangs,
    "paper-out": _printer(Paper.OUT),
    "printer-dead": _printer(Paper.DEAD),
    "printer-slow": _printer(Paper.SLOW),
    "line-down": _line_down,
    "office-restarts": _office_restarts,
    "clerk": _clerk,
    "lost-a-card": _card_lost,
    "staff-called": _staff_called,
    "disk-full": _disk_full,
    "disk-errors": _disk_errors,
    "clock-jumps": _clock_jumps,
    **{f"message-{mishap}": _mishap(mishap) for mishap in Mishap},
}
