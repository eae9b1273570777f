"""Figures of a period, sheet by sheet: notes, business types, what is listed apart."""

from PySide6.QtWidgets import QGridLayout, QWidget

from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, column, row
from kiosk.ui.pages.staff.view import StaffView
from kiosk.ui.staff import cash_words as told
from kiosk.ui.staff.cash import Cash
from kiosk.ui.staff.cash_state import CashPage
from kiosk.ui.staff.model import StaffModel
from kiosk.ui.staff.sheets import ItemRow, Kind, NoteRow, Sheet
from kiosk.ui.staff.state import State
from kiosk.ui.theme import Theme
from kiosk.ui.widgets.bars import Bar
from kiosk.ui.widgets.facts import Facts, Figure
from kiosk.ui.widgets.marks import Sign
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
        grid.setVerticalSpacing(theme.px(10))
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

    def say(self, rows: tuple[NoteRow, ...], words: Words) -> None:
        """Show ``rows``; bars are as long as their part of the most notes."""
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
        notes.say(words.text("cash.notes", count=row.notes))
        amount.say(words.money(row.value_fen * row.notes))


class BusinessSheet(QWidget):
    """What was paid, what came of it, and what belongs to no order."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._heads: list[Text] = []
        self._tables: list[Facts] = []
        layout = column(self, spacing=theme.px(8))
        for rows in (4, 4, 2):
            self._heads.append(Text(theme, "strong", shade="strong"))
            self._tables.append(Facts(theme, rows, value_role="body", label_role="body", spacing=0))
        places = [column(spacing=theme.px(6)) for _ in self._tables]
        for place, head, table in zip(places, self._heads, self._tables, strict=True):
            place.addWidget(head)
            place.addWidget(table)
        upper = column(spacing=theme.px(14)) if theme.portrait else row(spacing=theme.px(20))
        for each in places[:2]:
            upper.addLayout(each, 1)
        layout.addLayout(upper)
        layout.addLayout(places[2])
        layout.addStretch(1)

    def say(self, figures: Figures, words: Words) -> None:
        """Show the sums of ``figures``."""
        sums = {each.business: each for each in figures.sums}
        for place, business in enumerate(Business):
            self._heads[place].say(told.business(business, words))
            self._tables[place].say(told.of_business(business, sums.get(business), words))
        self._heads[-1].say(words.text("cash.apart"))
        self._tables[-1].say(told.of_loose(figures, words))


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
        said, bad = told.printing(cash, self._cash.period, words)
        self._printing.say(
            said, tone="warning" if bad else "tint", sign=Sign.ATTENTION if bad else None
        )
        self._say_totals(sheet, words)
        self._head.say(words.text(f"cash.sheet.{sheet.kind.value}"))
        count = len(self._cash.sheets)
        shown = min(state.cash.sheet, count - 1) + 1
        self._range.say(words.text("cash.sheet-of", number=shown, count=count))
        self._say_sheet(sheet, words)

    def _say_totals(self, sheet: Sheet, words: Words) -> None:
        figures = self._cash.figures
        first = sheet.kind is Kind.NOTES
        values = (
            words.money(figures.expected_fen),
            words.text("cash.notes", count=figures.notes),
            words.text("cash.orders", count=told.purchases(figures)),
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
        self._notes.say(sheet.notes, words)
        self._items.say(sheet.items, words)
        self._business.say(self._cash.figures, words)
