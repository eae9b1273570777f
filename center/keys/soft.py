"""The key service in software: for pilots, tests and demos. Keys come from the configuration.

A program that holds master keys in memory is weaker than a module that never shows them. At least
it refuses to run with keys that everybody can read in this file, unless told that this is a test.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields

from center.keys import crypto
from center.keys.commands import checked
from center.keys.port import CardIdentity, KeysRefused, Refusal
from vending.card import SealAnswer, SealRequest, SealStage
from vending.messages import Vend

_SERIAL_BYTES = 8
_AUTHENTICATE_CHALLENGE_BYTES = 8
_SEAL_CHALLENGE_BYTES = 4
_PARITY_MASK = 0xFE  # DES ignores the lowest bit of each key byte


@dataclass(frozen=True)
class MasterKeys:
    """Three 16-byte master keys; each card's own keys are derived from them by its serial."""

    internal: bytes = field(repr=False)
    """The card proves itself with it (internal authentication)."""
    external: bytes = field(repr=False)
    """We prove ourselves to the card with it (external authentication)."""
    mac: bytes = field(repr=False)
    """Protects what is written (line protection)."""


TEST_KEYS = MasterKeys(
    internal=bytes.fromhex("404142434445464748494A4B4C4D4E4F"),
    external=bytes.fromhex("505152535455565758595A5B5C5D5E5F"),
    mac=bytes.fromhex("606162636465666768696A6B6C6D6E6F"),
)
"""Published: worth nothing, except to the cards of the bench."""


def master_keys(table: Mapping[str, object]) -> MasterKeys:
    """Return the keys in a configuration table: ``internal``, ``external``, ``mac``, 32 hexadecimal
    digits each.

    Raises ValueError that names the bad entry and never shows its value.
    """
    names = [each.name for each in fields(MasterKeys)]
    unknown = sorted(set(table) - set(names))
    if unknown:
        raise ValueError(f"unknown master key {unknown[0]!r}; known: {', '.join(names)}")
    return MasterKeys(**{name: _key(name, table.get(name)) for name in names})


def _key(name: str, value: object) -> bytes:
    try:
        key = bytes.fromhex(value) if isinstance(value, str) else b""
    except ValueError:
        key = b""
    if len(key) != crypto.KEY_BYTES:
        raise ValueError(f"master key {name!r} must be {2 * crypto.KEY_BYTES} hexadecimal digits")
    return key


class SoftKeyService:
    """A `center.keys.port.KeyService`. Safe from every thread: it has no changing state."""

    def __init__(
        self,
        keys: MasterKeys,
        *,
        allow_test_keys: bool = False,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        """Raises ValueError for weak keys, and for published ones unless ``allow_test_keys``."""
        _check_strength(keys)
        if not allow_test_keys:
            _check_unpublished(keys)
        self._keys = keys
        self._random_bytes = random_bytes

    def authenticate(self, request: SealRequest) -> SealAnswer:
        """See `KeyService.authenticate`."""
        serial = _serial(request, SealStage.AUTHENTICATE)
        challenge = _challenge(request, _AUTHENTICATE_CHALLENGE_BYTES)
        ours = self._random_bytes(crypto.BLOCK_BYTES)
        internal = crypto.diversify(self._keys.internal, serial)
        external = crypto.diversify(self._keys.external, serial)
        return SealAnswer(
            stage=SealStage.AUTHENTICATE,
            host_challenge=ours.hex(),
            expected_response=crypto.encrypt(internal, ours).hex(),
            host_cryptogram=crypto.encrypt(external, challenge).hex(),
        )

    def seal(self, request: SealRequest, vend: Vend, card: CardIdentity) -> SealAnswer:
        """See `KeyService.seal`."""
        serial = _serial(request, SealStage.SEAL)
        start = _challenge(request, _SEAL_CHALLENGE_BYTES).ljust(crypto.BLOCK_BYTES, b"\0")
        _check_belongs(request, vend, card)
        messages = checked(request.commands, vend, card)
        key = crypto.diversify(self._keys.mac, serial)
        macs = tuple(crypto.mac(key, start, message).hex() for message in messages)
        return SealAnswer(stage=SealStage.SEAL, macs=macs)


def _serial(request: SealRequest, stage: SealStage) -> bytes:
    if request.stage is not stage:
        raise KeysRefused(Refusal.WRONG_STAGE)
    return _hex(request.serial, _SERIAL_BYTES, Refusal.BAD_SERIAL)


def _challenge(request: SealRequest, length: int) -> bytes:
    return _hex(request.challenge, length, Refusal.BAD_CHALLENGE)


def _hex(text: str, length: int, refusal: Refusal) -> bytes:
    try:
        value = bytes.fromhex(text)
    except ValueError:
        raise KeysRefused(refusal) from None
    if len(value) != length:
        raise KeysRefused(refusal)
    return value


def _check_belongs(request: SealRequest, vend: Vend, card: CardIdentity) -> None:
    if request.order_no != vend.order_no:
        raise KeysRefused(Refusal.WRONG_ORDER)
    if (request.serial.lower(), request.meter_no) != (card.serial.lower(), card.meter_no):
        raise KeysRefused(Refusal.WRONG_CARD)


def _effective(key: bytes) -> bytes:
    return bytes(byte & _PARITY_MASK for byte in key)


def _check_strength(keys: MasterKeys) -> None:
    ours = {each.name: _effective(getattr(keys, each.name)) for each in fields(keys)}
    for name, key in ours.items():
        if key[: crypto.BLOCK_BYTES] == key[crypto.BLOCK_BYTES :]:
            raise ValueError(f"master key {name!r} has two equal halves: that is single DES")
    if len(set(ours.values())) != len(ours):
        raise ValueError("the three master keys must differ from each other")


def _check_unpublished(keys: MasterKeys) -> None:
    published = {_effective(getattr(TEST_KEYS, each.name)) for each in fields(keys)}
    for each in fields(keys):
        if _effective(getattr(keys, each.name)) in published:
            raise ValueError(f"master key {each.name!r} is a published test key")
