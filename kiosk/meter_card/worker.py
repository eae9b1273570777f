"""The card worker: a process of its own that owns the reader, so that it can be killed.

    python -m kiosk.meter_card.worker --card tcp://127.0.0.1:7301

Requests come as lines on standard input, replies leave on what was standard output (`messages`).
Both are moved to other descriptors first, and standard output becomes standard error, a log: a
vendor library that prints cannot disturb the conversation. The worker ends when its input ends; if
the card holds it at that moment, it is gone a little later all the same.
"""

import argparse
import os
import queue
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO, NoReturn

from kiosk.flow.event import CardFault
from kiosk.meter_card import messages as ms
from kiosk.meter_card.adapters import choose, make_adapters
from kiosk.meter_card.card_io import APDU_TIMEOUT_S, open_card_io
from kiosk.meter_card.port import (
    AdapterMisused,
    CardDamaged,
    CardError,
    CardIo,
    MeterCardAdapter,
    ReaderFailed,
    WriteOrder,
    WriteTalk,
)
from vending.card import SealAnswer, Verdict

POLL_S = 0.1
"""How often the slot is asked whether a card is in it."""

ORPHAN_GRACE_S = 2.0
MAX_WAITING = 16
"""Requests that may wait; the kiosk has one under way at a time, and few words about it."""

EXIT_STUCK = 3
"""A call into the reader never came back: this process is of no more use."""
EXIT_ORPHANED = 4


class Worker:
    """Answers one request after the other and watches the slot in between. One thread."""

    def __init__(
        self, io: CardIo, adapters: Sequence[MeterCardAdapter], replies: BinaryIO, poll_s: float
    ) -> None:
        """``replies`` is where the kiosk listens."""
        self._io = io
        self._adapters = adapters
        self._replies = replies
        self._poll_s = poll_s
        self._present: bool | None = None
        self._works: bool | None = None
        self._write_id = 0
        self._talk: WriteTalk | None = None
        """The write that waits for seals."""

    def run(self, requests: "queue.Queue[ms.Request | None]") -> int:
        """Work until a None arrives; return the exit code."""
        self._say(ms.Ready(os.getpid()))
        while not self._io.is_stuck:
            self.watch()
            try:
                request = requests.get(timeout=self._poll_s)
            except queue.Empty:
                continue
            if request is None:
                self._end_write("the kiosk is gone")
                self._io.close()
                return 0
            self.obey(request)
        return EXIT_STUCK

    def obey(self, request: ms.Request) -> None:
        """Answer one request: `run` without its wait."""
        match request:
            case ms.Ping():
                self._say(ms.Done(request.request_id))
            case ms.Read():
                self._say(self._read(request.request_id))
            case ms.Write():
                self._begin_write(request)
            case ms.GiveSeals():
                self._go_on(request)
            case ms.Abort():
                self._abort(request)
            case ms.Prove():
                self._say(self._prove(request))
            case ms.Release():
                self._release(request)

    # -- the slot ----------------------------------------------------------------------------------

    def watch(self) -> None:
        """Look at the slot and tell what has changed."""
        try:
            present = self._io.is_present()
        except ReaderFailed as failure:
            self._set_works(False, str(failure))
            self._end_write("the reader failed")
            return
        self._set_works(True, self._io.name)
        if not present:
            self._end_write("the card was pulled")
        if present != self._present:
            self._present = present
            self._say(ms.Presence(present))

    def _set_works(self, works: bool, detail: str = "") -> None:
        if works != self._works:
            self._works = works
            self._say(ms.Reader(works, detail))

    # -- requests ----------------------------------------------------------------------------------

    def _read(self, request_id: int) -> ms.Answer:
        try:
            with self._powered() as atr:
                image = choose(self._adapters, self._io, atr).read(self._io, atr)
        except CardError as error:
            return ms.ReadFailed(request_id, error.fault, str(error))
        except Exception as error:  # noqa: BLE001  # an adapter is other people's code
            return ms.ReadFailed(request_id, CardFault.READER, _told(error))
        if image.snapshot is None:
            told = _told(CardDamaged(image.damage))
            return ms.ReadFailed(request_id, CardFault.DAMAGED, told, image.serial)
        return ms.ReadDone(request_id, image.snapshot)

    def _prove(self, request: ms.Prove) -> ms.Answer:
        """Whatever goes wrong proves nothing."""
        try:
            with self._powered() as atr:
                image = choose(self._adapters, self._io, atr).read(self._io, atr)
            verdict = self._adapter_for(request.order).classify(image, request.order)
        except Exception as error:  # noqa: BLE001  # an adapter is other people's code
            return ms.Proved(request.request_id, Verdict.UNKNOWN, None, _told(error))
        return ms.Proved(request.request_id, verdict, image.snapshot, image.damage)

    def _begin_write(self, request: ms.Write) -> None:
        self._end_write("another write began")
        self._write_id = request.request_id
        try:
            atr = self._io.power_on()
            adapter = choose(self._adapters, self._io, atr)
            self._talk = adapter.write(self._io, atr, request.order)
        except Exception as error:  # noqa: BLE001  # whatever it is, the card is not written
            self._write_ended(_told(error))
            return
        self._step(None)

    def _go_on(self, request: ms.GiveSeals) -> None:
        if self._talk is not None and request.request_id == self._write_id:
            self._step(request.answer)

    def _step(self, answer: SealAnswer | None) -> None:
        """Run the write to its next question or to its end."""
        assert self._talk is not None
        try:
            wanted = next(self._talk) if answer is None else self._talk.send(answer)
        except StopIteration as end:
            self._write_ended(str(end.value))
        except Exception as error:  # noqa: BLE001  # any error in a write: only reading tells
            self._write_ended(_told(error))
        else:
            self._say(ms.SealsNeeded(self._write_id, wanted))

    def _abort(self, request: ms.Abort) -> None:
        if request.request_id == self._write_id:
            self._end_write("given up")

    def _release(self, request: ms.Release) -> None:
        self._end_write("the card was released")
        try:
            self._io.eject()
        except CardError as error:
            _log(_told(error))
        self._say(ms.Done(request.request_id))

    def _end_write(self, why: str) -> None:
        """End a write that waits for seals, if there is one."""
        if self._talk is not None:
            self._talk.close()
            self._write_ended(why)

    def _write_ended(self, detail: str) -> None:
        self._talk = None
        self._io.power_off()
        self._say(ms.WriteEnded(self._write_id, detail))

    @contextmanager
    def _powered(self) -> Iterator[bytes]:
        """Power the card from cold, give its answer to reset, and take the power away again."""
        self._end_write("another operation began")
        try:
            yield self._io.power_on()
        finally:
            self._io.power_off()

    def _adapter_for(self, order: WriteOrder) -> MeterCardAdapter:
        for adapter in self._adapters:
            if order.before.layout in adapter.info.layouts:
                return adapter
        raise AdapterMisused(f"no adapter for layout {order.before.layout}")

    def _say(self, reply: ms.Reply) -> None:
        self._replies.write(ms.encode(reply))
        self._replies.flush()


def take_over_stdio() -> tuple[BinaryIO, BinaryIO]:
    """Return (requests, replies) and leave the standard descriptors to whoever prints."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, replies


def listen(lines: BinaryIO, requests: "queue.Queue[ms.Request | None]") -> NoReturn:
    """Hand on what the kiosk says. When it stops saying anything, end the process."""
    try:
        for line in iter(lambda: lines.readline(ms.MAX_LINE_BYTES), b""):
            requests.put(ms.decode_request(line), timeout=ORPHAN_GRACE_S)
    except (ms.BadLine, queue.Full) as error:
        _log(_told(error))
    ended = threading.Timer(ORPHAN_GRACE_S, os._exit, (EXIT_ORPHANED,))
    ended.daemon = True
    ended.start()
    requests.put(None)
    ended.join()
    os._exit(EXIT_ORPHANED)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the worker; return its exit code."""
    parser = argparse.ArgumentParser(prog="kiosk.meter_card.worker")
    parser.add_argument("--card", required=True, help="URL of the slot")
    parser.add_argument("--apdu-timeout-s", type=float, default=APDU_TIMEOUT_S)
    parser.add_argument("--poll-s", type=float, default=POLL_S)
    options = parser.parse_args(arguments)
    lines, replies = take_over_stdio()
    io = open_card_io(options.card, options.apdu_timeout_s)
    requests: queue.Queue[ms.Request | None] = queue.Queue(MAX_WAITING)
    threading.Thread(target=listen, args=(lines, requests), daemon=True).start()
    try:
        return Worker(io, make_adapters(), replies, options.poll_s).run(requests)
    except BrokenPipeError:
        return EXIT_ORPHANED


def _told(error: Exception) -> str:
    """Return one line for the journal; what nobody expected goes to the log whole."""
    if not isinstance(error, CardError | AdapterMisused):
        _log("".join(traceback.format_exception(error)))
    return f"{type(error).__name__}: {error}"


def _log(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)  # threads that hang in a library must not hold the process
