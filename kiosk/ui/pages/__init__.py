"""One page per question that the customer is asked; each is imported and made when first needed."""

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
    "staff",
)
MADE_IN_ADVANCE = tuple(name for name in PAGE_NAMES if name != "staff")
"""Pages on which a customer would wait; staff may."""


def make_page(name: str, kit: Kit) -> Page:
    """Return a new page. ``name`` is what `kiosk.flow.session.PHASES` calls it.

    Raises ValueError for a name that is not in `PAGE_NAMES`.
    """
    page = _of_a_purchase(name, kit) or _of_what_was_paid_before(name, kit)
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
