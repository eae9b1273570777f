"""One page per question that the customer is asked; each is imported and made when first needed."""

from kiosk.flow.screen import Screen
from kiosk.ui.kit import Kit
from kiosk.ui.pages.page import Page

PAGE_NAMES = (
    "idle",
    "wait",
    "account",
    "choose",
    "tender",
    "write",
    "card_back",
    "done",
    "doubtful",
    "refused",
    "out_of_service",
    "resell",
    "code",
    "owed",
    "bill_ask",
    "bill",
    "bill_tender",
    "bill_done",
    "bill_doubtful",
    "staff",
)
MADE_IN_ADVANCE = tuple(name for name in PAGE_NAMES if name != "staff")
"""Pages on which a customer would wait; staff may."""


_OF_A_BILL = frozenset({"tender", "done", "doubtful"})
"""Pages that tell of a payment: another one tells it of a bill."""


def page_of(screen: Screen) -> str:
    """Return the name of the page that shows ``screen``."""
    of_a_bill = screen.bill is not None and screen.page in _OF_A_BILL
    return f"bill_{screen.page}" if of_a_bill else screen.page


def make_page(name: str, kit: Kit) -> Page:
    """Return a new page; ``name`` as `page_of` tells it.

    Raises ValueError for a name that is not in `PAGE_NAMES`.
    """
    makers = (_of_a_purchase, _of_what_was_paid_before, _of_a_bill)
    page = next(filter(None, (make(name, kit) for make in makers)), None)
    if page is None:
        raise ValueError(f"no page named {name!r}")
    return page


def _of_a_purchase(name: str, kit: Kit) -> Page | None:
    match name:
        case "idle":
            from kiosk.ui.pages.idle import IdlePage

            return IdlePage(kit)
        case "wait":
            from kiosk.ui.pages.wait import WaitPage

            return WaitPage(kit)
        case "account":
            from kiosk.ui.pages.account import AccountPage

            return AccountPage(kit)
        case "choose":
            from kiosk.ui.pages.choose import ChoosePage

            return ChoosePage(kit)
        case "tender":
            from kiosk.ui.pages.tender import TenderPage

            return TenderPage(kit)
        case "write":
            from kiosk.ui.pages.write import WritePage

            return WritePage(kit)
        case "card_back":
            from kiosk.ui.pages.card_back import CardBackPage

            return CardBackPage(kit)
        case "done":
            from kiosk.ui.pages.done import DonePage

            return DonePage(kit)
        case "doubtful":
            from kiosk.ui.pages.doubtful import DoubtfulPage

            return DoubtfulPage(kit)
        case "refused":
            from kiosk.ui.pages.refused import RefusedPage

            return RefusedPage(kit)
        case "out_of_service":
            from kiosk.ui.pages.out_of_service import OutOfServicePage

            return OutOfServicePage(kit)
        case _:
            return None


def _of_what_was_paid_before(name: str, kit: Kit) -> Page | None:
    match name:
        case "resell":
            from kiosk.ui.pages.resell import ResellPage

            return ResellPage(kit)
        case "code":
            from kiosk.ui.pages.code import CodePage

            return CodePage(kit)
        case "owed":
            from kiosk.ui.pages.owed import OwedPage

            return OwedPage(kit)
        case "staff":
            from kiosk.ui.pages.staff.page import StaffPage

            return StaffPage(kit)
        case _:
            return None


def _of_a_bill(name: str, kit: Kit) -> Page | None:
    match name:
        case "bill_ask":
            from kiosk.ui.pages.bill_ask import BillAskPage

            return BillAskPage(kit)
        case "bill":
            from kiosk.ui.pages.bill import BillPage

            return BillPage(kit)
        case "bill_tender":
            from kiosk.ui.pages.bill_tender import BillTenderPage

            return BillTenderPage(kit)
        case "bill_done":
            from kiosk.ui.pages.bill_done import BillDonePage

            return BillDonePage(kit)
        case "bill_doubtful":
            from kiosk.ui.pages.bill_doubtful import BillDoubtfulPage

            return BillDoubtfulPage(kit)
        case _:
            return None
