"""The printer's protocol machine: bytes, ticks and jobs in; bytes and facts out.

One question is outstanding at a time. What arrives while none is, and everything after a question
that was not answered in time, is thrown away until the line has been silent for a while: a late
answer must never be taken for the next question's, because DLE EOT answers do not say what they
answer. The silence asked for doubles with each failure, up to a limit.

A job is judged by a fresh round of status before its first byte, goes out in pieces with a round
after each, and is on paper when the printer repeats its process id. Every job ends with exactly one
`SlipPrinted` or `SlipFailed`, whatever the printer and the line do.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.devices.printer.codec import (
    CLEAR_BUFFERS,
    INITIALISE,
    NO_AUTOMATIC_STATUS,
    RECOVER,
    STATUS_NUMBERS,
    Confirmed,
    Decoder,
    Garbage,
    Status,
    StatusByte,
    ask_confirmation,
    ask_status,
    judge,
    process_id,
)
from kiosk.flow.event import (
    Device,
    DeviceChanged,
    DeviceState,
    Event,
    Fault,
    SlipFailed,
    SlipPrinted,
)

_MOST_DOUBLINGS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Every wait of the machine, in seconds on the monotonic clock. For 9600 baud and faster."""

    poll_s: float = 1.0
    """Between two rounds of status while nothing is printed."""
    job_poll_s: float = 0.2
    """The same while a slip is being printed."""
    answer_s: float = 1.0
    """A real-time question is answered at once; but a piece of 256 bytes may be before it."""
    quiet_s: float = 0.5
    """Silence after an unanswered question before the next one; doubles with each failure..."""
    longest_quiet_s: float = 8.0
    """...up to this."""
    silences: int = 2
    """So many failed rounds in a row and the printer counts as offline."""
    confirm_s: float = 20.0
    """From a job's last piece to the printer's word. A slip takes 2 to 5 s."""
    job_s: float = 40.0
    """From the order to print to its end, whatever happens."""
    piece_bytes: int = 256
    """A job goes out in pieces of about this size, whole commands each."""


@dataclass(frozen=True, slots=True)
class Send:
    """Write these bytes."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Post:
    """Hand over this fact."""

    event: Event


@dataclass(frozen=True, slots=True)
class Reopen:
    """Close the line and open it again: `line_up` or `line_down` follows."""


Output = Send | Post | Reopen


@dataclass(slots=True)
class Job:
    """A slip on its way."""

    order_no: str
    pieces: deque[bytes]
    process: str
    deadline_s: float
    begun: bool = False


def pieces_of(commands: Sequence[bytes], size: int) -> deque[bytes]:
    """Return whole commands joined to pieces of at most ``size`` bytes where that is possible.

    A question may stand between two pieces but never inside a command.
    """
    pieces: deque[bytes] = deque()
    for command in commands:
        if pieces and len(pieces[-1]) + len(command) <= size:
            pieces[-1] += command
        else:
            pieces.append(command)
    return pieces


class PrinterMachine:
    """One printer. Each call returns what to do, in order; then wait until `wake_at_s` or bytes."""

    def __init__(
        self, limits: Limits | None = None, *, first_process: int = 0, about: str = ""
    ) -> None:
        """Begin with the line down. ``first_process`` makes an earlier run's late word harmless.

        ``about``: what maintenance reads about a printer that works.
        """
        self._about = about
        self._limits = limits or Limits()
        self._decoder = Decoder()
        self._out: list[Output] = []
        self._up = False
        self._now_s = 0.0
        self._ask_at_s = 0.0
        self._asked: int | None = None
        self._answers: list[int] = []
        self._garbled = False
        self._failures = 0
        self._quiet = False
        self._quiet_s = self._quiet_end_s = 0.0
        self._leftover = False
        self._known: tuple[DeviceState, Fault] | None = None
        self._reset_wanted = self._begin_anew = False
        self._jobs: deque[Job] = deque()
        self._process = first_process

    # -- inputs ----------------------------------------------------------------------------------

    def line_up(self, now_s: float) -> list[Output]:
        """The line is open."""
        self._up = True
        self._now_s = self._ask_at_s = now_s
        self._forget_round()
        if self._begin_anew:
            self._begin_anew = False
            self._out.append(Send(RECOVER + CLEAR_BUFFERS + INITIALISE))
            self._be_quiet(self._limits.quiet_s)
        self._out.append(Send(NO_AUTOMATIC_STATUS))
        return self._run(now_s)

    def line_down(self, now_s: float) -> list[Output]:
        """The line cannot be opened or broke: nothing is sent until `line_up`."""
        self._up = False
        self._now_s = now_s
        self._forget_round()
        self._know(DeviceState.OFFLINE, Fault.NO_ANSWER)
        return self._run(now_s)

    def receive(self, data: bytes, now_s: float) -> list[Output]:
        """Take bytes from the line."""
        self._now_s = now_s
        statuses: list[int] = []
        for answer in self._decoder.receive(data):
            match answer:
                case Confirmed(process):
                    self._on_confirmed(process)
                case StatusByte(value):
                    statuses.append(value)
                case Garbage():
                    self._garbled = True
        self._on_statuses(statuses)
        if self._quiet:
            self._stay_quiet()
        return self._run(now_s)

    def tick(self, now_s: float) -> list[Output]:
        """Let time pass."""
        return self._run(now_s)

    def print(self, order_no: str, commands: Sequence[bytes], now_s: float) -> list[Output]:
        """Print a slip: whole commands, ending with the cut."""
        job = Job(
            order_no,
            pieces_of(commands, self._limits.piece_bytes),
            process_id(self._process),
            now_s + self._limits.job_s,
        )
        self._process += 1
        job.pieces.append(ask_confirmation(job.process))
        self._jobs.append(job)
        if self._up and self._asked is None and not self._quiet:
            self._answers.clear()
            self._ask_at_s = now_s  # a fresh round, at once
        return self._run(now_s)

    def reset(self, now_s: float) -> list[Output]:
        """Start the printer and its line anew: at once, or after the slip that is being printed."""
        self._reset_wanted = True
        return self._run(now_s)

    @property
    def busy(self) -> bool:
        """A job is waiting or under way."""
        return bool(self._jobs)

    @property
    def known(self) -> bool:
        """The printer's state has been found."""
        return self._known is not None

    @property
    def wake_at_s(self) -> float:
        """Call `tick` no later than this."""
        wake_at_s = self._ask_at_s if self._up else self._now_s + self._limits.poll_s
        return min([wake_at_s, *(job.deadline_s for job in self._jobs)])

    # -- the turn --------------------------------------------------------------------------------

    def _run(self, now_s: float) -> list[Output]:
        self._now_s = now_s
        self._expire_jobs()
        if not self._up:
            self._fail_jobs(Fault.NO_ANSWER)
        elif now_s >= self._ask_at_s:
            if self._asked is not None:
                self._on_failed_round(Fault.PROTOCOL if self._garbled else Fault.NO_ANSWER)
            else:
                self._quiet = False
                self._ask(STATUS_NUMBERS[0])
        self._reset_if_free()
        out, self._out = self._out, []
        return out

    def _reset_if_free(self) -> None:
        """Never tear a slip: one that has begun is finished or has failed before."""
        if not self._reset_wanted or (self._jobs and self._jobs[0].begun):
            return
        self._reset_wanted, self._begin_anew = False, True
        self._failures = 0
        self._forget_round()
        self._know(DeviceState.STARTING, Fault.NONE)
        self._out.append(Reopen())

    def _ask(self, number: int) -> None:
        self._garbled = False
        self._asked = number
        self._ask_at_s = self._now_s + self._limits.answer_s
        self._out.append(Send(ask_status(number)))

    def _on_statuses(self, values: list[int]) -> None:
        """Take what arrived at once: one answer to the one question, or the round is spoiled."""
        if not values or self._quiet:
            return
        if self._asked is None or len(values) > 1:
            self._on_failed_round(Fault.PROTOCOL)
            return
        self._answers += values
        self._asked = None
        if len(self._answers) < len(STATUS_NUMBERS):
            self._ask(STATUS_NUMBERS[len(self._answers)])
        else:
            self._on_round()

    def _on_round(self) -> None:
        state, fault = judge(Status(*self._answers))
        self._answers.clear()
        self._failures = 0
        self._know(state, fault)
        self._clear_leftover()
        self._go_on(state, fault)
        pause_s = self._limits.job_poll_s if self._jobs else self._limits.poll_s
        more = bool(self._jobs and self._jobs[0].pieces)
        self._ask_at_s = self._now_s if more else self._now_s + pause_s

    def _on_failed_round(self, fault: Fault) -> None:
        """A question got no answer in time, or more than one."""
        self._failures += 1
        self._forget_round()
        doubled_s = self._limits.quiet_s * 2 ** min(self._failures - 1, _MOST_DOUBLINGS)
        self._be_quiet(min(doubled_s, self._limits.longest_quiet_s))
        if self._failures >= self._limits.silences:
            self._know(DeviceState.OFFLINE, fault)
            self._fail_jobs(fault)

    def _be_quiet(self, quiet_s: float) -> None:
        self._quiet, self._quiet_s = True, quiet_s
        self._quiet_end_s = self._now_s + self._limits.longest_quiet_s
        self._stay_quiet()

    def _stay_quiet(self) -> None:
        """Each byte that is heard puts the next question off, but not for ever."""
        self._ask_at_s = min(self._now_s + self._quiet_s, self._quiet_end_s)

    def _forget_round(self) -> None:
        self._asked = None
        self._quiet = False
        self._answers.clear()
        self._decoder.forget()

    def _know(self, state: DeviceState, fault: Fault) -> None:
        if (state, fault) != self._known:
            self._known = state, fault
            works = state in {DeviceState.OK, DeviceState.LOW}
            change = DeviceChanged(
                device=Device.PRINTER,
                state=state,
                fault=fault,
                detail=self._about if works else "",
            )
            self._out.append(Post(change))

    # -- jobs ------------------------------------------------------------------------------------

    def _go_on(self, state: DeviceState, fault: Fault) -> None:
        """Send the next piece, or give up, by the round just finished."""
        if not self._jobs:
            return
        job = self._jobs[0]
        if state is DeviceState.FAULT:
            self._end(job, fault)
        elif job.pieces:
            job.begun = True
            self._out.append(Send(job.pieces.popleft()))
            if not job.pieces:
                job.deadline_s = min(job.deadline_s, self._now_s + self._limits.confirm_s)

    def _on_confirmed(self, process: str) -> None:
        if self._jobs and self._jobs[0].process == process and not self._jobs[0].pieces:
            self._end(self._jobs[0], None)

    def _expire_jobs(self) -> None:
        """A job whose time is over failed, and nobody knows why: no fault was seen."""
        for job in [job for job in self._jobs if self._now_s >= job.deadline_s]:
            self._end(job, Fault.PRINTER_UNKNOWN)

    def _fail_jobs(self, fault: Fault) -> None:
        for job in list(self._jobs):
            self._end(job, fault)

    def _end(self, job: Job, fault: Fault | None) -> None:
        self._jobs.remove(job)
        if fault is None:
            self._out.append(Post(SlipPrinted(order_no=job.order_no)))
            return
        if job.begun:  # said at once, and again when the printer surely listens
            self._leftover = True
            self._out += [Send(CLEAR_BUFFERS)] if self._up else []
        self._out.append(Post(SlipFailed(order_no=job.order_no, fault=fault)))

    def _clear_leftover(self) -> None:
        """The rest of a failed slip must not come out with the next customer's."""
        if self._leftover:
            self._leftover = False
            self._out.append(Send(CLEAR_BUFFERS))
