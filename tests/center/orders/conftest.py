"""The office that most tests of the desk use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.center.orders.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Every test ends with books that add up."""
    made = Office(tmp_path)
    yield made
    assert made.violations() == []
    made.close()
