"""What the card tests share: a host that talks to a card with the head office's key service."""

from bench.card import Chip
from bench.issue_card import CardIssue, issue
from center.keys.port import CardIdentity
from center.keys.soft import TEST_KEYS, SoftKeyService
from vending.card import SealAnswer, SealRequest, SealStage, WalletUnit
from vending.messages import Vend
from vending.tariff import Quote

SERIAL = bytes.fromhex("1A00C40099000909")
METER_NO = "001900450099"
CUSTOMER_NO = "330100200099"
ORDER_NO = "1100012601010000019"
PLAIN = CardIssue(
    serial=SERIAL,
    meter_no=METER_NO,
    customer_no=CUSTOMER_NO,
    wallet_unit=WalletUnit.ENERGY,
    purchase_count=7,
    wallet_amount=18_410,
    meter_remaining=2_365,
)
IDENTITY = CardIdentity(serial=SERIAL.hex(), meter_no=METER_NO, customer_no=CUSTOMER_NO)
KEYS = SoftKeyService(TEST_KEYS, allow_test_keys=True)


def new_card(wanted: CardIssue = PLAIN) -> Chip:
    return issue(wanted)


def vend(purchase_count: int = 8, wallet_amount: int = 9_205) -> Vend:
    nothing = Quote(
        paid_fen=0,
        balance_before_fen=0,
        arrears_fen=0,
        energy_fen=0,
        energy_wh=0,
        balance_after_fen=0,
        lines=(),
    )
    return Vend(
        order_no=ORDER_NO,
        purchase_count=purchase_count,
        wallet_unit=WalletUnit.ENERGY,
        wallet_amount=wallet_amount,
        quote=nothing,
        sold_at_ms=0,
    )


def request(stage: SealStage, challenge: bytes, *commands: bytes) -> SealRequest:
    return SealRequest(
        order_no=ORDER_NO,
        serial=SERIAL.hex(),
        meter_no=METER_NO,
        stage=stage,
        challenge=challenge.hex(),
        commands=tuple(command.hex() for command in commands),
    )


def wallet_write(of: Vend) -> bytes:
    parts = (of.wallet_amount, of.purchase_count)
    return bytes.fromhex("04D682000C") + b"".join(part.to_bytes(4, "big") for part in parts)


RETURN_CLEAR = bytes.fromhex("04D6850035") + bytes(49)


def send(card: Chip, command: str) -> bytes:
    """Return data and status word of a command in hexadecimal."""
    return card.transmit(bytes.fromhex(command))


def data_of(card: Chip, command: str) -> bytes:
    answer = send(card, command)
    assert answer[-2:] == b"\x90\x00", (command, answer.hex())
    return answer[:-2]


def select_application(card: Chip) -> None:
    data_of(card, "00A40000023F00")
    data_of(card, "00A4000002DF01")


def authenticate(card: Chip) -> SealAnswer:
    """Prove card and head office to each other, as the kiosk's adapter does."""
    challenge = data_of(card, "0084000008")
    answer = KEYS.authenticate(request(SealStage.AUTHENTICATE, challenge))
    assert send(card, "0088000108" + answer.host_challenge) == b"\x61\x08"
    assert data_of(card, "00C0000008").hex() == answer.expected_response
    data_of(card, "0082000208" + answer.host_cryptogram)
    return answer


def sealed(card: Chip, of: Vend, *commands: bytes) -> list[bytes]:
    """Return the commands with the MACs of the card's present challenge."""
    challenge = data_of(card, "0084000004")
    answer = KEYS.seal(request(SealStage.SEAL, challenge, *commands), of, IDENTITY)
    return [
        command + bytes.fromhex(code) for command, code in zip(commands, answer.macs, strict=True)
    ]


def write_vend(card: Chip, of: Vend) -> None:
    """Clear the return file, then write the wallet. Raises what the card raises."""
    card.reset()
    select_application(card)
    authenticate(card)
    for command in sealed(card, of, RETURN_CLEAR, wallet_write(of)):
        assert card.transmit(command) == b"\x90\x00"
