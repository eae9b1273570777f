from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.center.api.stand import Stand, running


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    with running(tmp_path) as stand:
        yield stand


@pytest.fixture(scope="module")
def shared_stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """One head office for all tests of a module that leave it as it was."""
    with running(tmp_path_factory.mktemp("center")) as stand:
        yield stand
