"""The files of a State Grid user card, as the meter's firmware reads and writes them.

Byte positions: Q/GDW 365-2009 and 1365-2013 as published meter firmware implements them. Written
apart from the kiosk's card layouts on purpose: the meter on the bench is their judge.
"""

from dataclasses import dataclass

from vending.card import CardKind, WalletUnit

PUBLIC_INFO_BYTES = 39
PARAMETER_BYTES = 45
WALLET_BYTES = 8
TARIFF_BYTES = 258
RETURN_BYTES = 49

KIND_BYTES = {CardKind.OPENING: 1, CardKind.PURCHASE: 2, CardKind.REPLACEMENT: 3}
UNIT_MARKS = {WalletUnit.MONEY: 0x00, WalletUnit.ENERGY: 0x01}
"""First reserved byte of the parameter file; what the kiosk's layouts call its variant."""

_PARAMETER_COMMAND = 0x01
_RETURN_COMMAND = 0x11
_STEP_TARIFF_USER = 3
_CT_RATIO = bytes.fromhex("000001")
_PT_RATIO = bytes.fromhex("000001")
_ALARM_1 = bytes.fromhex("00001000")
_ALARM_2 = bytes.fromhex("00000500")


@dataclass(frozen=True)
class Parameters:
    """What a meter takes from a parameter file."""

    meter_no: str
    customer_no: str
    kind: CardKind
    wallet_unit: WalletUnit
    ct_ratio: bytes = _CT_RATIO
    pt_ratio: bytes = _PT_RATIO


@dataclass(frozen=True)
class Returned:
    """What a meter writes into a return file. Amounts in the wallet's unit."""

    meter_no: str
    customer_no: str
    purchase_count: int
    remaining: int
    overdraft: int = 0
    illegal_insertions: int = 0
    written_at: str = "2601010000"
    ct_ratio: bytes = _CT_RATIO
    pt_ratio: bytes = _PT_RATIO


class BadFrame(ValueError):
    """A file's frame, checksum or length is wrong."""


class BadKind(ValueError):
    """The parameter file's card type, or what its wallet counts, is not known."""


def framed(command: int, body: bytes) -> bytes:
    """Return ``68 CMD LENhi LENlo body CS 16``."""
    counted = bytes([command]) + len(body).to_bytes(2, "big") + body
    return b"\x68" + counted + bytes([sum(counted) % 256, 0x16])


def unframed(command: int, file: bytes) -> bytes:
    """Return the body of a framed file. Raises BadFrame."""
    body = file[4:-2]
    if len(file) < 6 or framed(command, body) != file:
        raise BadFrame(f"frame of file {command:02x}")
    return body


def parameter_file(parameters: Parameters) -> bytes:
    """Return the 45 bytes of a parameter file that orders no change of the meter's settings."""
    return framed(
        _PARAMETER_COMMAND,
        bytes([_STEP_TARIFF_USER, 0])
        + bytes([UNIT_MARKS[parameters.wallet_unit], 0, 0, 0])
        + bytes(5)  # no tariff switch time
        + bytes([1])  # one rate
        + _ALARM_1
        + _ALARM_2
        + parameters.ct_ratio
        + parameters.pt_ratio
        + bytes.fromhex(parameters.meter_no)
        + bytes.fromhex(parameters.customer_no)
        + bytes([KIND_BYTES[parameters.kind]]),
    )


def parse_parameters(file: bytes) -> Parameters:
    """Read a parameter file as the meter does. Raises BadFrame and BadKind."""
    unframed(_PARAMETER_COMMAND, file)
    kinds = {value: kind for kind, value in KIND_BYTES.items()}
    units = {value: unit for unit, value in UNIT_MARKS.items()}
    if file[42] not in kinds or file[6] not in units:
        raise BadKind("card type")
    return Parameters(
        meter_no=file[30:36].hex(),
        customer_no=file[36:42].hex(),
        kind=kinds[file[42]],
        wallet_unit=units[file[6]],
        ct_ratio=file[24:27],
        pt_ratio=file[27:30],
    )


def wallet_file(amount: int, purchase_count: int) -> bytes:
    """Return the 8 bytes of a wallet file."""
    return amount.to_bytes(4, "big") + purchase_count.to_bytes(4, "big")


def parse_wallet(file: bytes) -> tuple[int, int]:
    """Return amount and purchase count. Raises BadFrame for a file of another length."""
    if len(file) != WALLET_BYTES:
        raise BadFrame("wallet")
    return int.from_bytes(file[:4], "big"), int.from_bytes(file[4:], "big")


def return_file(returned: Returned) -> bytes:
    """Return the 49 bytes that a meter leaves on the card."""
    return framed(
        _RETURN_COMMAND,
        bytes([_STEP_TARIFF_USER])
        + returned.ct_ratio
        + returned.pt_ratio
        + bytes.fromhex(returned.meter_no)
        + bytes.fromhex(returned.customer_no)
        + returned.remaining.to_bytes(4, "big")
        + returned.purchase_count.to_bytes(4, "big")
        + bytes.fromhex(f"{returned.overdraft:08d}")
        + bytes(3)  # key information
        + returned.illegal_insertions.to_bytes(4, "big")
        + bytes.fromhex(returned.written_at),
    )


def parse_return(file: bytes) -> Returned:
    """Read a return file. Raises BadFrame."""
    unframed(_RETURN_COMMAND, file)
    return Returned(
        meter_no=file[11:17].hex(),
        customer_no=file[17:23].hex(),
        purchase_count=int.from_bytes(file[27:31], "big"),
        remaining=int.from_bytes(file[23:27], "big"),
        overdraft=int(file[31:35].hex()),
        illegal_insertions=int.from_bytes(file[38:42], "big"),
        written_at=file[42:47].hex(),
        ct_ratio=file[5:8],
        pt_ratio=file[8:11],
    )


def is_return_empty(file: bytes) -> bool:
    """Tell whether a meter takes the return file for empty: no frame, no transformer ratio."""
    return file[0] != 0x68 and not any(file[5:8])
