"""A sample of the sweep that kills the kiosk at every moment of a clearing (`make kills`)."""

from collections.abc import Iterator

import pytest

from bench.kills.clearing_site import ClearingSite
from bench.kills.moment import parse
from bench.kills.outcome import Ending

pytestmark = pytest.mark.slow

SAMPLE = [
    ("append:DeviceChanged.1:before", Ending.CLEARED),
    ("append:ClearingEnded.1:before", Ending.CLEARED),
    ("append:ClearingEnded.1:after", Ending.CLOSED_BEFORE),
    ("append:PeriodAnswered.1:before", Ending.CLOSED_BEFORE),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClearingSite]:
    with ClearingSite(tmp_path_factory.mktemp("clearings")) as site:
        yield site
        assert site.closing_faults() == []


@pytest.mark.parametrize(("address", "ending"), SAMPLE)
def test_killed_at(site: ClearingSite, address: str, ending: Ending) -> None:
    outcome = site.kill_at(parse(address))
    assert outcome.violations == ()
    assert outcome.ending is ending
