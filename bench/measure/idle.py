"""What the kiosk costs while nobody is there: attract screen, devices polled, line kept alive."""

import threading
import time

from bench.measure.figure import Figure, spread
from bench.measure.process import cpu_s, descendants
from bench.measure.start import OFFSCREEN, SETTLE_S
from bench.stand import Stand

AIM_PERCENT = 2.0
IDLE_LIMIT_S = 60


def measure(stand: Stand, repeats: int, duration_s: float) -> list[Figure]:
    """Start the kiosk, wait for its idle screen, and look ``repeats`` times ``duration_s`` long."""
    kiosk = stand.start_kiosk(OFFSCREEN)
    try:
        kiosk.wait("idle", timeout_s=IDLE_LIMIT_S)
        kiosk.close()
        threading.Event().wait(SETTLE_S)
        shares = [_shares(kiosk.pid, duration_s) for _ in range(repeats)]
    finally:
        kiosk.stop()
    own, workers = [own for own, _ in shares], [workers for _, workers in shares]
    both = [sum(share) for share in shares]
    return [
        Figure("idle CPU, kiosk and card worker", spread(both), "%", below=AIM_PERCENT),
        Figure("idle CPU, kiosk", spread(own), "%"),
        Figure("idle CPU, its card worker", spread(workers), "%"),
    ]


def _shares(pid: int, duration_s: float) -> tuple[float, float]:
    """Return the shares of one core, in percent, of a process and of those below it."""
    below = tuple(descendants(pid))
    began_s, own_s, below_s = time.monotonic(), cpu_s(pid), sum(map(cpu_s, below))
    threading.Event().wait(duration_s)
    own_s, below_s = cpu_s(pid) - own_s, sum(map(cpu_s, below)) - below_s
    took_s = time.monotonic() - began_s
    return 100 * own_s / took_s, 100 * below_s / took_s
