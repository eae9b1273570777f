"""Seals: only for the open sale, only for its card."""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from center.keys.port import CardIdentity, KeysUnavailable
from center.orders.desk import Desk
from center.orders.port import OrderOfAnother
from center.utility.embedded import EmbeddedUtility
from tests.center.orders.office import (
    NOW_MS,
    OTHER_TERMINAL,
    TERMINAL,
    Office,
    confirmed,
    notes,
    opened,
    person,
    request,
)
from vending.card import SealAnswer, SealRequest, SealStage
from vending.messages import Reason, Sealed, SealRefused, Vend

WHO = person(1)


def vend(office: Office) -> Vend:
    order_no = office.order_no()
    answer = office.desk.vend(TERMINAL, request(order_no, WHO, notes(order_no, 10_000)))
    assert isinstance(answer, Vend)
    return answer


def asked(order_no: str, **changes: object) -> SealRequest:
    plain = SealRequest(
        order_no=order_no,
        serial=WHO.card_serial,
        meter_no=WHO.meter_no,
        stage=SealStage.AUTHENTICATE,
        challenge="00" * 8,
    )
    return replace(plain, **changes)


def wallet_write(order_no: str, amount: int, count: int) -> SealRequest:
    command = f"04D682000C{amount:08X}{count:08X}"
    return asked(order_no, stage=SealStage.SEAL, challenge="00" * 4, commands=(command,))


def test_seals_are_given_as_often_as_the_card_asks(office: Office) -> None:
    sold = vend(office)
    for _ in range(3):
        first = office.desk.seal(TERMINAL, asked(sold.order_no, serial=WHO.card_serial.lower()))
        assert isinstance(first, Sealed)
        write = wallet_write(sold.order_no, sold.wallet_amount, sold.purchase_count)
        second = office.desk.seal(TERMINAL, write)
        assert isinstance(second, Sealed)
        assert len(second.answer.macs) == 1
    assert office.alarms() == []


def test_what_the_sale_does_not_explain_is_not_sealed(office: Office) -> None:
    sold = vend(office)
    more = wallet_write(sold.order_no, sold.wallet_amount + 1, sold.purchase_count)
    assert office.desk.seal(TERMINAL, more) == SealRefused(Reason.SEAL_REFUSED)
    assert office.alarms() == ["seal-refused"]


@pytest.mark.parametrize("field", ["serial", "meter_no"])
def test_another_card_gets_no_seal(office: Office, field: str) -> None:
    sold = vend(office)
    other = {"serial": person(2).card_serial, "meter_no": person(2).meter_no}
    wrong = asked(sold.order_no, **{field: other[field]})
    assert office.desk.seal(TERMINAL, wrong) == SealRefused(Reason.SEAL_REFUSED)


def test_a_replaced_card_gets_no_seal(office: Office) -> None:
    """No meter would take the purchase from it, and its proof would end the order."""
    sold = vend(office)
    office.replace_card(WHO.card_serial, "A0000000000000B1", WHO.meter_no)
    refused = office.desk.seal(TERMINAL, asked(sold.order_no))
    assert refused == SealRefused(Reason.CARD_REPLACED)
    assert office.order(sold.order_no).seals == 0


def finish(office: Office, sold: Vend) -> None:
    office.report(confirmed(sold.order_no, sold.purchase_count))


def cancel(office: Office, sold: Vend) -> None:
    office.desk.cancel(TERMINAL, sold.order_no)


@pytest.mark.parametrize(
    ("end", "reason"), [(finish, Reason.ORDER_FINISHED), (cancel, Reason.ORDER_CANCELLED)]
)
def test_a_sale_that_is_over_gets_no_seal(
    office: Office, end: Callable[[Office, Vend], None], reason: Reason
) -> None:
    sold = vend(office)
    end(office, sold)
    assert office.desk.seal(TERMINAL, asked(sold.order_no)) == SealRefused(reason)


def test_without_a_sale_there_is_no_seal(office: Office) -> None:
    unknown, unpaid = office.order_no(), office.order_no()
    office.report(opened(unpaid, WHO))
    assert office.desk.seal(TERMINAL, asked(unknown)) == SealRefused(Reason.ORDER_UNKNOWN)
    assert office.desk.seal(TERMINAL, asked(unpaid)) == SealRefused(Reason.SEAL_REFUSED)


def test_another_terminal_gets_no_seal(office: Office) -> None:
    sold = vend(office)
    with pytest.raises(OrderOfAnother):
        office.desk.seal(OTHER_TERMINAL, asked(sold.order_no))


class GoneKeys:
    """A hardware module that does not answer."""

    def authenticate(self, request: SealRequest) -> SealAnswer:
        raise KeysUnavailable(request.order_no)

    def seal(self, request: SealRequest, vend: Vend, card: CardIdentity) -> SealAnswer:
        raise KeysUnavailable(request.order_no)


def test_a_key_service_that_is_gone_is_no_refusal(tmp_path: Path) -> None:
    office = Office(tmp_path)
    sold = vend(office)
    desk = Desk(office.store, EmbeddedUtility(), GoneKeys(), lambda: NOW_MS)
    with pytest.raises(KeysUnavailable):
        desk.seal(TERMINAL, asked(sold.order_no))
    office.close()
