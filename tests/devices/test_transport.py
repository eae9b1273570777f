"""One code path for every kind of line, and whose fault it was."""

import os
import socket
import tty
from collections.abc import Iterator

import pytest

from kiosk.devices.registry import DRIVERS, UnknownModel, driver
from kiosk.devices.transport import LineSettings, Transport, TransportLost, TransportMisused

DEADLINE_S = 5.0


class FarEnd:
    """The other end of a line, by file descriptor."""

    def __init__(self, url: str, fds: list[int]) -> None:
        self.url = url
        self._fds = fds

    @property
    def fd(self) -> int:
        return self._fds[0]

    def say(self, data: bytes) -> None:
        os.write(self.fd, data)

    def hear(self) -> bytes:
        return os.read(self.fd, 100)

    def close(self) -> None:
        while self._fds:
            os.close(self._fds.pop())


@pytest.fixture
def pty() -> Iterator[FarEnd]:
    master, slave = os.openpty()
    tty.setraw(slave)
    far_end = FarEnd(os.ttyname(slave), [master, slave])
    yield far_end
    far_end.close()


def read(line: Transport, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = line.read(DEADLINE_S)
        assert piece, f"only {data!r} came"
        data += piece
    return data


@pytest.mark.parametrize("scheme", ["", "spy://"])
def test_a_pseudo_terminal(pty: FarEnd, scheme: str, capsys: pytest.CaptureFixture[str]) -> None:
    with Transport(f"{scheme}{pty.url}") as line:
        line.write(b"\x00\x11\x13\xff")
        assert pty.hear() == b"\x00\x11\x13\xff"
        pty.say(b"\x0d\x0a\x03")
        assert read(line, 3) == b"\x0d\x0a\x03"
        assert line.read(0) == b""
    assert ("00 11 13 FF" in capsys.readouterr().err) == bool(scheme)


def test_a_socket() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        Transport(f"socket://127.0.0.1:{server.getsockname()[1]}") as line,
    ):
        far_end, _ = server.accept()
        with far_end:
            line.write(b"poll")
            assert far_end.recv(100) == b"poll"
            far_end.sendall(bytes(range(200)))
            assert read(line, 200) == bytes(range(200))
        with pytest.raises(TransportLost):
            read(line, 1)


def test_a_loop() -> None:
    with Transport("loop://") as line:
        line.write(b"echo")
        assert read(line, 4) == b"echo"


def test_reading_waits_no_longer_than_asked(pty: FarEnd) -> None:
    with Transport(pty.url) as line:
        assert line.read(0.01) == b""
        assert line.read(-1) == b""


def test_a_line_that_takes_no_bytes_is_lost(pty: FarEnd) -> None:
    settings = LineSettings(write_deadline_s=0.05)
    with Transport(pty.url, settings) as line, pytest.raises(TransportLost):
        line.write(bytes(1_000_000))


def test_the_other_side_goes_away(pty: FarEnd) -> None:
    with Transport(pty.url) as line:
        pty.close()
        with pytest.raises(TransportLost):
            line.read(DEADLINE_S)


@pytest.mark.parametrize("url", ["/dev/does-not-exist", "socket://127.0.0.1:9"])
def test_nothing_there_is_the_other_sides_fault(url: str) -> None:
    with pytest.raises(TransportLost):
        Transport(url)


def test_a_port_has_one_owner(pty: FarEnd) -> None:
    with Transport(pty.url), pytest.raises(TransportLost):
        Transport(pty.url)


def test_settings_that_no_line_has_are_our_fault(pty: FarEnd) -> None:
    with pytest.raises(TransportMisused):
        Transport(pty.url, LineSettings(baud=-1))
    with pytest.raises(TransportMisused):
        Transport("nonsense://somewhere")


def test_use_after_close_is_our_fault(pty: FarEnd) -> None:
    line = Transport(pty.url)
    line.close()
    line.close()
    with pytest.raises(TransportMisused):
        line.read(0)
    with pytest.raises(TransportMisused):
        line.write(b"x")


@pytest.mark.parametrize("model", sorted(DRIVERS))
def test_every_model_has_a_driver(model: str) -> None:
    assert callable(driver(model))


def test_an_unknown_model_names_those_that_there_are() -> None:
    with pytest.raises(UnknownModel, match="ccnet"):
        driver("abacus")
