"""A head office of a good day: it knows one account, and answers at once."""

from kiosk.engine.clock import SystemClock
from vending.bill import BillAnswer, BillPayAnswer, BillPayRequest, BillQuery
from vending.card import (
    CardKind,
    CardSnapshot,
    MeterReturn,
    SealAnswer,
    SealRequest,
    SealStage,
    WalletUnit,
)
from vending.energy import WH_PER_WALLET_UNIT
from vending.messages import (
    Account,
    AccountQuery,
    InquiryAnswer,
    Limits,
    NotSold,
    OwedAnswer,
    OwedQuery,
    Reason,
    Refused,
    ReportEnvelope,
    ReportTaken,
    ResellRequest,
    Sealed,
    SignedIn,
    TrialRequest,
    TrialResult,
    Vend,
    VendAnswer,
    VendRequest,
)
from vending.roster import Roster
from vending.tariff import Quote, Tariff, TariffStep, quote

TARIFF = Tariff("resident", (TariffStep(2_160_000, 5469), TariffStep(None, 8469)))
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
ACCOUNT = Account(
    customer_no=CARD.customer_no,
    meter_no=CARD.meter_no,
    name_masked="王**",
    address_masked="幸福路**号",
    wallet_unit=WalletUnit.ENERGY,
    purchase_count=CARD.purchase_count,
    tariff=TARIFF,
    used_this_year_wh=100_000,
    balance_fen=3,
    arrears_fen=0,
    limits=Limits(min_fen=1000, max_fen=100_000, multiple_fen=100),
)
CHALLENGE = "0123456789ABCDEF"
MACS = ("01020304", "05060708")


def _quote(paid_fen: int) -> Quote:
    return quote(
        TARIFF,
        used_wh=ACCOUNT.used_this_year_wh,
        arrears_fen=ACCOUNT.arrears_fen,
        balance_fen=ACCOUNT.balance_fen,
        paid_fen=paid_fen,
    )


class QuickOffice:
    """A head office that sells at once (`kiosk.backend.port.HeadOffice`)."""

    def __init__(self, clock: SystemClock) -> None:
        self._clock = clock
        self._sold: dict[str, Vend] = {}

    def sign_in(self, software_version: str) -> SignedIn:
        """Open a session."""
        now_ms = self._clock.wall_ms()
        return SignedIn(session_id="quick", server_time_ms=now_ms, last_order_sequence=0)

    def query_account(self, query: AccountQuery) -> Account:
        """Return the only account."""
        return ACCOUNT

    def trial_vend(self, request: TrialRequest) -> TrialResult:
        """Return what the sum buys."""
        return TrialResult(_quote(request.paid_fen))

    def vend(self, request: VendRequest) -> Vend:
        """Sell."""
        told = _quote(sum(note.value_fen for note in request.notes))
        vend = Vend(
            order_no=request.order_no,
            purchase_count=request.purchase_count + 1,
            wallet_unit=WalletUnit.ENERGY,
            wallet_amount=told.energy_wh // WH_PER_WALLET_UNIT,
            quote=told,
            sold_at_ms=self._clock.wall_ms(),
        )
        self._sold[request.order_no] = vend
        return vend

    def inquire(self, order_no: str) -> InquiryAnswer:
        """Say what was sold."""
        return self._sold.get(order_no) or NotSold(order_no=order_no)

    def find_owed(self, query: OwedQuery) -> OwedAnswer:
        """Nothing is ever left open here."""
        return Refused(Reason.NOTHING_OWED)

    def resell(self, request: ResellRequest) -> VendAnswer:
        """Return what was sold."""
        return self._sold.get(request.order_no) or Refused(Reason.ORDER_UNKNOWN)

    def seal(self, request: SealRequest) -> Sealed:
        """Answer the card's challenge."""
        if request.stage is SealStage.AUTHENTICATE:
            return Sealed(SealAnswer(stage=request.stage, host_challenge=CHALLENGE))
        return Sealed(SealAnswer(stage=request.stage, macs=MACS))

    def query_bill(self, query: BillQuery) -> BillAnswer:
        """Nobody owes anything here."""
        return Refused(Reason.NOTHING_DUE)

    def pay_bill(self, request: BillPayRequest) -> BillPayAnswer:
        """Nobody owes anything here."""
        return Refused(Reason.NOTHING_DUE)

    def inquire_bill(self, order_no: str) -> NotSold:
        """Nothing was posted."""
        return NotSold(order_no=order_no)

    def roster(self) -> Roster:
        """Nobody of the staff comes."""
        return Roster(version=0, issued_at_ms=0, good_for_days=0, people=())

    def report(self, envelope: ReportEnvelope) -> ReportTaken:
        """Take it."""
        return ReportTaken(report_no=envelope.report_no)
