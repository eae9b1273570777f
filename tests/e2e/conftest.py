"""A whole site on this machine: head office, line, bench devices."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.acceptor.mechanism import FAST as FAST_NOTES
from bench.printer.device import FAST as FAST_PAPER
from bench.stand import Site, Stand


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A stand with quick mechanics and no kiosk yet."""
    folder: Path = tmp_path_factory.mktemp("site")
    with Stand(folder, Site(timing=FAST_NOTES, printing=FAST_PAPER)) as site:
        yield site
