"""A clearing step by step, and the two questions that are asked before something is final."""

from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, column, row
from kiosk.ui.pages.staff.telling import TellView
from kiosk.ui.pages.staff.view import StaffView
from kiosk.ui.staff import cash_words as told
from kiosk.ui.staff.cash import Cash
from kiosk.ui.staff.cash_state import Walk, WalkStep
from kiosk.ui.staff.model import StaffModel
from kiosk.ui.staff.state import State
from kiosk.ui.theme import Theme
from kiosk.ui.widgets.bars import Todo
from kiosk.ui.widgets.facts import Facts
from kiosk.ui.widgets.marks import Sign
from kiosk.ui.widgets.step_strip import StepBadge
from kiosk.ui.widgets.text import Panel, Text

_FACTS = 3
_BEHIND, _NOW, _AHEAD = -1, 0, 1


class StepList(Panel):
    """All steps below each other: those that are done ticked, the present one filled."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "panel")
        layout = column(self, spacing=theme.px(14))
        layout.setContentsMargins(theme.px(22), theme.px(20), theme.px(22), theme.px(20))
        self._rows: list[tuple[StepBadge, Text]] = []
        for number in range(1, len(WalkStep) + 1):
            badge, name = StepBadge(theme, number), Text(theme, "body")
            line = row(spacing=theme.px(16))
            line.addWidget(badge)
            line.addWidget(name, 1)
            layout.addLayout(line)
            self._rows.append((badge, name))
        if not theme.portrait:
            layout.addStretch(1)

    def say(self, walk: Walk, words: Words) -> None:
        """Show how far it is."""
        spare = [None] * (len(self._rows) - len(walk.steps))
        for (badge, name), step in zip(self._rows, [*walk.steps, *spare], strict=True):
            badge.setVisible(step is not None)
            name.say(told.step(step, walk, words) if step else "")
            if step is not None:
                now = step is walk.now
                badge.show_state(_NOW if now else _BEHIND if step in walk.done else _AHEAD)
                name.set_role("strong" if now else "body")
                name.set_shade("strong" if now else "muted")


class WalkView(StaffView):
    """The steps, and beside them what to do now."""

    def __init__(self, kit: Kit, model: StaffModel) -> None:
        super().__init__(kit, model)
        theme = kit.theme
        self._cash = model.part(Cash)
        self._steps = StepList(theme)
        self._warning = Todo(theme, role="body")
        self._now = Text(theme, "title", shade="strong")
        self._how = Text(theme, "body")
        self._facts = Facts(theme, _FACTS)
        said = column(spacing=theme.px(16))
        said.addStretch(1)
        for each in (self._warning, self._now, self._how, self._facts):
            said.addWidget(each)
        said.addStretch(2)
        both = column(spacing=theme.px(24)) if theme.portrait else row(spacing=theme.px(30))
        both.addWidget(self._steps, 0 if theme.portrait else 8)
        both.addLayout(said, 1 if theme.portrait else 13)
        self.content.addLayout(both, 1)

    def fill(self, state: State, words: Words) -> None:
        walk, cash = self._cash.walk, self._cash.cash
        if walk is None or cash is None:
            return
        self._steps.say(walk, words)
        self._warning.say(told.warning(walk, cash, words))
        self._now.say(told.now(walk, words))
        self._how.say(told.how(walk, cash, words))
        self._facts.say(told.walk_facts(walk, cash, state.cash.labels, words))


class CancelView(TellView):
    """Really not now?"""

    def fill(self, state: State, words: Words) -> None:
        head, todo = words.text("cash.cancel.head"), words.text("cash.cancel.text")
        self.tell(Sign.ATTENTION, head, todo, [])


class BlindView(TellView):
    """The acceptor cannot tell whether the box was changed: did somebody?"""

    def fill(self, state: State, words: Words) -> None:
        cash = self.model.part(Cash).cash
        facts = [told.expected(cash.figures, words)] if cash else []
        head, todo = words.text("cash.end-blind.head"), words.text("cash.end-blind.text")
        self.tell(Sign.ATTENTION, head, todo, facts)
