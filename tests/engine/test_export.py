"""The export: whole and signed on the stick or not there at all, whatever the stick does."""

import errno
import io
import json
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.backend.identity import Identity
from kiosk.engine.database import Database
from kiosk.engine.export import Content, Exporter, journal_text, log_files
from kiosk.engine.journal import Journal
from kiosk.engine.stick import PART, MountedStick
from kiosk.engine.workshop import Export, ExportTrouble
from tests.engine.samples import ACCOUNT, CARD, EVENTS, ORDER_NO
from vending.export import MANIFEST, check

IDENTITY = Identity(terminal_no="310001", private_key="11" * 32)
AT_MS = 1_767_225_600_000
NAME = "kiosk-310001-20260101-080000.zip"


def contents() -> list[Content]:
    """Some of it cannot be made smaller."""
    noise = random.Random(20260101).randbytes(10_000)
    return [Content("machine.json", (b"{}\n",)), Content("log/kiosk.log", (noise, noise[::-1]))]


def key_of(terminal_no: str) -> bytes | None:
    return bytes.fromhex(IDENTITY.public_key()) if terminal_no == "310001" else None


class BadFile(io.FileIO):
    """A file on a stick that gives up after so many bytes."""

    def __init__(self, file: Path, room: int, number: int) -> None:
        super().__init__(file, "xb")
        self._room, self._number = room, number

    def write(self, data: object) -> int:
        size = memoryview(data).nbytes  # type: ignore[arg-type]
        self._room -= size
        if self._room < 0:
            raise OSError(self._number, "the stick")
        return super().write(data)  # type: ignore[arg-type]


class BadStick(MountedStick):
    """A stick of which one step fails."""

    def __init__(self, directory: Path, room: int = 10**9, number: int = errno.ENOSPC) -> None:
        super().__init__(str(directory))
        self.room, self.number, self.at = room, number, ""

    def _may_fail(self, step: str) -> None:
        if self.at == step:
            raise OSError(self.number, "the stick")

    def find(self) -> Path | None:
        self._may_fail("find")
        return super().find()

    def create(self, file: Path) -> IO[bytes]:
        self._may_fail("create")
        return BadFile(file, self.room, self.number)

    def finish(self, opened: IO[bytes], part: Path, file: Path) -> None:
        self._may_fail("finish")
        super().finish(opened, part, file)


def export(stick: MountedStick) -> Export:
    return Exporter(stick, IDENTITY).write(contents(), AT_MS)


def test_all_of_it_is_on_the_stick_and_signed(tmp_path: Path) -> None:
    written = export(MountedStick(str(tmp_path)))
    file = tmp_path / NAME
    assert written == Export(file=NAME, size_kb=-(-file.stat().st_size // 1024))
    assert [each.name for each in tmp_path.iterdir()] == [NAME]
    with file.open("rb") as opened:
        manifest = check(opened, key_of)
    assert (manifest.terminal_no, manifest.made_at_ms) == ("310001", AT_MS)
    assert set(manifest.files) == {"machine.json", "log/kiosk.log"}
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        assert archive.getinfo(MANIFEST).date_time == (2026, 1, 1, 8, 0, 0)


def test_without_a_stick_nothing_is_written(tmp_path: Path) -> None:
    gone = export(MountedStick(str(tmp_path / "not-there")))
    assert gone == Export(file="", trouble=ExportTrouble.NO_STICK)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "trouble"),
    [
        (errno.ENOSPC, ExportTrouble.STICK_FULL),
        (errno.EIO, ExportTrouble.STICK_FAILED),
        (errno.ENODEV, ExportTrouble.STICK_FAILED),
        (errno.EROFS, ExportTrouble.STICK_FAILED),
    ],
)
@pytest.mark.parametrize("step", ["create", "finish", "write"])
def test_a_stick_that_fails_is_told_and_nothing_is_left(
    tmp_path: Path, step: str, number: int, trouble: ExportTrouble
) -> None:
    stick = BadStick(tmp_path, number=number)
    if step == "write":
        stick.room = 5_000
    stick.at = step
    assert export(stick) == Export(file="", trouble=trouble)
    assert list(tmp_path.iterdir()) == []


def test_a_stick_that_is_pulled_as_it_is_looked_for_is_none(tmp_path: Path) -> None:
    stick = BadStick(tmp_path)
    stick.at = "find"
    assert export(stick).trouble is ExportTrouble.NO_STICK


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 30_000))
def test_wherever_the_room_ends_it_is_whole_or_absent(
    tmp_path_factory: pytest.TempPathFactory, room: int
) -> None:
    directory = tmp_path_factory.mktemp("stick")
    written = export(BadStick(directory, room))
    names = [each.name for each in directory.iterdir()]
    if written.trouble:
        assert (written, names) == (Export(file="", trouble=ExportTrouble.STICK_FULL), [])
    else:
        assert names == [NAME]
        with (directory / NAME).open("rb") as opened:
            check(opened, key_of)


def test_what_a_power_cut_left_is_removed_by_the_next_one(tmp_path: Path) -> None:
    (tmp_path / f"kiosk-310001-20251231-235900.zip{PART}").write_bytes(b"half")
    foreign = tmp_path / f"kiosk-310002-20251231-235900.zip{PART}"
    foreign.write_bytes(b"another terminal's")
    export(MountedStick(str(tmp_path)))
    assert {each.name for each in tmp_path.iterdir()} == {NAME, foreign.name}


def test_the_first_drive_that_can_be_written_is_taken(tmp_path: Path) -> None:
    assert MountedStick(mounts=(tmp_path, tmp_path / "none")).find() is None
    (tmp_path / "wang" / "no-mount").mkdir(parents=True)
    assert MountedStick(mounts=(tmp_path,)).find() is None
    assert MountedStick(mounts=(Path("/"),)).find() is not None, "/dev, /proc ... are mounts"


# -- what is in it -------------------------------------------------------------------------------


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(Database(tmp_path / "journal.db"))
    journal.open()
    for event in EVENTS:
        journal.append(event)
    yield journal
    journal.close()


def text_of(pieces: Iterator[bytes]) -> str:
    return b"".join(pieces).decode()


def test_the_journal_is_told_masked(journal: Journal) -> None:
    text = text_of(journal_text(journal, 0))
    assert len(text.splitlines()) == len(EVENTS)
    assert ORDER_NO in text
    for secret in ("王", "幸福路", ACCOUNT.customer_no, CARD.serial, CARD.meter_no):
        assert secret not in text


def test_only_the_days_asked_for_are_told(tmp_path: Path) -> None:
    journal = Journal(Database(tmp_path / "journal.db"))
    journal.open()
    for number, event in enumerate(EVENTS):
        journal.append(replace(event, at_ms=number * 1_000))
    text = text_of(journal_text(journal, 5_000))
    assert len(text.splitlines()) == len(EVENTS) - 5
    assert text_of(journal_text(journal, 10**9)) == ""
    journal.close()


def test_a_journal_that_cannot_be_read_says_so(journal: Journal) -> None:
    journal.close()
    assert "cannot be read" in text_of(journal_text(journal, 0))


def test_logs_are_masked_on_the_way_where_they_are_not(tmp_path: Path) -> None:
    line = json.dumps({"order_no": ORDER_NO})
    (tmp_path / "kiosk.log").write_text(line)
    (tmp_path / "kiosk.log.1").write_text(line)
    (tmp_path / "crash.log").write_text(f"card {CARD.serial}\nstack\n")
    told = {content.name: b"".join(content.pieces) for content in log_files(tmp_path)}
    assert told == {
        "log/kiosk.log": line.encode(),
        "log/kiosk.log.1": line.encode(),
        "log/crash.log": b"card 01***08\nstack\n",
    }


def test_a_log_that_is_renamed_meanwhile_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "kiosk.log.1").write_text("x")
    (content,) = list(log_files(tmp_path))
    (tmp_path / "kiosk.log.1").unlink()
    assert b"".join(content.pieces) == b""
    assert list(log_files(tmp_path / "none")) == []


def test_a_log_that_cannot_be_read_is_not_the_sticks_fault(tmp_path: Path) -> None:
    logs, stick = tmp_path / "log", tmp_path / "stick"
    logs.mkdir()
    stick.mkdir()
    (logs / "kiosk.log").write_text("x")
    listed = list(log_files(logs))
    (logs / "kiosk.log").unlink()
    written = Exporter(MountedStick(str(stick)), IDENTITY).write(listed, AT_MS)
    assert written.trouble is None
