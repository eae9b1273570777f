"""The stand starts, obeys, and leaves nothing behind."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from bench.acceptor import FAST, State
from bench.printer import FAST as FAST_PRINTING
from bench.stand import CardBusy, KioskError, NoSuchCard, NotInTime, Refused, Site, Stand
from bench.stand.kiosk_config import TERMINAL_NO
from bench.stand.story import Happening, Line, Story
from kiosk.engine.config_file import load
from tests.bench.processes import running_with

QUICK = Site(timing=FAST, printing=FAST_PRINTING)
DEADLINE_S = 20


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with Stand(tmp_path_factory.mktemp("stand"), QUICK) as stand:
        yield stand


def test_it_starts_and_stops_and_leaves_nothing_behind(tmp_path: Path) -> None:
    threads_before = set(threading.enumerate())
    stand = Stand(tmp_path, QUICK)
    with stand:
        kiosk = stand.start_kiosk()
        assert kiosk.wait("idle")["page"] == "idle"
        assert len(running_with(tmp_path)) == 2  # head office and kiosk
        kiosk_pid = kiosk.pid
    assert running_with(tmp_path) == []
    assert kiosk.exit_code == 0
    assert not Path(f"/proc/{kiosk_pid}").exists()
    assert not kiosk.control_path.parent.exists()
    assert set(threading.enumerate()) <= threads_before
    stand.close()


def test_a_killed_kiosk_comes_up_again(tmp_path: Path) -> None:
    with Stand(tmp_path, QUICK) as stand:
        first = stand.start_kiosk()
        first.wait("idle")
        with pytest.raises(CardBusy):
            stand.start_kiosk()
        stand.kill_kiosk()
        assert first.exit_code == -9
        assert stand.start_kiosk().wait("idle")["phase"] == "idle"


def test_the_kiosks_configuration_is_valid_and_can_be_changed(tmp_path: Path) -> None:
    changed = Site(timing=FAST, config={"cash.max_notes": 3, "terminal.language": "en"})
    with Stand(tmp_path, changed) as stand:
        config = load(stand.config_file)
        assert config.cash.max_notes == 3
        assert config.terminal.language == "en"
        assert config.terminal.number == TERMINAL_NO
        assert (stand.storage / "terminal.key").is_file()


def test_a_kiosk_that_cannot_start_says_why(tmp_path: Path) -> None:
    with Stand(tmp_path, Site(timing=FAST, config={"cash.max_notes": 0})) as stand:
        with pytest.raises(KioskError, match=r"cash\.max_notes"):
            stand.start_kiosk()
        assert stand.kiosk is not None
        assert not stand.kiosk.alive


def test_the_channel_says_what_does_not_work(tmp_path: Path) -> None:
    with Stand(tmp_path, QUICK) as stand:
        kiosk = stand.start_kiosk()
        kiosk.wait("idle")
        with pytest.raises(Refused):
            kiosk.press("finish")
        with pytest.raises(NotInTime, match="'idle'"):
            kiosk.wait("done", timeout_s=1)
        stand.kill_kiosk()
        with pytest.raises(KioskError):
            kiosk.state()


def test_the_head_office_keeps_its_books_when_it_is_restarted(stand: Stand) -> None:
    before = stand.office.read(lambda connection: stand.audit(0))
    stand.restart_office()
    assert stand.office.running
    assert stand.audit(0) == before == []
    assert stand.ledger("3301062611240000016") == ()
    assert not stand.is_posted("3301062611240000016")
    assert not stand.wait_until_posted("3301062611240000016", 0)
    assert stand.sale("3301062611240000016") is None


def test_the_line_to_the_head_office_can_be_cut(stand: Stand) -> None:
    assert requests.get(stand.office_url, timeout=DEADLINE_S).status_code == 404
    stand.office_gone()
    with pytest.raises(requests.ConnectionError):
        requests.get(stand.office_url, timeout=DEADLINE_S)
    stand.office_back()
    assert requests.get(stand.office_url, timeout=DEADLINE_S).status_code == 404


def test_cards_go_into_the_slot_and_into_their_meters(stand: Stand) -> None:
    stand.insert_card("energy")
    assert stand.card_in_slot == "energy"
    with pytest.raises(CardBusy):
        stand.insert_card("money")
    with pytest.raises(CardBusy):
        stand.plug_into_meter("energy")
    stand.pull_card()
    assert stand.card_in_slot is None
    assert stand.plug_into_meter("energy").error is None
    assert stand.displays["energy"].credited is None
    with pytest.raises(CardBusy):
        stand.plug_into_meter("foreign")
    with pytest.raises(NoSuchCard, match="energy, money"):
        stand.insert_card("gold")


def test_the_acceptor_obeys(stand: Stand) -> None:
    stand.acceptor_power_off()
    off = stand.acceptor.state
    assert not stand.insert_note(10_000)
    stand.acceptor_power_on()
    assert (off, stand.acceptor.state) == (State.OFF, State.POWER_UP)
    assert stand.cash_fen == 0


def test_the_story_keeps_the_latest_and_tells_what_is_new() -> None:
    story = Story()
    heard: list[Line] = []
    story.listen(heard.append)
    story.tell(Happening.JAM)
    story.note(10_000, True)
    told, lines = story.since(0)
    assert [line.text_en for line in lines] == [
        "the note acceptor jams",
        "into the note slot: 100 yuan",
    ]
    assert tuple(heard) == lines == story.lines
    assert story.since(told) == (2, ())
    story.note(None, False)
    told, lines = story.since(told)
    assert told == 3
    assert [line.happening for line in lines] == [Happening.PAPER_NOT_TAKEN]
    for _ in range(1000):
        story.tell(Happening.SLIP)
    told, lines = story.since(told)
    assert told == 1003
    assert len(lines) == len(story.lines) == 500
