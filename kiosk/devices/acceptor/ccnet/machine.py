"""The CCNET protocol machine: bytes, ticks and host commands in; bytes and facts out.

It has no thread and no clock, so that a test (or a simulation) can run years of it in seconds. It
steers by aims, not by a script: after every command it polls, and from the status just heard, what
the host wants and what is known of the device follows the next command. So there is no state that a
lost answer, a power cut or a fault could leave it stuck in.

Start-up: read the status before RESET (it is the only witness of a note in the path), judge what is
found, RESET, IDENT, GET BILL TABLE, SECURITY; then the device stays disabled until `Open`.
"""

from kiosk.devices.acceptor.ccnet import health
from kiosk.devices.acceptor.ccnet.desk import NoteDesk
from kiosk.devices.acceptor.ccnet.gate import Gate
from kiosk.devices.acceptor.ccnet.host import (
    AskNote,
    Close,
    GiveBack,
    HostCommand,
    Open,
    Output,
    Post,
    PostDurably,
    Reset,
    Send,
    Stack,
)
from kiosk.devices.acceptor.ccnet.limits import Limits
from kiosk.devices.acceptor.ccnet.link import (
    DataHeard,
    Done,
    Heard,
    Link,
    Refused,
    Silent,
    StatusHeard,
)
from kiosk.devices.acceptor.ccnet.message import (
    FAULTS,
    PATH_EMPTY,
    POWER_UPS,
    BillTable,
    Code,
    Command,
    Status,
    plain,
)
from kiosk.devices.acceptor.ccnet.note import Wish
from kiosk.devices.acceptor.ccnet.setup import Setup
from kiosk.flow.event import AcceptorClosed, DeviceChanged, Event, NoteRejected

_RESET_HELPS = frozenset({Code.JAM_IN_VALIDATOR, Code.JAM_IN_STACKER, Code.FAILURE})
_RESET_ALLOWED = frozenset({*POWER_UPS, *PATH_EMPTY, *FAULTS})
_POST_AGAIN_S = 1.0


class CcnetMachine:
    """One acceptor. Each call returns what to do, in order; then wait until `wake_at_s` or bytes.

    There is at most one `PostDurably` at a time, and the machine stands still until `posted`.
    """

    def __init__(
        self,
        *,
        boot_id: str,
        limits: Limits | None = None,
        last_end: Event | None = None,
        high_security_fen: tuple[int, ...] = (),
    ) -> None:
        """Begin with the line down.

        ``boot_id`` makes note ids unique: one value per run of the program. ``last_end``: the
        newest `NoteStacked` or `NoteUnknown` of the journal, unless a `NoteEscrowed` or
        `AcceptorClosed` came after it; the device may not have heard our acknowledgement and
        repeat its report.
        ``high_security_fen``: values to be checked more strictly.
        """
        self._limits = limits or Limits()
        self._link = Link(self._limits)
        self._desk = NoteDesk(boot_id, self._limits, last_end)
        self._setup = Setup(self._limits, high_security_fen)
        self._gate = Gate(self._limits)
        self._out: list[Output] = []
        self._up = False
        self._posting: bool | None = None  # a verdict is being posted; whether to ACK afterwards
        self._post_at_s = 0.0
        self._status: Status | None = None
        self._look = True
        self._needs_reset = True  # the device is not as it must be
        self._reset_wanted = (
            False  # the host asked; all goes on as usual until no note is in the way
        )
        self._health: DeviceChanged | None = None
        self._fault_resets = 0
        self._now_s = self._poll_at_s = self._reset_at_s = 0.0
        self._heard_at_s: float | None = None
        self._fault_since_s: float | None = None
        self._starting_since_s: float | None = None

    # -- inputs ----------------------------------------------------------------------------------

    def line_up(self, now_s: float) -> list[Output]:
        """The line is open."""
        self._up, self._look = True, True
        self._link = Link(self._limits)
        return self._run(now_s)

    def line_down(self, now_s: float) -> list[Output]:
        """The line broke: nothing is sent until `line_up`; deadlines go on."""
        self._up = False
        self._link = Link(self._limits)
        return self._run(now_s)

    def receive(self, data: bytes, now_s: float) -> list[Output]:
        """Take bytes from the line."""
        self._link.receive(data)
        return self._run(now_s)

    def tick(self, now_s: float) -> list[Output]:
        """Let time pass."""
        return self._run(now_s)

    def command(self, command: HostCommand, now_s: float) -> list[Output]:
        """Take a command of the host."""
        match command:
            case Open(values_fen):
                self._gate.open(values_fen, now_s)
            case Close():
                self._gate.close(now_s)
            case Stack(note_id):
                self._post(self._desk.decide(note_id, Wish.STACK, now_s))
            case GiveBack(note_id):
                self._post(self._desk.decide(note_id, Wish.RETURN, now_s))
            case AskNote(note_id, value_fen, returning):
                self._post(self._desk.ask(note_id, value_fen, now_s, returning=returning))
            case Reset():
                self._reset_wanted = True
                self._fault_resets = 0  # somebody is there to help
        return self._run(now_s)

    def posted(self, durable: bool, now_s: float) -> list[Output]:
        """Take the answer to `PostDurably`: whether the journal holds the fact."""
        acknowledge, self._posting = self._posting, None
        if durable:
            self._desk.settled()
            if acknowledge:
                self._link.acknowledge(now_s)
        else:
            self._post_at_s = now_s + _POST_AGAIN_S
        return self._run(now_s)

    @property
    def wake_at_s(self) -> float:
        """Call `tick` no later than this."""
        if not self._up:
            return self._now_s + self._limits.poll_s
        wake_at_s = self._link.wake_at_s
        if self._link.busy or (wake_at_s > self._now_s and not self._at_ease):
            return wake_at_s
        if self._desk.note:  # a decision may come at any moment
            return max(wake_at_s, min(self._poll_at_s, self._now_s + self._limits.gap_s))
        return max(wake_at_s, self._poll_at_s)

    # -- the turn --------------------------------------------------------------------------------

    def _run(self, now_s: float) -> list[Output]:
        self._now_s = now_s
        while self._posting is None and (heard := self._link.next_heard(now_s)):
            self._on(heard, now_s)
        if self._posting is None:
            self._pass_time(now_s)
        if self._posting is None:
            self._act(now_s)
        return self._take_output()

    def _take_output(self) -> list[Output]:
        out, self._out = self._out, []
        if self._link.outgoing:
            out.append(Send(b"".join(self._link.outgoing)))
            self._link.outgoing.clear()
        return out

    def _post(self, event: Event | None) -> None:
        if event:
            self._out.append(Post(event))

    def _on(self, heard: Heard, now_s: float) -> None:
        if not isinstance(heard, Silent):
            self._heard_at_s = now_s
        match heard:
            case StatusHeard(status, asked):
                self._on_status(status, asked=asked, now_s=now_s)
            case Done(command):
                self._on_done(command, now_s)
            case DataHeard(command, data):
                self._setup.done(command, data)
            case Refused(command) | Silent(command):
                self._on_refused(command, now_s)
        if not isinstance(heard, StatusHeard):
            self._poll_at_s = now_s  # look at once what came of it

    def _on_status(self, status: Status, *, asked: bool, now_s: float) -> None:
        hearing = self._desk.hear(status, self._setup.table, now_s)
        self._post(hearing.fact)
        if status.code == Code.REJECTING and status != self._status:
            self._post(NoteRejected(cause=status.reject_cause))
        self._needs_reset |= status.code in POWER_UPS
        if self._needs_reset or status.code == Code.INITIALISING:
            self._begin_anew(now_s)
        self._note_fault(status, now_s)
        self._status = status
        if asked:
            self._look = False
        if self._desk.verdict:
            self._post_verdict(acknowledge=asked, now_s=now_s)
        elif asked and hearing.acknowledge:
            self._link.acknowledge(now_s)

    def _on_done(self, command: int, now_s: float) -> None:
        if command == Command.RESET:
            self._needs_reset = self._reset_wanted = False
            self._begin_anew(now_s)
            self._desk.reset_done()
        elif command == Command.ENABLE:
            self._gate.done()
        else:
            self._setup.done(command)

    def _on_refused(self, command: int, now_s: float) -> None:
        if command == Command.ENABLE:
            self._gate.refused()
        else:
            self._setup.refused(command, now_s)

    def _begin_anew(self, now_s: float) -> None:
        self._setup.restart()
        self._gate.device_forgot()
        if self._starting_since_s is None:
            self._starting_since_s = now_s

    def _note_fault(self, status: Status, now_s: float) -> None:
        if status.code in _RESET_HELPS:
            self._fault_since_s = now_s if self._fault_since_s is None else self._fault_since_s
        elif status.code in PATH_EMPTY:
            self._fault_since_s, self._fault_resets = None, 0

    # -- time ------------------------------------------------------------------------------------

    def _pass_time(self, now_s: float) -> None:
        if self._heard_at_s is None:
            self._heard_at_s = now_s
        if not self._gate.wanted_fen or self._reset_wanted:
            self._desk.hurry(now_s)
        self._desk.tick(now_s)
        if self._desk.verdict:
            self._post_verdict(acknowledge=False, now_s=now_s)
        self._report_health(now_s)
        code = None if self._look or not self._status else self._status.code
        path_empty = self._desk.note is None and self._desk.verdict is None
        if path_empty and self._gate.closed(code, offline=self._offline(now_s), now_s=now_s):
            self._post(AcceptorClosed())

    def _post_verdict(self, *, acknowledge: bool, now_s: float) -> None:
        if self._desk.verdict and now_s >= self._post_at_s:
            self._posting = acknowledge
            self._out.append(PostDurably(self._desk.verdict))

    def _offline(self, now_s: float) -> bool:
        return self._heard_at_s is not None and now_s - self._heard_at_s >= self._limits.offline_s

    def _report_health(self, now_s: float) -> None:
        starting = self._needs_reset or not self._setup.ready
        if not starting:
            self._starting_since_s = None
        vitals = health.Vitals(
            status=self._status,
            offline=self._offline(now_s),
            starting=starting,
            starting_for_s=now_s - (self._starting_since_s or now_s),
        )
        found = health.judge(vitals, self._setup, self._gate, self._limits)
        if found and found != self._health:
            self._health = found
            self._post(found)

    # -- the next command ------------------------------------------------------------------------

    def _act(self, now_s: float) -> None:
        if not self._up or self._link.busy or now_s < self._link.free_at_s:
            return
        command = self._command_due(now_s)
        if command is None and now_s >= self._poll_at_s:
            self._poll_at_s = now_s + self._rhythm_s
            command = plain(Command.POLL)
        if command:
            self._look = True
            self._link.send(command, now_s)

    @property
    def _rhythm_s(self) -> float:
        closed = self._at_ease and not self._gate.wanted_fen and not self._gate.closing
        return self._limits.poll_closed_s if closed else self._limits.poll_s

    def _command_due(self, now_s: float) -> bytes | None:
        if self._look or self._status is None:
            return None
        code = self._status.code
        if self._reset_due(code, now_s):
            return plain(Command.RESET)
        if command := self._desk.next_command(code, now_s):
            return plain(command)
        if self._needs_reset or self._desk.note or self._desk.verdict:
            return None
        return self._gate.next_command(code, self._takes, now_s) or (
            self._setup.next_command(code, now_s)
        )

    @property
    def _takes(self) -> BillTable:
        """What the acceptor may be enabled for: nothing before it is set up."""
        return self._setup.table if self._setup.ready else BillTable()

    def _reset_due(self, code: int, now_s: float) -> bool:
        due = self._needs_reset or self._reset_wanted
        if not (due or self._stubborn_fault(now_s)):
            return False
        if code not in _RESET_ALLOWED or now_s < self._reset_at_s:
            return False
        if not self._desk.allows_reset(code, now_s):
            return False
        self._reset_at_s = now_s + self._limits.reset_s
        if not due:
            self._fault_resets += 1
            self._fault_since_s = now_s
        return True

    def _stubborn_fault(self, now_s: float) -> bool:
        return (
            self._fault_since_s is not None
            and now_s - self._fault_since_s >= self._limits.fault_reset_s
            and self._fault_resets < self._limits.fault_resets
        )

    @property
    def at_ease(self) -> bool:
        """Nothing but polls will be sent until the host or the device wants something."""
        return self._at_ease and not self._gate.closing and self._posting is None

    @property
    def _at_ease(self) -> bool:
        """Nothing to do but to poll."""
        code = self._status.code if self._status else None
        return (
            self._desk.note is None
            and not self._needs_reset
            and not self._reset_wanted
            and self._setup.ready
            and self._gate.settled(code, self._takes)
        )
