"""A prepaid meter: what its firmware does with a user card, and what it shows.

The judge of "did the resident get what was paid for, once": it imports nothing of the kiosk and
nothing of the head office, and talks to a card in APDUs with the keys of its own secure element.
Rules and error numbers: two published meter firmwares agree on them (user card handling).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from bench.card import Chip
from bench.card_crypto import CardKeys, IssuerKeys, encipher, message_code
from bench.card_files import (
    PARAMETER_BYTES,
    RETURN_BYTES,
    WALLET_BYTES,
    BadFrame,
    BadKind,
    Parameters,
    Returned,
    is_return_empty,
    parse_parameters,
    parse_wallet,
    return_file,
)
from bench.card_memory import PowerLost
from vending.card import CardKind, WalletUnit
from vending.energy import WH_PER_WALLET_UNIT
from vending.tariff import HAO_WH_PER_FEN, Tariff, TariffStep

CREDIT_LIMIT = 99_999_999
"""The most a meter's register can hold (999,999.99)."""

_ATR_HEAD = bytes.fromhex("3B6D000057")
_ATR_BYTES = 17
_SERIAL = slice(5, 13)
_ONE_PRICE = Tariff("one price", (TariffStep(None, 5_380),))
_LARGEST_BCD = 99_999_999


class MeterError(Enum):
    """What a meter refuses a card for: number on the display, detail, and words for both."""

    ATR = ("Err-32", 4, "卡片插反或不是电卡", "card reversed or not a meter card")
    EXTERNAL_AUTHENTICATION = ("Err-32", 6, "外部认证错误", "external authentication failed")
    NOT_ISSUED = ("Err-32", 7, "卡片未发行", "card not issued")
    KIND = ("Err-32", 8, "卡类型错误", "card type wrong")
    MAC = ("Err-32", 10, "MAC 校验错误", "message code wrong")
    METER_NO = ("Err-33", 11, "表号不符", "card of another meter")
    CUSTOMER_NO = ("Err-33", 12, "户号不符", "card of another customer")
    SERIAL = ("Err-33", 13, "不是本表当前使用的卡", "not the card in use with this meter")
    FRAME = ("Err-34", 14, "卡内数据错误", "data on the card damaged")
    PURCHASE_UNOPENED = ("Err-34", 15, "电表未开户", "meter not opened yet")
    REPLACEMENT_UNOPENED = ("Err-34", 16, "电表未开户", "meter not opened yet")
    COUNT = ("Err-34", 17, "购电次数错误", "purchase count wrong")
    NOT_CLEARED = ("Err-34", 18, "返写文件未清空", "return file not cleared")
    COMMUNICATION = ("Err-35", 19, "卡片通讯错误", "card does not answer properly")
    PULLED = ("Err-35", 20, "提前拔卡", "card pulled too early")
    LIMIT = ("Err-36", 21, "超囤积限额", "more credit than the meter may hold")

    def __init__(self, shown: str, detail: int, text_zh: str, text_en: str) -> None:
        self.shown = shown
        self.detail = detail
        self.text_zh = text_zh
        self.text_en = text_en


@dataclass(frozen=True)
class Credit:
    """One purchase that the meter took, in its wallet unit."""

    purchase_count: int
    amount: int
    card_serial: bytes


@dataclass(frozen=True)
class PlugResult:
    """What putting a card into the meter came to, and the display's text in both languages."""

    error: MeterError | None
    credited: Credit | None
    return_written: bool
    display_zh: str
    display_en: str


@dataclass
class MeterState:
    """What the meter's secure element and registers hold. Amounts in the wallet's unit."""

    meter_no: str
    wallet_unit: WalletUnit
    customer_no: str = ""
    card_serial: bytes = b""
    """The user card in use; empty: none yet."""
    opened: bool = False
    purchase_count: int = 0
    remaining: int = 0
    """Negative: overdraft."""
    overstock_limit: int = CREDIT_LIMIT
    tariff: Tariff = _ONE_PRICE
    """Only a meter that counts money needs prices."""
    used_wh: int = 0
    used_this_year_wh: int = 0
    illegal_insertions: int = 0
    credits: list[Credit] = field(default_factory=list)


class _Refused(Exception):
    def __init__(self, error: MeterError) -> None:
        super().__init__(error.name)
        self.error = error


class Meter:
    """One meter. ``clock`` gives the time as ``yymmddhhmm``, by the meter's own idea of it."""

    def __init__(
        self, state: MeterState, keys: IssuerKeys, clock: Callable[[], str] = lambda: "2601010000"
    ) -> None:
        self.state = state
        self._keys = keys
        self._clock = clock
        self._owed_to_register = 0

    def plug(self, card: Chip) -> PlugResult:
        """Put a card in, wait for the display, take it out."""
        before, written = len(self.state.credits), False
        error: MeterError | None = None
        try:
            error = self._serve(_contact(card, self._keys))
            written = error not in _WITHOUT_RETURN
        except _Refused as refused:
            error = refused.error
            self.state.illegal_insertions += 1
        except PowerLost:
            error = MeterError.PULLED
        finally:
            card.power_off()
        credited = self.state.credits[-1] if len(self.state.credits) > before else None
        return PlugResult(error, credited, written, *self._display(error))

    def consume(self, energy_wh: int) -> None:
        """Use energy. The credit falls by whole wallet units; fractions are carried, not lost."""
        owed, unit = self._cost(energy_wh)
        self.state.used_wh += energy_wh
        self.state.used_this_year_wh += energy_wh
        units, self._owed_to_register = divmod(self._owed_to_register + owed, unit)
        self.state.remaining -= units

    def begin_year(self) -> None:
        """The tariff year turns: yearly accumulation starts again."""
        self.state.used_this_year_wh = 0

    def _cost(self, energy_wh: int) -> tuple[int, int]:
        """Return the cost in a fine unit, and how many of those make one wallet unit."""
        if self.state.wallet_unit is WalletUnit.ENERGY:
            return energy_wh, WH_PER_WALLET_UNIT
        used_wh = self.state.used_this_year_wh
        cost = _year_cost(self.state.tariff, used_wh + energy_wh)
        return cost - _year_cost(self.state.tariff, used_wh), HAO_WH_PER_FEN

    def _serve(self, contact: "_Contact") -> MeterError | None:
        """Judge, credit, write the return file. Returns what the display says about the count."""
        parameters = self._judged(contact)
        amount, count = contact.wallet()
        empty = is_return_empty(contact.read(0x85, RETURN_BYTES))
        error = self._count_error(count, empty)
        if parameters.kind is CardKind.OPENING and count > 1:
            raise _Refused(MeterError.COUNT)
        if error is None and count == self.state.purchase_count + 1:
            if self.state.remaining + amount > min(self.state.overstock_limit, CREDIT_LIMIT):
                return MeterError.LIMIT  # the card stays as it is, so that it can be taken later
            self._credit(parameters, contact.serial, amount, count)
        elif error is None:
            self._adopt(parameters, contact.serial)
        contact.write(0x85, self._return_file(parameters))
        return error

    def _judged(self, contact: "_Contact") -> Parameters:
        try:
            parameters = parse_parameters(contact.read(0x81, PARAMETER_BYTES))
        except BadFrame:
            raise _Refused(MeterError.FRAME) from None
        except BadKind:
            raise _Refused(MeterError.KIND) from None
        error = self._identity_error(parameters, contact.serial)
        if error is not None:
            raise _Refused(error)
        return parameters

    def _identity_error(self, parameters: Parameters, serial: bytes) -> MeterError | None:
        state, kind = self.state, parameters.kind
        if parameters.wallet_unit is not state.wallet_unit:
            return MeterError.KIND
        if parameters.meter_no != state.meter_no:
            return MeterError.METER_NO
        if not state.opened:
            return _UNOPENED.get(kind)
        if parameters.customer_no != state.customer_no:
            return MeterError.CUSTOMER_NO
        if kind is CardKind.PURCHASE and serial != state.card_serial:
            return MeterError.SERIAL
        return None

    def _count_error(self, count: int, empty: bool) -> MeterError | None:
        ahead = count - self.state.purchase_count
        if ahead >= 2:
            return MeterError.COUNT
        return MeterError.NOT_CLEARED if ahead == 1 and not empty else None

    def _credit(self, parameters: Parameters, serial: bytes, amount: int, count: int) -> None:
        self.state.remaining += amount
        self.state.purchase_count = count
        self.state.credits.append(Credit(count, amount, serial))
        self._adopt(parameters, serial)

    def _adopt(self, parameters: Parameters, serial: bytes) -> None:
        """An opening or replacement card makes itself the card in use."""
        if parameters.kind is not CardKind.PURCHASE:
            self.state.opened = True
            self.state.customer_no = parameters.customer_no
            self.state.card_serial = serial

    def _return_file(self, parameters: Parameters) -> bytes:
        state = self.state
        return return_file(
            Returned(
                meter_no=state.meter_no,
                customer_no=parameters.customer_no,
                purchase_count=state.purchase_count,
                remaining=max(0, state.remaining),
                overdraft=min(_LARGEST_BCD, max(0, -state.remaining)),
                illegal_insertions=state.illegal_insertions,
                written_at=self._clock(),
                ct_ratio=parameters.ct_ratio,
                pt_ratio=parameters.pt_ratio,
            )
        )

    def _display(self, error: MeterError | None) -> tuple[str, str]:
        if error is not None:
            number = f"{error.shown} ({error.detail:02d})"
            return f"{number} {error.text_zh}", f"{number} {error.text_en}"
        whole, hundredths = divmod(abs(self.state.remaining), 100)
        left = f"{'-' if self.state.remaining < 0 else ''}{whole}.{hundredths:02d}"
        if self.state.wallet_unit is WalletUnit.ENERGY:
            return f"读卡成功 剩余电量 {left} kWh", f"card read, {left} kWh left"
        return f"读卡成功 剩余金额 {left} 元", f"card read, {left} yuan left"


_UNOPENED = {
    CardKind.PURCHASE: MeterError.PURCHASE_UNOPENED,
    CardKind.REPLACEMENT: MeterError.REPLACEMENT_UNOPENED,
}
_WITHOUT_RETURN = {MeterError.LIMIT}


def _year_cost(tariff: Tariff, used_wh: int) -> int:
    """Return what ``used_wh`` from the beginning of the year cost, in hao x Wh / kWh."""
    cost, from_wh = 0, 0
    for step in tariff.steps:
        until_wh = used_wh if step.until_wh is None else min(used_wh, step.until_wh)
        cost += max(0, until_wh - from_wh) * step.price_hao_per_kwh
        from_wh = max(from_wh, until_wh)
    return cost


class _Contact:
    """The meter's side of the contacts: commands, and what a wrong answer means to the firmware."""

    def __init__(self, card: Chip, serial: bytes, keys: CardKeys) -> None:
        self._card = card
        self.serial = serial
        self._keys = keys

    def open(self) -> None:
        """Find the application and authenticate."""
        self._expect("00A40000023F00", MeterError.COMMUNICATION)
        self._expect("00B0990108", MeterError.NOT_ISSUED)
        self._expect("00A4000002DF01", MeterError.NOT_ISSUED)
        challenge = self._expect("0084000008", MeterError.COMMUNICATION)
        answer = encipher(self._keys.external, challenge)
        self._expect("0082000208" + answer.hex(), MeterError.EXTERNAL_AUTHENTICATION)

    def read(self, sfi: int, length: int) -> bytes:
        """Return the first ``length`` bytes of a file."""
        return self._send(bytes([0x00, 0xB0, sfi, 0, length]), MeterError.COMMUNICATION)

    def wallet(self) -> tuple[int, int]:
        """Return amount and purchase count."""
        return parse_wallet(self.read(0x82, WALLET_BYTES))

    def write(self, sfi: int, data: bytes) -> None:
        """Write a whole file under a MAC."""
        challenge = self._expect("0084000004", MeterError.COMMUNICATION)
        message = bytes([0x04, 0xD6, sfi, 0, len(data) + 4]) + data
        code = message_code(self._keys.mac, challenge + bytes(4), message)
        self._send(message + code, MeterError.MAC)

    def _expect(self, command: str, otherwise: MeterError) -> bytes:
        return self._send(bytes.fromhex(command), otherwise)

    def _send(self, command: bytes, otherwise: MeterError) -> bytes:
        answer = self._card.transmit(command)
        if answer[-2:] != b"\x90\x00":
            raise _Refused(otherwise)
        return answer[:-2]


def _contact(card: Chip, issuer: IssuerKeys) -> _Contact:
    """Power the card up and open it. Raises _Refused and PowerLost."""
    atr = card.reset()
    if len(atr) != _ATR_BYTES or not atr.startswith(_ATR_HEAD):
        raise _Refused(MeterError.ATR)
    serial = atr[_SERIAL]
    contact = _Contact(card, serial, issuer.for_card(serial))
    contact.open()
    return contact
