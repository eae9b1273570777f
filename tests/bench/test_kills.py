"""The sweep of real kills: it counts, finds its moments again, kills just there, and tells."""

import os
import signal
import socket
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.kills.launch import Fuse
from bench.kills.moment import SIDES, BadAddress, Count, Kind, Moment, Side, parse
from bench.kills.outcome import Ending, Outcome
from bench.kills.report import is_bad, table, troubles
from bench.kills.resident import Way
from bench.kills.run import USUAL_WAYS, main, plan_of
from bench.kills.trap import RequestTap, Trap, resource
from bench.kills.witness import Witness
from bench.proxy import Proxy
from bench.stand import kiosk_config
from kiosk.engine.database import Database, JournalDamaged
from kiosk.engine.journal import Journal
from kiosk.flow.event import CardInserted, Event, NoteStacked, TimedOut
from kiosk.flow.phase import Phase
from vending.messages import Alarm

DEADLINE_S = 10.0
STACK = Moment(Kind.ACCEPTOR, "STACK", 2, Side.POWER)


# -- addresses -----------------------------------------------------------------------------------


@given(st.sampled_from(Kind), st.from_regex(r"[A-Za-z-]{1,20}", fullmatch=True), st.data())
def test_an_address_leads_back_to_its_moment(kind: Kind, name: str, data: st.DataObject) -> None:
    side = data.draw(st.sampled_from(SIDES[kind]))
    moment = Moment(kind, name, data.draw(st.integers(1, 999)), side)
    assert parse(str(moment)) == moment


@pytest.mark.parametrize(
    "address",
    [
        "",
        "append",
        "append:NoteStacked:before",
        "append:NoteStacked.x:before",
        "append:NoteStacked.0:before",
        "append:.1:before",
        "append:NoteStacked.1:power",
        "drawer:OPEN.1:power",
    ],
)
def test_what_is_no_address_is_refused(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BadAddress, match=address or "''"):
        parse(address)
    assert main(["--at", address]) == 2
    assert "bench kills:" in capsys.readouterr().err


# -- counting ------------------------------------------------------------------------------------


def test_moments_are_numbered_by_name_and_side() -> None:
    count = Count()
    named = [("vends", Side.BEFORE), ("reports", Side.BEFORE), ("vends", Side.AFTER)] * 2
    moments = [count.next(Kind.REQUEST, name, side) for name, side in named]
    assert [moment.number for moment in moments] == [1, 1, 1, 2, 2, 2]
    assert len(set(moments)) == 6


def test_the_plan_has_every_moment_in_every_way() -> None:
    moments = [STACK, Moment(Kind.APPEND, "CardRead", 1, Side.BEFORE)]
    assert plan_of(moments, USUAL_WAYS, whole=True) == [
        (moment, way) for way in (Way.STAYS, Way.TAKEN, Way.CLEARS) for moment in moments
    ]
    assert plan_of(moments, [Way.NO_LINE], whole=True) == [(moments[1], Way.NO_LINE)]
    assert len(plan_of(moments, [Way.NO_LINE], whole=False)) == 2


def test_the_trap_springs_once_and_just_there() -> None:
    killed: list[Moment] = []
    trap = Trap(killed.append)
    trap.arm(STACK)
    heard = [trap.hear(Kind.ACCEPTOR, name) for name in ("ENABLE", "STACK", "STACK", "STACK")]
    assert heard == [False, False, True, False]
    assert killed == [STACK]
    assert trap.sprung
    assert [moment.number for moment in trap.heard] == [1, 1, 2, 3]


def test_a_trap_that_is_armed_again_counts_anew() -> None:
    killed: list[Moment] = []
    trap = Trap(killed.append)
    trap.arm(STACK)
    trap.hear(Kind.ACCEPTOR, "STACK")
    trap.arm(None)
    trap.hear(Kind.ACCEPTOR, "STACK")
    assert trap.heard == (Moment(Kind.ACCEPTOR, "STACK", 1, Side.POWER),)
    assert killed == []
    assert not trap.sprung


def test_a_command_of_the_card_is_two_moments() -> None:
    trap = Trap(lambda moment: None)
    trap.hear(Kind.CARD, "SELECT")
    assert [str(moment) for moment in trap.heard] == [
        "card:SELECT.1:power",
        "card:SELECT.1:crash",
    ]


# -- requests ------------------------------------------------------------------------------------

VEND = b"POST /v1/vends HTTP/1.1\r\nHost: x\r\n\r\n"


def talk(trap: Trap, *said: tuple[str, bytes]) -> None:
    tap = RequestTap(trap)
    for who, data in said:
        (tap.question if who == "kiosk" else tap.answer)(data)


def test_requests_and_answers_in_pieces_are_heard_once() -> None:
    trap = Trap(lambda moment: None)
    pieces = (("kiosk", VEND), ("kiosk", b'{"order_no"'), ("office", b"HTTP"), ("office", b"/1.1"))
    sign_in = (("kiosk", b"POST /v1/sign-in HTTP/1.1\r\n\r\n"), ("office", b"HTTP/1.1 200"))
    talk(trap, *pieces, *sign_in, *pieces)
    assert [str(moment) for moment in trap.heard] == [
        "request:vends.1:before",
        "request:vends.1:after",
        "request:vends.2:before",
        "request:vends.2:after",
    ]


@pytest.mark.parametrize("side", SIDES[Kind.REQUEST])
def test_the_piece_that_kills_is_lost(side: Side) -> None:
    trap = Trap(lambda moment: None)
    trap.arm(Moment(Kind.REQUEST, "vends", 1, side))
    with pytest.raises(ConnectionAbortedError):
        talk(trap, ("kiosk", VEND), ("office", b"HTTP/1.1 200"))
    assert trap.heard[-1].side is side


@pytest.mark.parametrize(("side", "arrived"), [(Side.BEFORE, b""), (Side.AFTER, VEND)])
def test_the_line_ends_with_the_lost_piece(side: Side, arrived: bytes) -> None:
    trap = Trap(lambda moment: None)
    trap.arm(Moment(Kind.REQUEST, "vends", 1, side))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(DEADLINE_S)
        with Proxy("127.0.0.1", listener.getsockname()[1]) as proxy:
            proxy.tap = lambda: RequestTap(trap)
            with socket.create_connection(("127.0.0.1", proxy.port), DEADLINE_S) as kiosk:
                kiosk.sendall(VEND)
                office, _ = listener.accept()
                with office:
                    office.settimeout(DEADLINE_S)
                    assert office.recv(4096) == arrived
                    if arrived:
                        office.sendall(b"HTTP/1.1 200 OK")
                    assert kiosk.recv(4096) == b""
    assert trap.sprung


def test_an_inquiry_is_no_vend() -> None:
    assert resource(b"GET /v1/vends/3301062611240000016 HTTP/1.1\r\n") == "inquiries"
    assert resource(VEND) == "vends"
    assert resource(b"\x16\x03\x01") == ""


# -- the fuse in the journal ---------------------------------------------------------------------


def journal_of(folder: Path) -> Journal:
    return Journal(Database(folder / "journal.db"))


def append_until_killed(folder: Path, events: Iterable[Event]) -> int:
    """Append with a fuse in a process of its own; return the signal that ended it."""
    pid = os.fork()
    if pid == 0:
        try:
            Fuse(folder / "orders").install()
            journal = journal_of(folder)
            journal.open()
            for event in events:
                with journal.transaction():
                    pass  # somebody else's commit, before each of ours
                alarm = Alarm(code="x", detail="", at_ms=event.at_ms)
                journal.append(event, [alarm])
        finally:
            os._exit(0)
    status = os.waitpid(pid, 0)[1]
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def stacked(number: int) -> NoteStacked:
    return NoteStacked(note_id=f"note-{number}", value_fen=1000, at_ms=number)


EVENTS: Sequence[Event] = (stacked(1), CardInserted(at_ms=2), stacked(3), stacked(4))


@pytest.mark.parametrize(("side", "kept"), [(Side.BEFORE, 2), (Side.AFTER, 3)])
def test_the_fuse_burns_on_its_side_of_the_commit(tmp_path: Path, side: Side, kept: int) -> None:
    (tmp_path / "orders").write_text(f"append:NoteStacked.2:{side}")
    assert append_until_killed(tmp_path, EVENTS) == signal.SIGKILL
    journal = journal_of(tmp_path)
    journal.open()
    assert journal.head.seq == kept
    journal.close()


def test_without_orders_no_fuse_burns(tmp_path: Path) -> None:
    assert append_until_killed(tmp_path, EVENTS) == 0
    journal = journal_of(tmp_path)
    journal.open()
    assert journal.head.seq == len(EVENTS)
    journal.close()


# -- the witness ---------------------------------------------------------------------------------


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    tables = kiosk_config.tables(
        office_url="http://127.0.0.1:9",
        one_time_code="x",
        reader_url="tcp://127.0.0.1:9",
        acceptor_url="socket://127.0.0.1:9",
        printer_url="socket://127.0.0.1:9",
    )
    kiosk_config.write(tmp_path / "kiosk.toml", tables, {})
    return tmp_path / "kiosk.toml"


def terminal_journal(folder: Path) -> Journal:
    journal = Journal(Database(folder / "journal.db"), owner=kiosk_config.TERMINAL_NO)
    journal.open()
    return journal


def test_the_witness_follows_the_journal_and_leaves_it_alone(
    tmp_path: Path, config_file: Path
) -> None:
    witness = Witness(config_file, tmp_path / "journal.db")
    for kinds in (("CardInserted",), ("TimedOut", "NoteStacked")):
        journal = terminal_journal(tmp_path)
        at_ms = journal.head.at_ms + 1
        facts: dict[str, Event] = {
            "CardInserted": CardInserted(at_ms=at_ms),
            "TimedOut": TimedOut(phase="idle", round=9, at_ms=at_ms),
            "NoteStacked": stacked(at_ms),
        }
        for kind in kinds:
            journal.append(facts[kind])
        journal.close()
        before = (tmp_path / "journal.db").read_bytes()
        session = witness.look()
        assert witness.kinds == kinds
        assert session.phase is Phase.OUT_OF_SERVICE
        assert session.card_present
        assert (tmp_path / "journal.db").read_bytes() == before


def test_the_witness_sees_a_lost_tail(tmp_path: Path, config_file: Path) -> None:
    journal = terminal_journal(tmp_path)
    journal.append(stacked(1))
    journal.close()
    short = (tmp_path / "journal.db").read_bytes()
    journal = terminal_journal(tmp_path)
    journal.append(stacked(2))
    journal.close()
    (tmp_path / "journal.db").write_bytes(short)
    with pytest.raises(JournalDamaged, match="entry 2"):
        Witness(config_file, tmp_path / "journal.db").look()


# -- telling -------------------------------------------------------------------------------------


def outcome(ending: Ending, end_s: float, *violations: str, phase: str = "vending") -> Outcome:
    return Outcome(
        moment=STACK,
        way=Way.TAKEN,
        phase=phase,
        ending=ending,
        completing_s=end_s / 2,
        end_s=end_s,
        violations=violations,
    )


def test_the_table_counts_and_times_each_group() -> None:
    outcomes = [
        outcome(Ending.BY_ITSELF, 2.0),
        outcome(Ending.BY_ITSELF, 4.0),
        outcome(Ending.CARD_AGAIN, 9.0),
        outcome(Ending.UNPAID, 1.0, phase="reading"),
    ]
    titles, _, vending, reading, whole = (
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in table(outcomes).splitlines()
    )
    told = dict(zip(titles, vending, strict=True))
    assert told["moment"] == "acceptor power"
    assert told["kills"] == "3"
    assert told["done by itself"] == "2"
    assert told["done, card again"] == "1"
    assert told["FAILED"] == ""
    assert told["completing: median, worst"] == "2.00 s, 4.50 s"
    assert told["end: median, worst"] == "4.00 s, 9.00 s"
    assert reading[:3] == ["acceptor power", "reading", "1"]
    assert whole[:3] == ["all", "any", "4"]
    assert len(table(outcomes, by_phase=False).splitlines()) == 4


def test_what_went_wrong_is_told_with_its_replay() -> None:
    good = outcome(Ending.BY_ITSELF, 2.0)
    missed = outcome(Ending.NOT_REACHED, 0.0)
    bad = outcome(Ending.FAILED, 2.0, "paid, and credited 0 times")
    assert [is_bad(one) for one in (good, missed, bad)] == [False, True, True]
    assert troubles([good]) == ""
    told = troubles([good, bad])
    assert "paid, and credited 0 times" in told
    assert "python -m bench kills --at acceptor:STACK.2:power --way taken" in told
