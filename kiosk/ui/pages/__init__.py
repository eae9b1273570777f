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
)


def make_page(name: str, kit: Kit) -> Page:
    """Return a new page. ``name`` is what `kiosk.flow.session.PHASES` calls it.

    Raises ValueError for a name that is not in `PAGE_NAMES`.
    """
    match name:
        case "idle":
            from kiosk.ui.pages.idle import IdlePage as Made
        case "wait":
            from kiosk.ui.pages.wait import WaitPage as Made
        case "account":
            from kiosk.ui.pages.account import AccountPage as Made
        case "choose":
            from kiosk.ui.pages.choose import ChoosePage as Made
        case "tender":
            from kiosk.ui.pages.tender import TenderPage as Made
        case "write":
            from kiosk.ui.pages.write import WritePage as Made
        case "card_back":
            from kiosk.ui.pages.card_back import CardBackPage as Made
        case "done":
            from kiosk.ui.pages.done import DonePage as Made
        case "doubtful":
            from kiosk.ui.pages.doubtful import DoubtfulPage as Made
        case "refused":
            from kiosk.ui.pages.refused import RefusedPage as Made
        case "out_of_service":
            from kiosk.ui.pages.out_of_service import OutOfServicePage as Made
        case _:
            raise ValueError(f"no page named {name!r}")
    return Made(kit)
