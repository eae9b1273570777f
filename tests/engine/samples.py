"""A value of every kind that a journal holds."""

from kiosk.flow import event as ev
from kiosk.flow import staff_event
from kiosk.flow.event import CardFault, Device, DeviceState, Event, Fault, RejectCause
from kiosk.flow.paper import Slip, SlipLine
from tests.engine.samples_cash import CASH_EVENTS
from tests.engine.samples_staff import STAFF_EVENTS
from vending.bill import BillPaid, BillStatement, MonthBill, Settlement
from vending.card import (
    CardKind,
    CardSnapshot,
    MeterReturn,
    SealAnswer,
    SealRequest,
    SealStage,
    Verdict,
    WalletUnit,
)
from vending.messages import (
    Account,
    Ending,
    Limits,
    Note,
    Owed,
    Reason,
    ResellRequest,
    Vend,
    VendRequest,
)
from vending.staff import Action, Role
from vending.tariff import Quote, QuoteLine, Tariff, TariffStep

ORDER_NO = "3100012511240000015"

CARD = CardSnapshot(
    layout="sg-user-energy",
    serial="0102030405060708",
    meter_no="000123456789",
    customer_no="1000200030",
    kind=CardKind.PURCHASE,
    wallet_unit=WalletUnit.ENERGY,
    wallet_amount=0,
    purchase_count=4,
    returned=MeterReturn(purchase_count=4, remaining=1234, overdraft=0, written_at="2511240930"),
    digest="ab" * 32,
)
TARIFF = Tariff("resident", (TariffStep(2_160_000, 5469), TariffStep(None, 8469)))
ACCOUNT = Account(
    customer_no="1000200030",
    meter_no="000123456789",
    name_masked="王**",
    address_masked="幸福路**号",
    wallet_unit=WalletUnit.ENERGY,
    purchase_count=4,
    tariff=TARIFF,
    used_this_year_wh=100_000,
    balance_fen=3,
    arrears_fen=0,
    limits=Limits(min_fen=1000, max_fen=100_000, multiple_fen=100),
)
QUOTE = Quote(
    paid_fen=10_000,
    balance_before_fen=3,
    arrears_fen=0,
    energy_fen=10_000,
    energy_wh=182_850,
    balance_after_fen=3,
    lines=(QuoteLine(1, 5469, 182_850, 10_000),),
)
VEND = Vend(
    order_no=ORDER_NO,
    purchase_count=5,
    wallet_unit=WalletUnit.ENERGY,
    wallet_amount=18_285,
    quote=QUOTE,
    sold_at_ms=1_763_950_000_000,
)
VEND_REQUEST = VendRequest(
    order_no=ORDER_NO,
    opened_at_ms=1_763_949_990_000,
    customer_no="1000200030",
    meter_no="000123456789",
    card_serial="0102030405060708",
    purchase_count=4,
    notes=(Note(note_id="note-1", value_fen=10_000),),
)
OWED = Owed(
    order_no=ORDER_NO,
    opened_at_ms=1_763_949_990_000,
    paid_fen=10_000,
    vend=VEND,
    account=ACCOUNT,
    card_serial=CARD.serial,
    why="card-gone",
    seals=1,
    by_machine=True,
)
RESELL = ResellRequest(
    order_no=ORDER_NO,
    customer_no="1000200030",
    meter_no="000123456789",
    card_serial="0102030405060708",
    purchase_count=4,
)
STATEMENT = BillStatement(
    customer_no="20003000",
    name_masked="李*",
    address_masked="幸福路**号",
    months=(MonthBill(month="2025-11", energy_wh=100_000, amount_fen=5_380, late_fee_fen=20),),
    balance_fen=0,
    max_fen=100_000,
)
BILL_PAID = BillPaid(
    order_no=ORDER_NO,
    customer_no="20003000",
    receipt_no="R1",
    paid_fen=10_000,
    settlement=Settlement(
        months=("2025-11",), settled_fen=5_400, balance_before_fen=0, balance_after_fen=4_600
    ),
    paid_at_ms=1_763_950_000_000,
)
SEAL_REQUEST = SealRequest(
    order_no=ORDER_NO,
    serial="0102030405060708",
    meter_no="000123456789",
    stage=SealStage.SEAL,
    challenge="01020304",
    commands=("04D6810B", "04D6820C"),
)
SEAL_ANSWER = SealAnswer(stage=SealStage.SEAL, macs=("01020304", "05060708"))
SLIP = Slip(
    layout="purchase",
    language="zh",
    order_no=ORDER_NO,
    terminal_no="310001",
    at_ms=1_763_950_000_000,
    customer_no="1000200030",
    meter_no="000123456789",
    name_masked="王**",
    paid_fen=10_000,
    notes_fen=(10_000,),
    lines=(SlipLine(1, 5469, 182_850, 10_000),),
)

EVENTS: tuple[Event, ...] = (
    ev.Restarted(boot_id="b1", software_version="0.1.0"),
    ev.DeviceChanged(
        device=Device.ACCEPTOR, state=DeviceState.FAULT, fault=Fault.BOX_FULL, detail="45"
    ),
    ev.SignedInAt(last_order_sequence=41),
    ev.LanguageChosen(language="en"),
    ev.CardInserted(),
    ev.CardRead(card=CARD),
    ev.AccountFound(account=ACCOUNT),
    ev.ContinuePressed(),
    ev.CashChosen(),
    ev.NoteRejected(cause=RejectCause.UNRECOGNISED),
    ev.NoteEscrowed(note_id="note-1", value_fen=10_000),
    ev.NoteStacked(note_id="note-1", value_fen=10_000, evidence="packed"),
    ev.NoteReturned(note_id="note-2", value_fen=500),
    ev.NoteUnknown(note_id="note-3", value_fen=0, why="power-up"),
    ev.TrialAnswered(paid_fen=10_000, quote=QUOTE),
    ev.TimedOut(phase="tendering", round=7),
    ev.MoreTimePressed(),
    ev.FinishPressed(),
    ev.AcceptorClosed(),
    ev.VendUnknown(order_no=ORDER_NO),
    ev.VendNotSold(order_no=ORDER_NO),
    ev.VendRefused(order_no=ORDER_NO, reason=Reason.OVERSTOCK),
    ev.VendApproved(vend=VEND),
    ev.SealsWanted(request=SEAL_REQUEST),
    ev.SealsFailed(order_no=ORDER_NO),
    ev.SealsGiven(order_no=ORDER_NO, answer=SEAL_ANSWER),
    ev.CardWriteEnded(order_no=ORDER_NO, detail="written"),
    ev.CardProved(order_no=ORDER_NO, verdict=Verdict.WRITTEN, card=CARD),
    ev.SlipFailed(order_no=ORDER_NO, fault=Fault.PAPER_OUT),
    ev.SlipPrinted(order_no=ORDER_NO),
    ev.CardRemoved(),
    ev.CardUnreadable(fault=CardFault.MUTE, detail="no answer to reset"),
    ev.AccountRefused(reason=Reason.ACCOUNT_BLOCKED),
    ev.OfficeUnreachable(question="account"),
    ev.CancelPressed(),
    ev.ResellPressed(),
    ev.CodeEntered(order_no=ORDER_NO),
    ev.OwedFound(owed=OWED, card_serial=CARD.serial),
    ev.OwedRefused(reason=Reason.NOTHING_OWED, card_serial=CARD.serial),
    ev.DeliverPressed(),
    ev.OrderEnded(order_no=ORDER_NO, how=Ending.REFUNDED),
    ev.BillPressed(),
    ev.CustomerNoEntered(customer_no=STATEMENT.customer_no),
    ev.CodeScanned(text=f"{STATEMENT.customer_no}|2025-11"),
    ev.BillFound(statement=STATEMENT),
    ev.BillRefused(customer_no=STATEMENT.customer_no, reason=Reason.NOTHING_DUE),
    ev.BillUnreachable(customer_no=STATEMENT.customer_no),
    ev.MonthsChosen(months=1),
    ev.BillUnknown(order_no=ORDER_NO),
    ev.BillNotPosted(order_no=ORDER_NO, reason=Reason.ACCOUNT_BLOCKED),
    ev.BillPosted(paid=BILL_PAID),
    staff_event.StaffCalled(),
    staff_event.StaffTurnedAway(reason="wrong"),
    staff_event.StaffSignedIn(staff="wang", role=Role.MAINTENANCE),
    staff_event.StaffStirred(),
    staff_event.StaffActed(staff="wang", order_no=ORDER_NO, action=Action.REFUND, refused="role"),
    *CASH_EVENTS,
    *STAFF_EVENTS,
    staff_event.StaffLeft(),
)
