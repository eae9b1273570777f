"""What goes on paper, as values: customers' slips, the figures of a clearing, a test slip."""

from msgspec import Struct

from vending.cash import Figures, Opening


class SlipLine(Struct, frozen=True):
    """One step of the tariff as it stands on the slip."""

    step: int
    price_hao_per_kwh: int
    energy_wh: int
    cost_fen: int


class SlipMonth(Struct, frozen=True):
    """One month of a bill as it stands on the slip."""

    month: str
    energy_wh: int
    due_fen: int


class Paper(Struct, frozen=True, kw_only=True, tag=True):
    """Whatever comes out of the printer. ``layout`` names the file in ``assets/slips``."""

    layout: str
    language: str
    terminal_no: str
    at_ms: int

    @property
    def number(self) -> str:
        """What the printer's answer is about (`SlipPrinted`, `SlipFailed`)."""
        return self.layout


class Slip(Paper, frozen=True, kw_only=True):
    """What the customer takes home."""

    order_no: str
    customer_no: str
    meter_no: str
    name_masked: str
    paid_fen: int
    notes_fen: tuple[int, ...]
    arrears_fen: int = 0
    balance_before_fen: int = 0
    balance_after_fen: int = 0
    energy_wh: int | None = None
    wallet_money_fen: int | None = None
    purchase_count: int | None = None
    lines: tuple[SlipLine, ...] = ()
    months: tuple[SlipMonth, ...] = ()
    """Of a bill: those that were settled."""
    receipt_no: str = ""
    """Of a bill: the utility's number of the payment; empty: not posted yet."""
    reason: str | None = None
    """Code of the sentence that says what went wrong and what to do now (doubtful slips)."""

    @property
    def number(self) -> str:
        """The order's."""
        return self.order_no


class CashPaper(Paper, frozen=True, kw_only=True):
    """Figures of a period: of the open one (layout ``x-report``) or of a closed one
    (``clearing``).
    """

    period_no: int
    opened_at_ms: int
    closed_at_ms: int | None
    operator: str
    witness: str = ""
    box_id: str = ""
    bag_no: str = ""
    openings: tuple[Opening, ...] = ()
    figures: Figures
    agrees: bool | None = None
    """The head office's word; None: it has not answered yet."""
    copy: bool = False
    """Printed before."""

    @property
    def number(self) -> str:
        """``clearing-12`` for period 12."""
        return f"{self.layout}-{self.period_no}"


class SelfTestPaper(Paper, frozen=True, kw_only=True):
    """A test slip (layout ``test``)."""

    software_version: str = ""
