"""What the acceptor's driver costs while nothing happens."""

import threading
import time

from bench.acceptor.device import CNY_FEN
from bench.acceptor.server import BenchAcceptor
from kiosk.devices.acceptor.ccnet.driver import CcnetAcceptor
from kiosk.flow.event import DeviceChanged, DeviceState, Event

START_LIMIT_S = 30.0
STOP_LIMIT_S = 5.0


class _Ready:
    """An inbox that waits for the acceptor to be in order, and keeps nothing."""

    def __init__(self) -> None:
        self.seen = threading.Event()

    def post(self, event: Event) -> None:
        if isinstance(event, DeviceChanged) and event.state is DeviceState.OK:
            self.seen.set()

    def post_durably(self, event: Event, timeout_s: float) -> bool:
        self.post(event)
        return True


def driver_idle_cpu(
    duration_s: float, *, opened: bool = True, pseudo_terminal: bool = True
) -> float:
    """Return the share of one core that the driver's thread uses while nothing happens.

    ``opened``: it polls every 100 ms for notes; otherwise every 200 ms, as when nobody is there.
    Raises TimeoutError when the simulated acceptor does not start.
    """
    inbox = _Ready()
    with BenchAcceptor() as bench:
        url = bench.serve_pty() if pseudo_terminal else bench.serve()
        acceptor = CcnetAcceptor(url, boot_id="measure")
        acceptor.start(inbox)
        if opened:
            acceptor.open(CNY_FEN)
        try:
            if not inbox.seen.wait(START_LIMIT_S):
                raise TimeoutError("the simulated acceptor did not start")
            return _share_of_core(acceptor.thread, duration_s)
        finally:
            acceptor.stop(STOP_LIMIT_S)


def _share_of_core(thread: threading.Thread, duration_s: float) -> float:
    assert thread.ident
    clock = time.pthread_getcpuclockid(thread.ident)
    began_s, cpu_s = time.monotonic(), time.clock_gettime(clock)
    threading.Event().wait(duration_s)
    return (time.clock_gettime(clock) - cpu_s) / (time.monotonic() - began_s)
