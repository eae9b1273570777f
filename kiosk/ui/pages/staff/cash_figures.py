"""Figures of a period, sheet by sheet: notes, business types, what is listed apart."""

from PySide6.QtWidgets import QGridLayout, QWidget

from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, column, row
from kiosk.ui.pages.staff.cash_periods import say_printing
from kiosk.ui.pages.staff.view import StaffView
from kiosk.ui.staff import cash_words as told
from kiosk.ui.staff.cash import Cash
from kiosk.ui.staff.cash_state import CashPage
from kiosk.ui.staff.model import StaffModel
from kiosk.ui.staff.sheets import ItemRow, Kind, NoteRow, Sheet, nothing
from kiosk.ui.staff.state import State
from kiosk.ui.theme import Theme
from kiosk.ui.widgets.bars import Bar
from kiosk.ui.widgets.facts import Figure
from kiosk.ui.widgets.share_bar import ShareBar
from kiosk.ui.widgets.text import CENTRE, RIGHT, Panel, Text
from vending.cash import Business, Figures


class NotesSheet(Panel):
    """A line for each denomination: its value, a bar, how many, how much."""

    def __init__(self, theme: Theme, rows: int) -> None:
        super().__init__(theme, "panel")
        grid = QGridLayout(self)
        grid.setContentsMargins(theme.px(24), theme.px(14), theme.px(24), theme.px(14))
        grid.setHorizontalSpacing(theme.px(20))
        self._grid = grid
        grid.setColumnStretch(1, 1)
        self._rows: list[tuple[Text, ShareBar, Text, Text]] = []
        for number in range(rows):
            line = (
                Text(theme, "strong", shade="strong", wrap=False, lean=RIGHT),
                ShareBar(theme),
                Text(theme, "body", wrap=False, lean=RIGHT),
                Text(theme, "strong", wrap=False, lean=RIGHT),
            )
            for place, widget in enumerate(line):
                grid.addWidget(widget, number, place)
            self._rows.append(line)

    def say(self, rows: tuple[NoteRow, ...], words: Words, *, close: bool) -> None:
        """Show ``rows``; bars are as long as their part of the most notes. ``close``: there is
        little room.
        """
        self._grid.setVerticalSpacing(0 if close else self._look.px(10))
        most = max((each.notes for each in rows), default=1)
        spare = [None] * (len(self._rows) - len(rows))
        for line, each in zip(self._rows, [*rows, *spare], strict=True):
            self._say_line(line, each, most, words)

    def _say_line(
        self,
        line: tuple[Text, ShareBar, Text, Text],
        row: NoteRow | None,
        most: int,
        words: Words,
    ) -> None:
        value, bar, notes, amount = line
        bar.setVisible(row is not None)
        if row is None:
            for text in (value, notes, amount):
                text.say("")
            return
        value.say(told.note_row(row, words))
        bar.show_part(row.notes, most, row.value_fen)
        notes.say(told.notes(row.notes, words))
        amount.say(words.money(row.value_fen * row.notes))


class SumTable(Panel):
    """What it is, how many, how much, under heads."""

    def __init__(self, theme: Theme, rows: int) -> None:
        super().__init__(theme, "panel")
        grid = QGridLayout(self)
        grid.setContentsMargins(theme.px(24), theme.px(10), theme.px(24), theme.px(12))
        grid.setHorizontalSpacing(theme.px(18))
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 1)
        self._lines: list[tuple[Text, Text, Text]] = []
        for number in range(rows + 1):
            shade, role = ("text", "body") if number else ("muted", "caption")
            line = (
                Text(theme, "body", shade="muted" if number else "strong", wrap=False),
                Text(theme, role, shade=shade, wrap=False, lean=RIGHT),
                Text(theme, role, shade=shade, wrap=False, lean=RIGHT),
            )
            for place, widget in enumerate(line):
                grid.addWidget(widget, number, place)
            self._lines.append(line)

    def say(self, head: told.Sum, sums: list[told.Sum]) -> None:
        """Show ``sums`` under ``head``."""
        for line, texts in zip(self._lines, [head, *sums], strict=True):
            for widget, text in zip(line, texts, strict=True):
                widget.say(text)


class BusinessSheet(QWidget):
    """What was paid, what came of it, and what belongs to no order."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._businesses = {business: SumTable(theme, 4) for business in Business}
        self._loose = SumTable(theme, 2)
        layout = column(self, spacing=theme.px(14))
        upper = column(spacing=theme.px(14)) if theme.portrait else row(spacing=theme.px(14))
        for table in self._businesses.values():
            upper.addWidget(table, 1)
        layout.addLayout(upper)
        layout.addWidget(self._loose)
        layout.addStretch(1)

    def say(self, figures: Figures, words: Words) -> None:
        """Show the sums of ``figures``."""
        amount = words.text("cash.amount")
        sums = {each.business: each for each in figures.sums}
        for business, table in self._businesses.items():
            head = (told.business(business, words), words.text("cash.count-orders"), amount)
            table.say(head, told.of_business(sums.get(business) or nothing(business), words))
        head = (words.text("cash.apart"), words.text("cash.count-notes"), amount)
        self._loose.say(head, told.of_loose(figures, words))


class ItemsSheet(Panel):
    """Order number, why it is listed, how much."""

    def __init__(self, theme: Theme, rows: int) -> None:
        super().__init__(theme, "panel")
        grid = QGridLayout(self)
        grid.setContentsMargins(theme.px(24), theme.px(14), theme.px(24), theme.px(14))
        grid.setHorizontalSpacing(theme.px(20))
        grid.setVerticalSpacing(theme.px(6))
        grid.setColumnStretch(1, 1)
        role = "caption" if theme.portrait else "body"
        self._rows: list[tuple[Text, Text, Text]] = []
        for number in range(rows):
            line = (
                Text(theme, role, shade="strong", wrap=False),
                Text(theme, "caption"),
                Text(theme, role, wrap=False, lean=RIGHT),
            )
            for place, widget in enumerate(line):
                grid.addWidget(widget, number, place)
            self._rows.append(line)

    def say(self, rows: tuple[ItemRow, ...], words: Words) -> None:
        """Show ``rows``."""
        spare = [None] * (len(self._rows) - len(rows))
        for (number, kind, amount), each in zip(self._rows, [*rows, *spare], strict=True):
            head, why = told.item(each, words) if each else ("", "")
            number.say(head)
            kind.say(why)
            amount.say(told.amount(each, words) if each else "")


class FiguresView(StaffView):
    """Three totals, and one sheet at a time. Where the printer is dead this is the slip."""

    def __init__(self, kit: Kit, model: StaffModel) -> None:
        super().__init__(kit, model)
        theme = kit.theme
        self._cash = model.part(Cash)
        rows = self._cash.fit[CashPage.FIGURES]
        self._printing = Bar(theme, role="body")
        self._totals = tuple(Figure(theme) for _ in range(3))
        self._head = Text(theme, "strong")
        self._range = Text(theme, "caption", shade="muted", wrap=False, lean=RIGHT)
        self._notes, self._business = NotesSheet(theme, rows), BusinessSheet(theme)
        self._items = ItemsSheet(theme, rows)
        self._empty = Text(theme, "lead", lean=CENTRE)
        totals, heads = row(spacing=theme.px(14)), row(spacing=theme.px(14))
        for each, share in zip(self._totals, (3, 2, 2), strict=True):
            totals.addWidget(each, share)
        heads.addWidget(self._head, 1)
        heads.addWidget(self._range)
        self.content.addWidget(self._printing)
        self.content.addLayout(totals)
        self.content.addLayout(heads)
        for sheet in (self._notes, self._business, self._items, self._empty):
            self.content.addWidget(sheet)
        self.content.addStretch(1)

    def fill(self, state: State, words: Words) -> None:
        cash, sheet = self._cash.cash, self._cash.sheet
        if cash is None:
            return
        say_printing(self._printing, cash, self._cash.period, words)
        self._say_totals(sheet, words)
        self._say_head(state, sheet, words)
        self._say_sheet(sheet, words)

    def _say_head(self, state: State, sheet: Sheet, words: Words) -> None:
        """Name the sheet; the first one is named by its totals."""
        first, count = sheet.kind is Kind.NOTES, len(self._cash.sheets)
        shown = min(state.cash.sheet, count - 1) + 1
        self._head.say("" if first else words.text(f"cash.sheet.{sheet.kind.value}"))
        said = words.text("cash.sheet-of", number=shown, count=count)
        self._range.say("" if first else said)

    def _say_totals(self, sheet: Sheet, words: Words) -> None:
        figures = self._cash.figures
        first = sheet.kind is Kind.NOTES
        values = (
            words.money(figures.expected_fen),
            told.notes(figures.notes, words),
            told.orders(told.purchases(figures), words),
        )
        labels = ("cash.expected", "cash.notes-in-all", "cash.purchases")
        for figure, label, value in zip(self._totals, labels, values, strict=True):
            figure.say(words.text(label), value if first else "", "lead")

    def _say_sheet(self, sheet: Sheet, words: Words) -> None:
        notes = sheet.kind in {Kind.NOTES, Kind.CASSETTES}
        self._notes.setVisible(notes and bool(sheet.notes))
        self._business.setVisible(sheet.kind is Kind.BUSINESS)
        self._items.setVisible(sheet.kind is Kind.ITEMS)
        self._empty.say(words.text("cash.no-notes") if notes and not sheet.notes else "")
        self._notes.say(sheet.notes, words, close=bool(self._printing.text))
        self._items.say(sheet.items, words)
        self._business.say(self._cash.figures, words)
