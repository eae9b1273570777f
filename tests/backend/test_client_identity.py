import os
import stat
import threading
from pathlib import Path

import pytest

from kiosk.backend.identity import Identity, IdentityError, load, load_or_create
from vending import seal


def test_a_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "var" / "terminal.key"
    made = load_or_create(path, "310001")
    assert load_or_create(path, "310001") == load(path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["terminal.key"]


def test_what_it_signs_fits_its_public_key(tmp_path: Path) -> None:
    identity = load_or_create(tmp_path / "key", "310001")
    signature = identity.sign(b"text")
    public_key = bytes.fromhex(identity.public_key())
    assert seal.is_signed(public_key, b"text", signature)
    assert not seal.is_signed(public_key, b"texts", signature)


def test_the_key_is_in_no_repr() -> None:
    assert "11" * 32 not in repr(Identity(terminal_no="310001", private_key="11" * 32))


def test_many_at_once_agree_on_one_key(tmp_path: Path) -> None:
    path, found = tmp_path / "key", set[str]()
    barrier = threading.Barrier(8)

    def make() -> None:
        barrier.wait(10)
        found.add(load_or_create(path, "310001").private_key)

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert found == {load(path).private_key}


def test_a_key_of_another_terminal_is_refused(tmp_path: Path) -> None:
    load_or_create(tmp_path / "key", "310001")
    with pytest.raises(IdentityError, match="belongs to terminal 310001"):
        load_or_create(tmp_path / "key", "310002")


def test_a_missing_key_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(IdentityError, match="register this terminal first"):
        load(tmp_path / "key")


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    load_or_create(path, "310001")
    os.chmod(path, 0o640)  # noqa: PTH101
    with pytest.raises(IdentityError, match="chmod 600"):
        load(path)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"terminal_no":"310001","private_key":"00"}', b"\xff" * 100]
)
def test_a_damaged_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(IdentityError):
        load(path)
