"""The measuring functions run and say something sane. How fast anything is, is not tested."""

import os
import subprocess
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import pytest

from bench.acceptor.mechanism import FAST as QUICK_NOTES
from bench.measure import idle, office, pixels, purchase, start
from bench.measure.figure import Figure, Spread, percentile, ratios, spread, table
from bench.measure.good_day import GoodDay
from bench.measure.prober import NOTE_VALUES_FEN, probes
from bench.measure.process import cpu_s, descendants, pss_mb, queued_ns, rss_mb
from bench.measure.run import main
from bench.printer.device import FAST as QUICK_PAPER
from bench.stand import Site, Stand
from kiosk.flow.event import NoteStacked


def test_spread_of_samples() -> None:
    assert spread([4.0, 1.0, 3.0, 2.0, 5.0]) == Spread(3.0, 2.0, 4.0, 5)
    assert spread([7.0]) == Spread(7.0, 7.0, 7.0, 1)
    with pytest.raises(ValueError):
        spread([])


def test_percentile_is_a_sample() -> None:
    samples = [float(number) for number in range(100, 0, -1)]
    assert percentile(samples, 0.99) == 99.0
    assert percentile(samples, 0.5) == 50.0
    assert percentile([3.0], 0.99) == 3.0


def test_ratios_are_of_the_same_repetition() -> None:
    assert ratios([3.0, 10.0], [2.0, 5.0]) == [1.5, 2.0]
    with pytest.raises(ValueError):
        ratios([1.0], [])


def test_table_says_what_is_missed() -> None:
    figures = [
        Figure("good", Spread(1.2, 1.1, 1.3, 3), below=1.5),
        Figure("bad", Spread(60.0, 50.0, 70.0, 3), "ms", below=50.0, digits=0),
        Figure("told", Spread(7.0, 7.0, 7.0, 1), "/s", digits=0),
    ]
    good, bad, told = table(figures).splitlines()[2:]
    assert "< 1.50" in good
    assert "reached" in good
    assert "60 ms" in bad
    assert "MISSED" in bad
    assert "<" not in told
    assert [figure.reached for figure in figures] == [True, False, True]


def test_memory_and_processor_time_of_this_process() -> None:
    own = os.getpid()
    assert 0 < pss_mb(own) <= rss_mb(own) * 1.5
    assert cpu_s(own) > 0
    assert queued_ns() >= 0


def test_descendants_are_found() -> None:
    waits_for_us = [sys.executable, "-c", "input()"]
    with subprocess.Popen(waits_for_us, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        assert child.pid in set(descendants(os.getpid()))


def test_probes_take_turns_and_know_their_screen() -> None:
    kinds = [probe.kind for probe in probes(6)]
    assert kinds == ["note", "reject", "language"] * 2
    notes = [probe.event for probe in probes(9) if probe.kind == "note"]
    assert [note.value_fen for note in notes if isinstance(note, NoteStacked)] == [
        *islice(NOTE_VALUES_FEN, 3)
    ]


def test_a_good_day_is_whole_purchases(tmp_path: Path) -> None:
    day = GoodDay(tmp_path)
    day.purchase()
    day.purchase()
    kinds = [type(event).__name__ for event, _ in day.journal.appended]
    day.close()
    assert kinds.count("NoteStacked") == 6
    assert kinds.count("SlipPrinted") == 2
    assert kinds.count("CardProved") == 2


def test_purchase_against_its_appends(tmp_path: Path) -> None:
    figures = purchase.measure(tmp_path, 3)
    assert_sane(figures)
    assert figures[0].below == 1.5


def test_head_office_against_bare_rows(tmp_path: Path) -> None:
    assert_sane(office.measure(tmp_path, 1, 20))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_programs_are_started_weighed_and_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (start, pixels, idle):
        monkeypatch.setattr(module, "SETTLE_S", 0.1)
    with Stand(tmp_path, Site(timing=QUICK_NOTES, printing=QUICK_PAPER)) as stand:
        assert_sane(start.measure(stand, 1))
        shares = idle.measure(stand, 1, 0.5)
        assert_sane(pixels.measure(stand, 6))  # last: it leaves a purchase unfinished
    assert [share.unit for share in shares] == ["%"] * 3
    assert all(0 <= share.value.median <= 200 for share in shares)


def test_unknown_part_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nonsense"]) == 2
    assert "nonsense" in capsys.readouterr().err


def assert_sane(figures: Sequence[Figure]) -> None:
    assert figures
    for figure in figures:
        assert 0 < figure.value.low <= figure.value.median <= figure.value.high, figure
