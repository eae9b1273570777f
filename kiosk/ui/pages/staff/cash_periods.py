"""The last periods, one of them with the head office's word, and where the two differ."""

from PySide6.QtWidgets import QGridLayout

from kiosk.cashbox.box import ClosedPeriod
from kiosk.flow.view import CashView
from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, column, row
from kiosk.ui.pages.staff.view import StaffView, once
from kiosk.ui.staff import cash_words as told
from kiosk.ui.staff.cash import Cash
from kiosk.ui.staff.cash_state import CashPage
from kiosk.ui.staff.model import StaffModel
from kiosk.ui.staff.state import State, View
from kiosk.ui.theme import Theme
from kiosk.ui.widgets.bars import Bar
from kiosk.ui.widgets.button import BigButton
from kiosk.ui.widgets.facts import Facts
from kiosk.ui.widgets.marks import Mark, Sign
from kiosk.ui.widgets.text import CENTRE, RIGHT, Panel, Text
from vending.cash import Difference

_FACTS = 6


def say_printing(bar: Bar, cash: CashView, period: ClosedPeriod | None, words: Words) -> None:
    """Say what the printer is about."""
    said, bad = told.printing(cash, period, words)
    sign = Sign.ATTENTION if bad else None
    bar.say(said, tone="warning" if bad else "tint", sign=sign)


class PeriodRow(Panel):
    """A closed period in two lines and a button that opens it."""

    def __init__(self, kit: Kit, cash: Cash, place: int) -> None:
        super().__init__(kit.theme, "panel")
        theme = kit.theme
        self._cash, self._period_no = cash, 0
        self._number = Text(theme, "strong", shade="strong", wrap=False)
        self._word = Text(theme, "strong", wrap=False)
        self._money = Text(theme, "strong", wrap=False, lean=RIGHT)
        self._more = Text(theme, "caption", shade="muted")
        self.button = BigButton(theme, "secondary", f"button-staff-period-{place}")
        self.button.setFixedWidth(theme.px(190))
        self.button.clicked.connect(once(kit, self._open))
        head = row(spacing=theme.px(20))
        head.addWidget(self._number)
        head.addWidget(self._word)
        head.addWidget(self._money, 1)
        said = column(spacing=0)
        said.addLayout(head)
        said.addWidget(self._more)
        layout = row(self, spacing=theme.px(20))
        layout.setContentsMargins(theme.px(24), theme.px(8), theme.px(16), theme.px(8))
        layout.addLayout(said, 1)
        layout.addWidget(self.button)

    def say(self, period: ClosedPeriod, words: Words) -> None:
        """Show ``period``."""
        self._period_no = period.period_no
        number, money, more = told.row(period, words)
        self._number.say(number)
        self._word.say(told.word(period, words))
        self._money.say(money)
        self._more.say(more)
        self.button.say(words.text("staff.open"))

    def _open(self) -> None:
        self._cash.look_at(self._period_no)


class PeriodsView(StaffView):
    """The youngest first."""

    def __init__(self, kit: Kit, model: StaffModel) -> None:
        super().__init__(kit, model)
        theme = kit.theme
        self._cash = model.part(Cash)
        self._empty = Text(theme, "lead", lean=CENTRE)
        self._range = Text(theme, "caption", shade="muted", lean=RIGHT)
        places = range(self._cash.fit[CashPage.PERIODS])
        self._rows = [PeriodRow(kit, self._cash, place) for place in places]
        for each in self._rows:
            self.content.addWidget(each)
        self.content.addWidget(self._range)
        self.content.addStretch(1)
        self.content.addWidget(self._empty)
        self.content.addStretch(1)

    def fill(self, state: State, words: Words) -> None:
        closed = self._cash.cash.cash.closed[::-1] if self._cash.cash else ()
        first, count = state.cash.first, len(closed)
        shown = closed[first : first + len(self._rows)]
        for place, each in enumerate(self._rows):
            each.setVisible(place < len(shown))
            if place < len(shown):
                each.say(shown[place], words)
        last = first + len(shown)
        said = words.text("staff.range", first=first + 1, last=last, count=count)
        self._range.say(said if count > len(self._rows) else "")
        self._empty.say("" if closed else words.text("cash.no-periods"))


class PeriodView(StaffView):
    """One word, what it means, and what was closed."""

    def __init__(self, kit: Kit, model: StaffModel) -> None:
        super().__init__(kit, model)
        theme = kit.theme
        self._cash = model.part(Cash)
        self._mark = Mark(theme.px(84), motion=False)
        self._word = Text(theme, "title", shade="strong", wrap=False)
        self._means = Text(theme, "body")
        self._printing = Bar(theme, role="body")
        self._facts = Facts(theme, _FACTS, value_role="body", spacing=0)
        head = row(spacing=theme.px(24))
        head.addWidget(self._mark)
        head.addWidget(self._word)
        head.addWidget(self._means, 1)
        self.content.addLayout(head)
        self.content.addWidget(self._printing)
        self.content.addWidget(self._facts)
        self.content.addStretch(1)

    def fill(self, state: State, words: Words) -> None:
        period, cash = self._cash.period, self._cash.cash
        if period is None or cash is None:
            return
        answer = period.answer
        self._mark.show_sign(Sign.DONE if answer and answer.agrees else Sign.ATTENTION)
        self._mark.setVisible(answer is not None)
        self._word.say(told.word(period, words))
        just_now, following = state.cash.before_period is View.HOME, cash.cash.period.period_no
        ended = words.text("cash.ended", number=following)
        self._means.say(ended if just_now else told.means(period, words))
        say_printing(self._printing, cash, period, words)
        self._facts.say(told.period_facts(period, words))


class DifferencesView(StaffView):
    """What the terminal says beside what the head office says."""

    def __init__(self, kit: Kit, model: StaffModel) -> None:
        super().__init__(kit, model)
        theme = kit.theme
        self._cash = model.part(Cash)
        self._table = DifferenceTable(theme, self._cash.fit[CashPage.DIFFERENCES])
        self._text = Text(theme, "body")
        self.content.addWidget(self._table)
        self.content.addWidget(self._text)
        self.content.addStretch(1)

    def fill(self, state: State, words: Words) -> None:
        self._text.say(words.text("cash.differences-text"))
        self._table.say(self._cash.differences[state.cash.first :], words)


class DifferenceTable(Panel):
    """Three columns under their heads."""

    def __init__(self, theme: Theme, rows: int) -> None:
        super().__init__(theme, "panel")
        grid = QGridLayout(self)
        grid.setContentsMargins(theme.px(24), theme.px(16), theme.px(24), theme.px(16))
        grid.setHorizontalSpacing(theme.px(20))
        grid.setVerticalSpacing(theme.px(8))
        self._lines: list[tuple[Text, Text, Text]] = []
        for number in range(rows + 1):
            head = number == 0
            line = (
                Text(theme, "body", shade="strong"),
                Text(theme, "body", shade="muted" if head else "text", lean=RIGHT),
                Text(theme, "body", shade="muted" if head else "text", lean=RIGHT),
            )
            for place, widget in enumerate(line):
                grid.addWidget(widget, number, place)
            self._lines.append(line)
        for place, share in enumerate((2, 3, 3)):
            grid.setColumnStretch(place, share)

    def say(self, differences: tuple[Difference, ...], words: Words) -> None:
        """Show the first ``differences`` that fit."""
        heads = ("cash.what.head", "cash.what.terminal", "cash.what.center")
        said = [tuple(words.text(key) for key in heads)]
        said += [told.difference(line, words) for line in differences[: len(self._lines) - 1]]
        said += [("", "", "")] * (len(self._lines) - len(said))
        for line, texts in zip(self._lines, said, strict=True):
            for widget, text in zip(line, texts, strict=True):
                widget.say(text)
