"""What is owed, month by month, and how much of it to pay; the terms, before anything is paid."""

from collections.abc import Iterable

from kiosk.flow.event import MonthsChosen, MoreTimePressed
from kiosk.flow.screen import Screen
from kiosk.flow.view import BillChoice, BillView
from kiosk.ui.i18n import Words, grouped, unbroken
from kiosk.ui.kit import Kit, column, settle_layouts
from kiosk.ui.pages.page import Page
from kiosk.ui.stirring import Stirring
from kiosk.ui.widgets.button import BigButton
from kiosk.ui.widgets.choice_grid import ChoiceGrid
from kiosk.ui.widgets.table import Table
from kiosk.ui.widgets.text import Panel, Text
from vending.bill import BillStatement, MonthBill
from vending.energy import format_kwh
from vending.money import format_yuan

ALL_BUTTON, SOME_BUTTON = "button-bill-all", "button-bill-some"
HEADS = ("month", "energy", "amount", "late-fee", "due")
ROWS, ROWS_PORTRAIT = 4, 12
"""Lines of the table, without its heading."""
LONG_ADDRESS = 30
"""From so many characters on the address is written smaller."""
_LARGE_ROWS, _WIDEST = 3, 40
"""More rows, or more characters in a row, are written smaller."""
_DIRECT = 2
"""Up to so many choices each has its button at the bottom."""
_SOME_SHARE = 1600
"""Of the width of the buttons; the main one has 2000."""


class Who(Panel):
    """Whose bill it is. Regular letters: only they have every character that a name may have."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit.theme, "tint")
        theme = kit.theme
        self._name, self._address = Text(theme, "reading"), Text(theme, "body")
        layout = column(self, spacing=theme.px(2))
        layout.setContentsMargins(theme.px(22), theme.px(8), theme.px(22), theme.px(8))
        layout.addWidget(self._name)
        layout.addWidget(self._address)

    def say(self, statement: BillStatement, words: Words) -> None:
        """Show name, number and address as the head office masked them."""
        number = unbroken(f"{words.text('bill.number')} {grouped(statement.customer_no)}")
        long = len(statement.address_masked) >= LONG_ADDRESS
        self._name.set_role("body" if long else "reading")
        self._name.say(f"{unbroken(statement.name_masked)}   {number}")
        self._address.set_role("caption" if long else "body")
        self._address.say(statement.address_masked)


class Told(Panel):
    """The bill itself: whose it is, the months, and the terms."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit.theme, "page")
        theme = kit.theme
        self._months = ROWS_PORTRAIT if theme.portrait else ROWS
        self._who = Who(kit)
        self._table = Table(theme, len(HEADS), self._months)
        self._change, self._notes = Text(theme, "strong"), Text(theme, "body")
        layout = column(self, spacing=theme.gap)
        for widget in (self._who, self._table, self._change, self._notes):
            layout.addWidget(widget)
        layout.setSpacing(theme.px(8))
        layout.addStretch(1)

    def say(self, view: BillView, words: Words, *, crowded: bool) -> None:
        """Show the statement of ``view``; ``crowded``: without what the next page says again."""
        statement = view.statement
        self._who.say(statement, words)
        rows = statement_rows(statement, self._months, words)
        self._table.enlarge("caption" if is_crowded(rows) else "body")
        self._table.say([words.text(f"bill.{head}") for head in HEADS], rows)
        self._change.say(words.text("bill.change"))
        notes = words.notes(view.note_values_fen)
        self._notes.say("" if crowded else words.text("choose.notes", notes=notes))


class BillPage(Page):
    """One big way on, to pay it all; whoever wants to pay less chooses how many months."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        theme = kit.theme
        self._screen: Screen | None = None
        self._words: Words | None = None
        self._choosing = False
        self._stirring = Stirring(kit.clock, lambda: kit.post(MoreTimePressed()))
        self._title = Text(theme, "title")
        self._told = Told(kit)
        self._grid = ChoiceGrid(theme, self._pay_some, self._stirring.stir)
        self._some = BigButton(theme, "secondary", SOME_BUTTON)
        self._some.clicked.connect(self._press_some)
        self._all = BigButton(theme, "primary", ALL_BUTTON)
        self._all.clicked.connect(self._pay_all)
        self.choices.add_main(self._some, _SOME_SHARE)
        self.choices.add_main(self._all)
        self.content.addWidget(self._title)
        self.content.addWidget(self._told, 1)
        self.content.addWidget(self._grid)
        self.content.addStretch(0)

    def fill_content(self, screen: Screen, words: Words) -> None:
        self._screen, self._words = screen, words
        self.say_printer(screen, words)
        self._show()

    def leave(self) -> None:
        self._choosing = False
        self._grid.begin()

    def show_choices(self, choosing: bool) -> None:
        """Show the ways to pay less in the bill's place, or the bill again."""
        self._choosing = choosing
        self._show()
        settle_layouts()

    def _show(self) -> None:
        if self._screen is None or self._screen.bill is None or self._words is None:
            return
        view, words = self._screen.bill, self._words
        self._say_title(words)
        self._told.setVisible(not self._choosing)
        self._grid.setVisible(self._choosing)
        self._told.say(view, words, crowded=self._screen.printer_down)
        offers = tuple(offer(view, choice, words) for choice in view.choices)
        self._grid.say(offers[1:], words.text("bill.earlier"), words.text("bill.later"))
        for button, shown in ((self._all, offers[:1]), (self._some, offers[1:2])):
            button.setVisible(bool(shown))
            for title, note in shown:
                button.say(title, note)
        if len(offers) > _DIRECT:
            self._some.say(words.text("bill.see" if self._choosing else "bill.less"))

    def _say_title(self, words: Words) -> None:
        """On a wide screen the bill needs the title's place, and says what it is without one."""
        down = self._screen is not None and self._screen.printer_down
        room = self.kit.theme.portrait or (self._choosing and not down)
        title = words.text("bill.how-many" if self._choosing else "bill.title")
        self._title.say(title if room else "")

    def _press_some(self) -> None:
        """Pay the only other choice there is, or show them all."""
        if self._screen is None or self._screen.bill is None:
            return
        if len(self._screen.bill.choices) <= _DIRECT:
            self._pay_some(0)
        elif self.kit.counts():
            self._stirring.stir()
            self.show_choices(not self._choosing)

    def _pay_all(self) -> None:
        self._pay(0)

    def _pay_some(self, at: int) -> None:
        self._pay(at + 1)

    def _pay(self, at: int) -> None:
        if self._screen is not None and self._screen.bill is not None:
            self.kit.submit(MonthsChosen(months=self._screen.bill.choices[at].months))


def offer(view: BillView, choice: BillChoice, words: Words) -> tuple[str, str]:
    """Return what stands on a choice's button: the months that it pays, and how much that is."""
    due = words.money(choice.due_fen)
    if choice.months < len(view.statement.months):
        key = "bill.oldest-one" if choice.months == 1 else "bill.oldest"
        return words.text(key, count=choice.months), due
    if choice.months == 1:
        return words.text("bill.all-one"), due
    return words.text("bill.all", months=words.months(choice.months)), due


def statement_rows(statement: BillStatement, most: int, words: Words) -> list[tuple[str, ...]]:
    """Return at most ``most`` rows: the months, and what the account pays first, if anything."""
    if not statement.balance_fen:
        return table_rows(statement.months, most, words)
    rows = table_rows(statement.months, most - 1, words)
    paid = f"-{format_yuan(statement.balance_fen)}"
    return [*rows, (words.text("bill.from-balance"), "", "", "", paid)]


def table_rows(months: tuple[MonthBill, ...], most: int, words: Words) -> list[tuple[str, ...]]:
    """Return a row for each month, the oldest first; what is over ``most`` rows as one sum."""
    if len(months) <= most:
        return [_row(month.month, (month,)) for month in months]
    shown, later = months[: most - 1], months[most - 1 :]
    rows = [_row(month.month, (month,)) for month in shown]
    return [*rows, _row(words.text("bill.rest", count=len(later)), later)]


def is_crowded(rows: list[tuple[str, ...]]) -> bool:
    """Tell whether ``rows`` are too many, or too wide, for large letters."""
    widest = sum(max(map(len, texts)) for texts in zip(*rows, strict=True))
    return len(rows) > _LARGE_ROWS or widest > _WIDEST


def _row(name: str, months: Iterable[MonthBill]) -> tuple[str, ...]:
    told = tuple(months)
    return (
        name,
        format_kwh(sum(month.energy_wh for month in told)).removesuffix(".00"),
        format_yuan(sum(month.amount_fen for month in told)),
        format_yuan(sum(month.late_fee_fen for month in told)),
        format_yuan(sum(month.due_fen for month in told)),
    )
