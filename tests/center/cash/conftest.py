"""An office, a till whose box it looks after, and a vault that counts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from center.cash.vault import Vault
from tests.center.cash.till import Till
from tests.center.orders.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Every test ends with books that add up."""
    made = Office(tmp_path)
    yield made
    assert made.violations() == []
    made.close()


@pytest.fixture
def till(office: Office) -> Till:
    return Till(office.desk, now=lambda: office.now_ms)


@pytest.fixture
def vault(office: Office) -> Vault:
    return Vault(office.store, lambda: office.now_ms)
