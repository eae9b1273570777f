"""A sample of the sweep that kills the kiosk at every moment (`python -m bench kills`).

And the judge is judged: a kiosk that comes back without its last entries is found out.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.kills.moment import SIDES, Kind, parse
from bench.kills.outcome import Ending
from bench.kills.resident import Way
from bench.kills.site import KillSite
from bench.stand import Kiosk

pytestmark = pytest.mark.slow

SAMPLE = [
    ("append:NoteStacked.1:before", Way.STAYS, Ending.BY_ITSELF),
    ("append:NoteEscrowed.1:before", Way.TAKEN, Ending.UNPAID),
    ("append:NoteEscrowed.1:after", Way.STAYS, Ending.BY_ITSELF),
    ("append:VendApproved.1:after", Way.TAKEN, Ending.CARD_AGAIN),
    ("acceptor:STACK.2:power", Way.STAYS, Ending.BY_ITSELF),
    ("card:UPDATE.1:power", Way.STAYS, Ending.BY_ITSELF),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KillSite]:
    with KillSite(tmp_path_factory.mktemp("kills")) as site:
        yield site
        assert site.closing_faults() == []


@pytest.mark.parametrize(("address", "way", "ending"), SAMPLE)
def test_killed_at(site: KillSite, address: str, way: Way, ending: Ending) -> None:
    outcome = site.kill_at(parse(address), way)
    assert outcome.violations == ()
    assert outcome.ending is ending
    assert (outcome.completing_s is None) == (ending is Ending.UNPAID)


def test_every_kind_of_moment_is_counted(site: KillSite) -> None:
    moments = site.moments()
    assert len(set(moments)) == len(moments)
    assert {(moment.kind, moment.side) for moment in moments} == {
        (kind, side) for kind in Kind for side in SIDES[kind]
    }
    assert {parse(address) for address, _, _ in SAMPLE} <= set(moments)
    assert "append:NoteStacked.2:after" in map(str, moments)
    assert "append:NoteStacked.3:after" not in map(str, moments)


class Forgetful(KillSite):
    """A site whose disk, after a kill, is as it was when the kiosk was ready for the customer."""

    saved: Path | None = None

    def kiosk(self) -> Kiosk:
        running = self.stand.kiosk is not None and self.stand.kiosk.alive
        if self.saved and not running:
            shutil.rmtree(self.stand.storage)
            self.saved.rename(self.stand.storage)
            self.saved = None
        return super().kiosk()

    def save(self, folder: Path) -> None:
        super().kiosk().wait("idle")
        assert self.stand.kiosk
        self.stand.kiosk.stop()
        self.saved = Path(shutil.copytree(self.stand.storage, folder / "saved"))
        super().kiosk()


def test_a_kiosk_that_forgets_is_found_out(tmp_path: Path) -> None:
    with Forgetful(tmp_path / "site", settle_s=1.0) as site:
        site.save(tmp_path)
        outcome = site.kill_at(parse("append:NoteStacked.1:after"), Way.STAYS)
    assert outcome.ending is Ending.FAILED
    assert any("paid, and credited 0 times" in why for why in outcome.violations)
