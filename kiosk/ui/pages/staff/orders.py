"""The list of stuck orders, and one of them with its ways out."""

from functools import partial

from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout

from kiosk.ui.i18n import Words, grouped
from kiosk.ui.kit import Kit, column, row
from kiosk.ui.pages.staff.view import StaffView, once
from kiosk.ui.staff import words as told
from kiosk.ui.staff.model import StaffModel
from kiosk.ui.staff.orders import Orders
from kiosk.ui.staff.state import State, View, is_open
from kiosk.ui.widgets.button import BigButton
from kiosk.ui.widgets.facts import Facts
from kiosk.ui.widgets.text import CENTRE, RIGHT, Panel, Text
from vending.staff import Action, Permission, StuckOrder

_FACTS = 10
"""Room for so many facts about an order."""


class OrderRow(Panel):
    """An order in three lines and a button that opens it."""

    def __init__(self, kit: Kit, model: StaffModel, place: int) -> None:
        super().__init__(kit.theme, "panel")
        theme = kit.theme
        self._orders = model.part(Orders)
        self._order: StuckOrder | None = None
        self._number = Text(theme, "strong", shade="strong", wrap=False)
        self._paid = Text(theme, "strong", wrap=False, lean=RIGHT)
        self._summary, self._more = Text(theme, "body"), Text(theme, "caption", shade="muted")
        self.button = BigButton(theme, "secondary", f"button-staff-open-{place}")
        self.button.setFixedWidth(theme.px(190))
        self.button.clicked.connect(once(kit, self._open))
        head = row(spacing=theme.px(16))
        head.addWidget(self._number)
        head.addWidget(self._paid, 1)
        said = column(spacing=0)
        said.addLayout(head)
        said.addWidget(self._summary)
        said.addWidget(self._more)
        layout = row(self, spacing=theme.px(20))
        layout.setContentsMargins(theme.px(24), theme.px(8), theme.px(16), theme.px(8))
        layout.addLayout(said, 1)
        layout.addWidget(self.button)

    def say(self, order: StuckOrder, words: Words) -> None:
        """Show ``order``."""
        self._order = order
        self._number.say(grouped(order.order_no))
        self._paid.say(words.money(order.paid_fen))
        self._summary.say(told.summary(order, words))
        self._more.say(told.more(order, words))
        self.button.say(words.text("staff.open"))

    def _open(self) -> None:
        if self._order:
            self._orders.look_at(self._order)


class ListView(StaffView):
    """As many orders as fit; the buttons at the bottom turn the page."""

    def __init__(self, kit: Kit, model: StaffModel) -> None:
        super().__init__(kit, model)
        theme = kit.theme
        self._empty = Text(theme, "lead", lean=CENTRE)
        self._range = Text(theme, "caption", shade="muted", lean=RIGHT)
        self._rows = [
            OrderRow(kit, model, place) for place in range(model.part(Orders).fit[View.LIST])
        ]
        for each in self._rows:
            self.content.addWidget(each)
        self.content.addWidget(self._range)
        self.content.addStretch(1)
        self.content.addWidget(self._empty)
        self.content.addStretch(1)

    def fill(self, state: State, words: Words) -> None:
        first, count = state.first_order, len(state.orders)
        shown = state.orders[first : first + len(self._rows)]
        for place, each in enumerate(self._rows):
            each.setVisible(place < len(shown))
            each.button.setEnabled(not state.busy)
            if place < len(shown):
                each.say(shown[place], words)
        paged = count > len(self._rows)
        last = first + len(shown)
        said = words.text("staff.range", first=first + 1, last=last, count=count) if paged else ""
        self._range.say(said)
        empty = not shown and not state.busy and state.trouble is None
        self._empty.say(words.text("staff.empty") if empty else "")


class WayOut(Panel):
    """An action: a button, or its name and why it is not permitted now."""

    def __init__(self, kit: Kit, model: StaffModel, action: Action) -> None:
        super().__init__(kit.theme, "tint")
        theme = kit.theme
        self._action = action
        self.button = BigButton(theme, "primary", f"button-staff-{action.value}", role="strong")
        self.button.clicked.connect(once(kit, partial(model.part(Orders).begin, action)))
        # As high as its neighbour, which may have a second line.
        self.button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._name = Text(theme, "strong", shade="muted")
        self._why = Text(theme, "body" if theme.portrait else "caption")
        layout = column(self)
        layout.addWidget(self.button, 1)
        self._said = column(spacing=0)
        self._said.addWidget(self._name)
        self._said.addWidget(self._why)
        self._said.addStretch(1)
        layout.addLayout(self._said)

    def say(self, permission: Permission, words: Words) -> None:
        """Offer the action, or say why not."""
        offered = is_open(permission)
        theme = self._look
        aside = 0 if offered else theme.px(20)
        self._said.setContentsMargins(aside, aside // 2, aside, aside // 2)
        self.set_tone("page" if offered else "tint")
        self.button.setVisible(offered)
        name = told.action(self._action, words)
        needs_second = offered and permission.needs_second
        self.button.say(name, words.text("staff.second") if needs_second else "")
        self._name.say("" if offered else name)
        why = permission.forbidden
        self._why.say(told.forbidden(why, words) if why and not offered else "")


class OrderView(StaffView):
    """Everything about an order, and the four ways out."""

    def __init__(self, kit: Kit, model: StaffModel) -> None:
        super().__init__(kit, model)
        theme = kit.theme
        self._columns, role = (1, "body") if theme.portrait else (2, "caption")
        self._facts = [
            # Regular, never bold: only the regular font has every character that a name may have.
            Facts(theme, _FACTS // self._columns, value_role=role, label_role=role, spacing=0)
            for _ in range(self._columns)
        ]
        self._ways = {action: WayOut(kit, model, action) for action in Action}
        tables = row(spacing=theme.px(14))
        for table in self._facts:
            tables.addWidget(table, 1)
        self.content.addLayout(tables)
        self.content.addLayout(self._grid(theme.px(12)), 1)

    def fill(self, state: State, words: Words) -> None:
        order = state.order
        if order is None:
            return
        facts = told.facts(order, words)
        each = _FACTS // self._columns
        for place, table in enumerate(self._facts):
            table.say(facts[place * each : (place + 1) * each])
        said = {permission.action: permission for permission in order.permissions}
        for action, way in self._ways.items():
            way.setVisible(action in said)
            way.button.setEnabled(not state.busy)
            if action in said:
                way.say(said[action], words)

    def _grid(self, spacing: int) -> QVBoxLayout:
        grid = QGridLayout()
        grid.setSpacing(spacing)
        for place, way in enumerate(self._ways.values()):
            grid.addWidget(way, place // self._columns, place % self._columns)
        for number in range(self._columns):
            grid.setColumnStretch(number, 1)
        layout = column()
        layout.addLayout(grid)
        layout.addStretch(1)
        return layout
