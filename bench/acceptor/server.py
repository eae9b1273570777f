"""Puts the simulated acceptor at the far end of a real wire: a TCP port or a pseudo-terminal.

Everything may be called from any thread: what a customer, a thief, a technician or a broken cable
does, and what a test may look at.
"""

import contextlib
import time
from collections.abc import Callable, Iterator

from bench.acceptor.device import CNY_FEN, AcceptorDevice
from bench.acceptor.mechanism import UNRECOGNISED, CutPoint, Place, State, Timing
from bench.far_end import FarEnd
from kiosk.devices.acceptor.ccnet.message import Code


class BenchAcceptor(FarEnd[AcceptorDevice]):
    """A simulated acceptor under power. Serve it, then treat it badly."""

    def __init__(
        self,
        values_fen: tuple[int, ...] = CNY_FEN,
        *,
        timing: Timing | None = None,
        capacity: int = 1_000,
        credit_recovery: bool = True,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """See `Mechanism` for the arguments. Power is on."""
        device = AcceptorDevice(
            values_fen, timing=timing, capacity=capacity, credit_recovery=credit_recovery
        )
        device.mechanism.power_on()
        super().__init__(device, name="bench-acceptor", now_s=now_s)

    # -- looking ---------------------------------------------------------------------------------

    @property
    def box(self) -> tuple[int | None, ...]:
        """Values of the notes in the box that is in the machine now."""
        return self._at(Place.BOX)

    @property
    def removed(self) -> tuple[int | None, ...]:
        """Values of the notes in boxes that were taken away."""
        return self._at(Place.REMOVED_BOX)

    @property
    def removed_boxes(self) -> tuple[tuple[int | None, ...], ...]:
        """Values of the notes in each box that was taken away, the oldest box first."""
        with self._turn() as device:
            return tuple(device.mechanism.removed_boxes)

    @property
    def box_present(self) -> bool:
        """A box is in the machine."""
        with self._turn() as device:
            return device.mechanism.box_present

    @property
    def given_back(self) -> tuple[int | None, ...]:
        """Values of the notes that were drawn in and came out again."""
        return self._at(Place.CUSTOMER)

    @property
    def state(self) -> State:
        """What the mechanism is doing."""
        with self._turn() as device:
            return device.mechanism.state

    @property
    def enabled_fen(self) -> tuple[int, ...]:
        """The notes that the host has enabled."""
        with self._turn() as device:
            bits, values = device.mechanism.enabled_bits, device.mechanism.values_fen
            return tuple(value for bill, value in enumerate(values) if bits >> bill & 1)

    def _at(self, place: Place) -> tuple[int | None, ...]:
        with self._turn() as device:
            return device.mechanism.values_at(place)

    # -- people ----------------------------------------------------------------------------------

    def insert_note(self, value_fen: int | None) -> bool:
        """Offer a note (None: a piece of paper); False: it is not drawn in."""
        with self._turn() as device:
            return device.mechanism.insert(value_fen, self._now_s())

    def cheat(self) -> None:
        """Pull the note in the path out on a string."""
        with self._turn() as device:
            device.mechanism.cheat(self._now_s())

    def push_second(self) -> None:
        """Push two notes at once against the mouth."""
        with self._turn() as device:
            device.mechanism.push_second(self._now_s())

    def jam(self, *, in_stacker: bool = False) -> None:
        """Jam the validator or the stacker until `clear`."""
        with self._turn() as device:
            code = Code.JAM_IN_STACKER if in_stacker else Code.JAM_IN_VALIDATOR
            device.mechanism.stop_by_jam(code)

    def fail(self, code: int = 0x50) -> None:
        """Let a part fail (47 with this code) until `clear`."""
        with self._turn() as device:
            device.mechanism.stop_by_failure(code)

    def clear(self) -> None:
        """Repair jam and failure."""
        with self._turn() as device:
            device.mechanism.repair(self._now_s())

    def remove_box(self) -> None:
        """Take the box away with all that is in it."""
        with self._turn() as device:
            device.mechanism.remove_box()

    def insert_box(self) -> None:
        """Put an empty box in."""
        with self._turn() as device:
            device.mechanism.insert_box(self._now_s())

    def power_cut(self) -> None:
        """Take the acceptor's power away."""
        with self._turn() as device:
            device.mechanism.power_cut()

    def power_on(self) -> None:
        """Give the acceptor its power back."""
        with self._turn() as device:
            device.mechanism.power_on()

    # -- arranged mishaps ------------------------------------------------------------------------

    def cut_power_at(self, point: CutPoint) -> None:
        """Let the power fail at the next such moment; it comes back by itself."""
        with self._turn() as device:
            device.mechanism.cut_at = point

    def reject_next(self, code: int = UNRECOGNISED) -> None:
        """Reject the next note for this reason (CCNET code 60..6D)."""
        with self._turn() as device:
            device.mechanism.reject_next = code

    def drop_replies(self, count: int) -> None:
        """Lose the next answers on their way."""
        with self._turn() as device:
            device.replies_to_drop = count

    def corrupt_replies(self, count: int) -> None:
        """Damage the next answers on their way."""
        with self._turn() as device:
            device.replies_to_corrupt = count

    def refuse_commands(self, count: int) -> None:
        """Answer the next commands with NAK, as if they had arrived damaged."""
        with self._turn() as device:
            device.commands_to_refuse = count

    def repeat_reports(self, count: int) -> None:
        """Miss the next acknowledgements of 81 and 82, and so report again."""
        with self._turn() as device:
            device.acks_to_miss = count

    def slow_line(self, delay_s: float) -> None:
        """Let every answer leave so much later."""
        with self._turn() as device:
            device.delay_s = delay_s

    def unplug(self, *, out: bool = True) -> None:
        """Pull the data cable (or put it back): the line stands, nothing gets through."""
        with self._turn() as device:
            device.mute = out

    @contextlib.contextmanager
    def _turn(self) -> Iterator[AcceptorDevice]:
        """The notes move first: what somebody does or sees happens now."""
        with super()._turn() as device:
            device.mechanism.advance(self._now_s())
            yield device
