"""A TCP proxy between kiosk and head office whose line can be cut, slowed, silenced and doubled.

It runs an event loop on a thread of its own; every switch may be thrown from any thread and holds
for connections that exist as well as for new ones. It understands no HTTP: bytes are all it sees.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from enum import StrEnum
from types import TracebackType
from typing import Any, Protocol

CHUNK_BYTES = 64 * 1024
SWITCH_TIMEOUT_S = 5.0
"""How long the loop may take to obey a switch."""


class Line(StrEnum):
    """What the line does at present."""

    WHOLE = "whole"
    CUT = "cut"
    """Connections are reset and new ones are not answered to: the head office is gone."""
    HALF_OPEN = "half-open"
    """Connections stand and nothing passes, in neither direction."""
    DEAF = "deaf"
    """What the kiosk says arrives; no answer comes back."""


class Tap(Protocol):
    """Hears one connection in the proxy's thread, each piece before it is passed on.

    A piece during which it raises OSError is lost, and the connection with it.
    """

    def question(self, data: bytes) -> None:
        """Hear what the kiosk says."""

    def answer(self, data: bytes) -> None:
        """Hear what the head office says."""


class Proxy:
    """Listens on a port of its own and passes everything on to ``target_host:target_port``."""

    def __init__(self, target_host: str, target_port: int, *, port: int = 0) -> None:
        self._target = (target_host, target_port)
        self._wanted_port = port
        self._line = Line.WHOLE
        self._delay_s = 0.0
        self._doubling = False
        self.tap: Callable[[], Tap] | None = None
        """Makes a listener for each new connection; None: nobody listens."""
        self._connections: set[asyncio.Task[None]] = set()
        self._passing = asyncio.Event()  # set: answers may pass
        self._hearing = asyncio.Event()  # set: questions may pass
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self.port = port

    # -- life --

    def start(self) -> None:
        """Begin to listen; `port` then says where. Raises OSError when the port is taken."""
        self._thread.start()
        self._call(self._listen())
        self.restore()

    def stop(self) -> None:
        """Drop everything and end the thread."""
        self._call(self._shut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(SWITCH_TIMEOUT_S)
        self._loop.close()

    def __enter__(self) -> "Proxy":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    # -- switches --

    @property
    def line(self) -> Line:
        """What the line does at present."""
        return self._line

    def cut(self) -> None:
        """Reset every connection and drop new ones until `restore`."""
        self._call(self._become(Line.CUT))

    def half_open(self) -> None:
        """Keep every connection and pass nothing until `restore`; nothing is lost, only late."""
        self._call(self._become(Line.HALF_OPEN))

    def deafen(self) -> None:
        """Pass what the kiosk says and keep the answers back until `restore`."""
        self._call(self._become(Line.DEAF))

    def restore(self) -> None:
        """Make the line whole; delay and doubling stay as they are."""
        self._call(self._become(Line.WHOLE))

    def delay(self, delay_s: float) -> None:
        """Hold every piece for ``delay_s`` in each direction."""
        self._delay_s = delay_s

    def duplicate_requests(self, doubling: bool) -> None:
        """Send what new connections say twice; the answers to the second time are dropped."""
        self._doubling = doubling

    def retarget(self, target_port: int) -> None:
        """Send new connections to another port of the same host."""
        self._target = (self._target[0], target_port)

    # -- the loop's side --

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _call(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(SWITCH_TIMEOUT_S)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self._wanted_port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _shut(self) -> None:
        if self._server is not None:
            self._server.close()
        await self._drop_all()

    async def _become(self, line: Line) -> None:
        self._line = line
        _switch(self._hearing, line in {Line.WHOLE, Line.DEAF})
        _switch(self._passing, line is Line.WHOLE)
        if line is Line.CUT:
            await self._drop_all()

    async def _drop_all(self) -> None:
        tasks = list(self._connections)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or self._line is Line.CUT:
            writer.transport.abort()
            return
        self._connections.add(task)
        try:
            await self._serve(reader, writer)
            writer.close()
        except (asyncio.CancelledError, OSError):
            # The line was cut, or nobody listens on the far side: a reset tells the near side.
            writer.transport.abort()
        finally:
            self._connections.discard(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with contextlib.AsyncExitStack() as stack:
            far_reader, far_writer = await self._dial(stack)
            sinks = [far_writer]
            tap = self.tap() if self.tap else None
            pumps = [self._pump(far_reader, [writer], self._passing, tap.answer if tap else None)]
            if self._doubling:
                echo_reader, echo_writer = await self._dial(stack)
                sinks.append(echo_writer)
                pumps.append(self._pump(echo_reader, [], self._hearing))
            pumps.append(self._pump(reader, sinks, self._hearing, tap.question if tap else None))
            await _first_ends([asyncio.ensure_future(pump) for pump in pumps])

    async def _dial(
        self, stack: contextlib.AsyncExitStack
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(*self._target)
        stack.callback(writer.close)
        return reader, writer

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        sinks: list[asyncio.StreamWriter],
        gate: asyncio.Event,
        heard: Callable[[bytes], object] | None = None,
    ) -> None:
        while data := await reader.read(CHUNK_BYTES):
            await asyncio.sleep(self._delay_s)
            await gate.wait()
            if heard:
                heard(data)
            for sink in sinks:
                sink.write(data)
                await sink.drain()


async def _first_ends(pumps: list[asyncio.Future[None]]) -> None:
    """Wait until one pump ends, then end the others."""
    try:
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)


def _switch(gate: asyncio.Event, is_open: bool) -> None:
    if is_open:
        gate.set()
    else:
        gate.clear()
