"""Checking an export: what a terminal signed is sound, anything else is told where it is not."""

import hashlib
import io
import zipfile
from collections.abc import Callable

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from vending import seal
from vending.export import MANIFEST, SIGNATURE, ExportUnsound, Manifest, check

SEED = b"\x11" * 32
KEY = Ed25519PrivateKey.from_private_bytes(SEED).public_key().public_bytes_raw()
FILES = {"journal.txt": b"1 CardInserted\n" * 50, "log/kiosk.log": b"{}\n"}


def key_of(terminal_no: str) -> bytes | None:
    return KEY if terminal_no == "310001" else None


def manifest_of(files: dict[str, bytes], terminal_no: str = "310001") -> bytes:
    sums = {name: hashlib.sha256(body).hexdigest() for name, body in files.items()}
    return msgspec.json.encode(Manifest(terminal_no=terminal_no, made_at_ms=1, files=sums))


def packed(files: dict[str, bytes]) -> io.BytesIO:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return io.BytesIO(stream.getvalue())


def signed(manifest: bytes, seed: bytes = SEED) -> dict[str, bytes]:
    return {MANIFEST: manifest, SIGNATURE: seal.sign(seed, manifest).encode()}


def test_what_a_terminal_signed_is_sound() -> None:
    manifest = check(packed(FILES | signed(manifest_of(FILES))), key_of)
    assert (manifest.terminal_no, set(manifest.files)) == ("310001", set(FILES))


WRONG: list[tuple[Callable[[], dict[str, bytes]], str]] = [
    (lambda: FILES | {"journal.txt": b"x"} | signed(manifest_of(FILES)), "journal.txt was changed"),
    (lambda: FILES | {"more.txt": b""} | signed(manifest_of(FILES)), "more.txt"),
    (lambda: signed(manifest_of(FILES)), "journal.txt, log/kiosk.log"),
    (lambda: FILES | signed(manifest_of(FILES), b"\x22" * 32), "not signed by terminal 310001"),
    (lambda: FILES | signed(manifest_of(FILES, "310002")), "terminal 310002 is not known"),
    (lambda: FILES | {MANIFEST: manifest_of(FILES)}, f"{SIGNATURE} is missing"),
    (lambda: FILES | {MANIFEST: manifest_of(FILES), SIGNATURE: b"\xff"}, "not signed"),
    (lambda: FILES, f"{MANIFEST} is missing"),
    (lambda: FILES | signed(b"[]"), f"{MANIFEST} makes no sense"),
    (lambda: FILES | signed(b" " * 2_000_000), f"{MANIFEST} is too large"),
]


@pytest.mark.parametrize(("files", "why"), WRONG)
def test_anything_else_is_told_where_it_is_not(
    files: Callable[[], dict[str, bytes]], why: str
) -> None:
    with pytest.raises(ExportUnsound, match=why):
        check(packed(files()), key_of)


def test_two_files_of_one_name_are_refused() -> None:
    stream = packed(FILES | signed(manifest_of(FILES)))
    with (
        pytest.warns(UserWarning, match="Duplicate name"),
        zipfile.ZipFile(stream, "a") as archive,
    ):
        archive.writestr("journal.txt", b"another")
    with pytest.raises(ExportUnsound, match="one name"):
        check(stream, key_of)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("is_whole", [True, False])
def test_another_way_of_packing_is_refused(method: int, is_whole: bool) -> None:
    """Damaged, it ends in errors that no zip file of ours can end in."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, body in (FILES | signed(manifest_of(FILES))).items():
            archive.writestr(name, body)
    whole = stream.getvalue()
    start = whole.index(MANIFEST.encode()) + len(MANIFEST)
    damaged = whole[:start] + b"\xff" * 20 + whole[start + 20 :]
    with pytest.raises(ExportUnsound, match="packed otherwise"):
        check(io.BytesIO(whole if is_whole else damaged), key_of)


@settings(max_examples=300)
@given(st.data())
def test_no_changed_byte_goes_unnoticed_in_what_is_read(data: st.DataObject) -> None:
    """Whatever is changed: it is refused, or all that was signed is still there as it was."""
    whole = packed(FILES | signed(manifest_of(FILES))).getvalue()
    place = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255))
    changed = io.BytesIO(whole[:place] + bytes([byte]) + whole[place + 1 :])
    try:
        manifest = check(changed, key_of)
    except ExportUnsound:
        return
    with zipfile.ZipFile(changed) as archive:
        assert {name: archive.read(name) for name in manifest.files} == FILES


@given(st.binary(max_size=400))
def test_rubbish_is_refused(content: bytes) -> None:
    with pytest.raises(ExportUnsound):
        check(io.BytesIO(content), key_of)
