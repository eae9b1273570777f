"""Views that tell: the story of an order, what was seen, "really?", and how it ended."""

from functools import partial

from PySide6.QtWidgets import QGridLayout

from kiosk.ui.i18n import Words, grouped
from kiosk.ui.kit import Kit, column, row
from kiosk.ui.pages.staff.view import StaffView, once
from kiosk.ui.staff import words as told
from kiosk.ui.staff.model import StaffModel
from kiosk.ui.staff.orders import Orders
from kiosk.ui.staff.state import EVIDENCE, State, View
from kiosk.ui.widgets.bars import Todo
from kiosk.ui.widgets.button import BigButton
from kiosk.ui.widgets.facts import Facts
from kiosk.ui.widgets.marks import Mark, Sign
from kiosk.ui.widgets.text import CENTRE, RIGHT, TOP, Panel, Text
from vending.staff import Evidence


class StoryView(StaffView):
    """Time and fact, line by line, a page at a time."""

    def __init__(self, kit: Kit, model: StaffModel) -> None:
        super().__init__(kit, model)
        theme = kit.theme
        self._panel = Panel(theme, "panel")
        grid = QGridLayout(self._panel)
        grid.setContentsMargins(theme.px(24), theme.px(10), theme.px(24), theme.px(10))
        grid.setHorizontalSpacing(theme.px(24))
        grid.setVerticalSpacing(theme.px(4))
        grid.setColumnStretch(1, 1)
        self._lines: list[tuple[Text, Text]] = []
        for number in range(model.part(Orders).fit[View.STORY]):
            when = Text(theme, "caption", shade="muted", wrap=False, sink=TOP)
            said = Text(theme, "body")
            when.drop_px = (said.line_height() - when.line_height()) // 2
            grid.addWidget(when, number, 0)
            grid.addWidget(said, number, 1)
            self._lines.append((when, said))
        self._range = Text(theme, "caption", shade="muted", lean=RIGHT)
        self._empty = Text(theme, "lead", lean=CENTRE)
        self.content.addWidget(self._panel)
        self.content.addWidget(self._range)
        self.content.addStretch(1)
        self.content.addWidget(self._empty)
        self.content.addStretch(1)

    def fill(self, state: State, words: Words) -> None:
        first, count = state.first_line, len(state.lines)
        shown = state.lines[first : first + len(self._lines)]
        spare = [None] * (len(self._lines) - len(shown))
        for (when, said), line in zip(self._lines, [*shown, *spare], strict=True):
            when.say(words.instant(line.at_ms) if line else "")
            said.say(told.story_text(line, words) if line else "")
        self._panel.setVisible(bool(shown))
        self._empty.say("" if shown else words.text("staff.no-story"))
        paged = count > len(self._lines)
        last = first + len(shown)
        said_range = words.text("staff.range", first=first + 1, last=last, count=count)
        self._range.say(said_range if paged else "")


class EvidenceView(StaffView):
    """What proves it, each a big button."""

    def __init__(self, kit: Kit, model: StaffModel) -> None:
        super().__init__(kit, model)
        theme = kit.theme
        self._effect = Text(theme, "reading")
        self._buttons: dict[Evidence, BigButton] = {}
        self.content.addStretch(1)
        self.content.addWidget(self._effect)
        self.content.addSpacing(theme.px(16))
        for evidence in Evidence:
            button = BigButton(theme, "primary", f"button-staff-{evidence.value}", role="strong")
            button.clicked.connect(once(kit, partial(model.part(Orders).prove, evidence)))
            self._buttons[evidence] = button
            self.content.addWidget(button)
        self.content.addStretch(2)

    def fill(self, state: State, words: Words) -> None:
        if state.action is None:
            return
        self._effect.say(told.effect(state.action, words))
        for evidence, button in self._buttons.items():
            button.setVisible(evidence in EVIDENCE[state.action])
            button.say(told.evidence(evidence, words))


class TellView(StaffView):
    """A sign, a sentence, what to do, and the order that it is about."""

    def __init__(self, kit: Kit, model: StaffModel) -> None:
        super().__init__(kit, model)
        theme = kit.theme
        self._mark = Mark(theme.px(84), Sign.ATTENTION, motion=False)
        self._head = Text(theme, "title", shade="strong")
        self._todo = Todo(theme)
        self._facts = Facts(theme, 5)
        head = row(spacing=theme.px(24))
        head.addWidget(self._mark)
        head.addWidget(self._head, 1)
        said = column(spacing=theme.px(12))
        said.addLayout(head)
        said.addWidget(self._todo)
        said.addWidget(self._facts)
        self.content.addStretch(1)
        self.content.addLayout(said)
        self.content.addStretch(1)

    def tell(self, sign: Sign, head: str, todo: str, facts: list[told.Pair]) -> None:
        """Show it; good news stand on green."""
        self._mark.show_sign(sign)
        self._head.say(head)
        self._todo.say(todo)
        self._todo.set_tone("warning" if sign is Sign.ATTENTION else "tint")
        self._facts.say(facts)


class ClosedView(TellView):
    """There is no desk."""

    def fill(self, state: State, words: Words) -> None:
        self.tell(Sign.ATTENTION, words.text("staff.title.closed"), words.text("staff.closed"), [])


class ConfirmView(TellView):
    """What will happen, to which order, by whom."""

    def fill(self, state: State, words: Words) -> None:
        order, action = state.order, state.action
        if order is None or action is None:
            return
        facts = [
            (words.text("owed.order"), grouped(order.order_no)),
            (words.text("staff.paid"), words.money(order.paid_fen)),
            (words.text("staff.sale"), told.sale(order, words)),
        ]
        if state.evidence is not Evidence.NONE:
            facts.append((words.text("staff.seen"), told.evidence(state.evidence, words)))
        people = "，".join if words.language == "zh" else ", ".join
        facts.append((words.text("staff.by"), people([p for p in _people(state) if p])))
        head = told.action(action, words)
        self.tell(Sign.ATTENTION, head, told.effect(action, words), facts)


class ResultView(TellView):
    """Done, or why not; and what to do now."""

    def fill(self, state: State, words: Words) -> None:
        head, todo = told.result(state, words)
        facts = []
        if state.action:
            facts.append((words.text("staff.way"), told.action(state.action, words)))
        if state.order:
            facts.append((words.text("owed.order"), grouped(state.order.order_no)))
        self.tell(Sign.DONE if state.done else Sign.ATTENTION, head, todo, facts)


def _people(state: State) -> tuple[str, str]:
    return state.signed_in, state.witness
