"""What all views of the staff's page have in common."""

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout

from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, column
from kiosk.ui.staff.model import StaffModel
from kiosk.ui.staff.state import State
from kiosk.ui.widgets.text import Panel


def once(kit: Kit, call: Callable[[], None]) -> Callable[[], None]:
    """Return ``call`` for a button's click; the tail of the press before it does nothing."""
    return lambda: call() if kit.counts() else None


class StaffView(Panel):
    """One question or one answer between the page's title and its buttons."""

    def __init__(self, kit: Kit, model: StaffModel) -> None:
        super().__init__(kit.theme, "page")
        self.kit, self.model = kit, model
        self.content: QVBoxLayout = column(self, spacing=kit.theme.px(12))

    def fill(self, state: State, words: Words) -> None:
        """Show ``state`` in the language of ``words``."""
