"""Keeps a card worker at work, without I/O: calls, replies, deaths and time in; actions out.

What it promises to the rest of the kiosk:

- Every call ends in exactly one fact of its kind, at the latest at its deadline, whatever the
  worker does: hang, die, answer late, or not start at all.
- One call is under way at a time, the others wait their turn, and few may wait.
- A worker that misses a deadline is killed. A worker that died is started again: at once the first
  time, then after pauses that double up to `MAX_PAUSE_S`.
- A reset never tears a card: it waits for the end of a write under way.
- A stay of a card is one `CardInserted` and one `CardRemoved`, even if workers die meanwhile.

Times are seconds of one clock that never goes back.
"""

from collections import deque
from collections.abc import Callable

from msgspec import Struct

from kiosk.flow import event as ev
from kiosk.meter_card import messages as ms
from kiosk.meter_card.facts import Announcer, failed, settled
from kiosk.meter_card.port import WriteOrder
from vending.card import SealAnswer

FIRST_PAUSE_S = 0.5
MAX_PAUSE_S = 30.0
HEALTHY_S = 60.0
"""A worker that lived this long had no part in the failures before it."""

MAX_WAITING = 8
MAX_SENDS = 2
"""Reading may be repeated: if the worker dies of it once, the next one tries again, once."""


class Limits(Struct, frozen=True, kw_only=True):
    """Deadlines in seconds. All of them are generous: reaching one kills the worker."""

    start_s: float = 10.0
    read_s: float = 12.0
    write_s: float = 15.0
    """Each stretch of a write between two answers of the head office."""
    seals_s: float = 30.0
    """How long the card is kept powered for an answer of the head office."""
    prove_s: float = 15.0
    release_s: float = 8.0
    ping_s: float = 5.0
    idle_s: float = 5.0
    """After this much silence the worker is asked whether it is still there."""


# -- actions ---------------------------------------------------------------------------------------


class Start(Struct, frozen=True):
    """Start a worker; whatever it says is heard under this life's number."""

    life: int


class Kill(Struct, frozen=True):
    """Make sure that this worker is dead and gone."""

    life: int


class Send(Struct, frozen=True):
    """Say this to the worker."""

    request: ms.Request


class Post(Struct, frozen=True):
    """Tell the kiosk."""

    event: ev.Event


Action = Start | Kill | Send | Post


class _Call(Struct, kw_only=True):
    """A request under way or waiting."""

    request: ms.Request
    deadline_s: float
    sends: int = 0
    wants_seals: bool = False
    given_up: bool = False


class Supervisor:
    """One worker's keeper. Every method returns what to do now, in order."""

    def __init__(self, limits: Limits, *, recycle_after_write: bool = False) -> None:
        """``recycle_after_write``: for adapters whose libraries corrupt their process."""
        self._limits = limits
        self._recycle = recycle_after_write
        self._calls: deque[_Call] = deque()
        self._actions: list[Action] = []
        self._next_id = 0
        self._life = 0
        self._running = False
        self._ready = False
        self._failures = 0
        self._deaths = 0
        self._wake_s: float | None = None
        """Start the worker then; or, while it starts: it has to be ready by then."""
        self._ready_at_s = 0.0
        self._heard_at_s = 0.0
        self._announcer = Announcer()
        self._last_write = ""
        self._reset_wanted = False

    # -- what happens ------------------------------------------------------------------------------

    def start(self, now_s: float) -> list[Action]:
        """Begin."""
        self._post(self._announcer.device(ev.DeviceState.STARTING))
        self._start_worker(now_s)
        return self._taken()

    def read(self, now_s: float) -> list[Action]:
        """Take the call `CardDesk.read`."""
        return self._take(ms.Read, self._limits.read_s, now_s)

    def write(self, order: WriteOrder, now_s: float) -> list[Action]:
        """Take the call `CardDesk.write`."""
        return self._take(lambda number: ms.Write(number, order), self._limits.write_s, now_s)

    def prove(self, order: WriteOrder, now_s: float) -> list[Action]:
        """Take the call `CardDesk.prove`."""
        return self._take(lambda number: ms.Prove(number, order), self._limits.prove_s, now_s)

    def release(self, now_s: float) -> list[Action]:
        """Take the call `CardDesk.release`."""
        return self._take(ms.Release, self._limits.release_s, now_s)

    def reset(self, now_s: float) -> list[Action]:
        """Take the call `CardDesk.reset`."""
        self._reset_wanted = True
        self._reset_if_free(now_s)
        return self._taken()

    def continue_write(self, order_no: str, answer: SealAnswer, now_s: float) -> list[Action]:
        """Take the call `CardDesk.continue_write`."""
        call = self._write_of(order_no)
        if call is None:
            self._no_such_write(order_no)
        elif call.wants_seals:
            call.wants_seals = False
            call.deadline_s = now_s + self._limits.write_s
            self._do(Send(ms.GiveSeals(call.request.request_id, answer)))
        return self._taken()

    def abort_write(self, order_no: str, now_s: float) -> list[Action]:
        """Take the call `CardDesk.abort_write`."""
        call = self._write_of(order_no)
        if call is None:
            self._no_such_write(order_no)
        else:
            self._abort(call, now_s)
        return self._taken()

    def heard(self, life: int, reply: ms.Reply, now_s: float) -> list[Action]:
        """A worker said something."""
        if life == self._life and self._running:
            self._heard_at_s = now_s
            self._hear(reply, now_s)
        return self._taken()

    def died(self, life: int, why: str, now_s: float) -> list[Action]:
        """A worker ended by itself, or could not be started."""
        if life == self._life and self._running:
            self._lose_worker(why, now_s)
        return self._taken()

    def tick(self, now_s: float) -> list[Action]:
        """Time has passed; call it at `wake_at_s` at the latest."""
        self._check_worker(now_s)
        self._check_calls(now_s)
        self._check_silence(now_s)
        return self._taken()

    def wake_at_s(self) -> float:
        """Return when `tick` has something to do."""
        times = [call.deadline_s for call in self._calls]
        if self._wake_s is not None:
            times.append(self._wake_s)
        if self._ready and not self._calls:
            times.append(self._heard_at_s + self._limits.idle_s)
        return min(times)

    # -- the worker --------------------------------------------------------------------------------

    def _start_worker(self, now_s: float) -> None:
        self._life += 1
        self._running = True
        self._wake_s = now_s + self._limits.start_s
        self._do(Start(self._life))

    def _check_worker(self, now_s: float) -> None:
        if self._wake_s is None or now_s < self._wake_s:
            return
        if self._running:
            self._kill(f"not ready after {self._limits.start_s} s", now_s)
        else:
            self._start_worker(now_s)

    def _kill(self, why: str, now_s: float) -> None:
        self._do(Kill(self._life))
        self._lose_worker(why, now_s)

    def _lose_worker(self, why: str, now_s: float) -> None:
        if self._ready and now_s - self._ready_at_s >= HEALTHY_S:
            self._failures = 0
        self._failures += 1
        self._deaths += 1
        self._running = self._ready = False
        self._wake_s = now_s + self._pause_s()
        detail = f"{why}; death {self._deaths}"
        offline = self._announcer.device(ev.DeviceState.OFFLINE, ev.Fault.WORKER_DIED, detail)
        self._post(offline)
        self._orphan_calls(why)
        self._reset_if_free(now_s)

    def _reset_if_free(self, now_s: float) -> None:
        """Begin with a new worker, and without the memory of failures, unless a card is written."""
        if not self._reset_wanted or self._writing:
            return
        self._reset_wanted = False
        self._failures = 0
        self._post(self._announcer.device(ev.DeviceState.STARTING))
        self._replace_worker(now_s)

    @property
    def _writing(self) -> bool:
        under_way = bool(self._calls) and self._calls[0].sends > 0
        return under_way and isinstance(self._calls[0].request, ms.Write)

    def _pause_s(self) -> float:
        if self._failures == 1:
            return 0.0
        return float(min(MAX_PAUSE_S, FIRST_PAUSE_S * 2 ** min(self._failures - 2, 30)))

    def _orphan_calls(self, why: str) -> None:
        """End the call the worker died on, unless it may be made again."""
        if not self._calls or not self._calls[0].sends:
            return
        call = self._calls[0]
        repeatable = isinstance(call.request, ms.Read | ms.Prove | ms.Release)
        if not repeatable or call.sends >= MAX_SENDS:
            self._calls.popleft()
            self._post(failed(call.request, why))

    def _check_silence(self, now_s: float) -> None:
        idle = self._ready and not self._calls
        if idle and now_s >= self._heard_at_s + self._limits.idle_s:
            self._queue(ms.Ping, self._limits.ping_s, now_s)

    # -- calls -------------------------------------------------------------------------------------

    def _take(
        self, make: Callable[[int], ms.Request], limit_s: float, now_s: float
    ) -> list[Action]:
        if len(self._calls) >= MAX_WAITING:
            self._post(failed(make(0), "too many calls are waiting"))
        else:
            self._queue(make, limit_s, now_s)
        return self._taken()

    def _queue(self, make: Callable[[int], ms.Request], limit_s: float, now_s: float) -> None:
        self._next_id += 1
        self._calls.append(_Call(request=make(self._next_id), deadline_s=now_s + limit_s))
        self._send_next()

    def _send_next(self) -> None:
        if self._ready and self._calls and not self._calls[0].sends:
            self._send(self._calls[0])

    def _send(self, call: _Call) -> None:
        call.sends += 1
        self._do(Send(call.request))

    def _check_calls(self, now_s: float) -> None:
        for call in [call for call in self._calls if now_s >= call.deadline_s]:
            if call.wants_seals:
                self._abort(call, now_s)
            elif call is self._calls[0] and call.sends and self._ready:
                self._calls.popleft()
                self._post(failed(call.request, "the card worker missed its deadline"))
                self._kill(f"no answer to {type(call.request).__name__}", now_s)
            else:
                self._calls.remove(call)
                self._post(failed(call.request, "no card worker in time"))
        self._send_next()

    def _abort(self, call: _Call, now_s: float) -> None:
        """Give a write up: one that has begun is ended by the worker."""
        if call.given_up:
            return
        if not call.sends:
            self._calls.remove(call)
            self._post(failed(call.request, "given up before it began"))
            return
        call.wants_seals, call.given_up = False, True
        call.deadline_s = now_s + self._limits.release_s
        self._do(Send(ms.Abort(call.request.request_id)))

    def _write_of(self, order_no: str) -> _Call | None:
        for call in self._calls:
            if isinstance(call.request, ms.Write) and call.request.order.order_no == order_no:
                return call
        return None

    def _no_such_write(self, order_no: str) -> None:
        """A write that has ended has said so; about one that never was, it is said here."""
        if order_no != self._last_write:
            why = "no write of this order is under way"
            self._post(ev.CardWriteEnded(order_no=order_no, detail=why))

    # -- replies -----------------------------------------------------------------------------------

    def _hear(self, reply: ms.Reply, now_s: float) -> None:
        match reply:
            case ms.Ready():
                self._become_ready(now_s)
            case ms.Presence():
                self._post(self._announcer.card(reply.present))
            case ms.Reader():
                self._post(self._announcer.reader(reply))
            case _:
                self._hear_answer(reply, now_s)

    def _become_ready(self, now_s: float) -> None:
        if self._ready:
            return
        self._ready = True
        self._ready_at_s = now_s
        self._wake_s = None
        if self._calls and self._calls[0].sends:
            self._send(self._calls[0])
        self._send_next()

    def _hear_answer(self, reply: ms.Answer, now_s: float) -> None:
        if not self._calls or self._calls[0].request.request_id != reply.request_id:
            return  # late: its call has ended at its deadline
        call = self._calls[0]
        if isinstance(reply, ms.SealsNeeded):
            self._want_seals(call, reply, now_s)
            return
        self._calls.popleft()
        self._post(settled(call.request, reply))
        self._reset_if_free(now_s)
        if self._recycle and isinstance(call.request, ms.Write):
            self._replace_worker(now_s)
        self._send_next()

    def _want_seals(self, call: _Call, reply: ms.SealsNeeded, now_s: float) -> None:
        if not call.given_up:
            call.wants_seals = True
            call.deadline_s = now_s + self._limits.seals_s
            self._do(Post(ev.SealsWanted(request=reply.wanted)))

    def _replace_worker(self, now_s: float) -> None:
        if self._running:
            self._do(Kill(self._life))
        self._ready = False
        self._start_worker(now_s)

    def _post(self, event: ev.Event | None) -> None:
        if isinstance(event, ev.CardWriteEnded):
            self._last_write = event.order_no
        if event is not None:
            self._do(Post(event))

    def _do(self, action: Action) -> None:
        self._actions.append(action)

    def _taken(self) -> list[Action]:
        actions, self._actions = self._actions, []
        return actions
