from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backend.process import OfficeProcess
from tests.center.api.stand import Stand, running


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    with running(tmp_path) as stand:
        yield stand


@pytest.fixture
def office(tmp_path: Path) -> Iterator[OfficeProcess]:
    office = OfficeProcess(tmp_path)
    try:
        yield office
    finally:
        office.close()
