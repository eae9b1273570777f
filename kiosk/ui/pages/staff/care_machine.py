"""The machine's own state, and every parameter with who set it."""

from PySide6.QtWidgets import QGridLayout

from kiosk.engine.workshop import Heart, Parameter
from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit
from kiosk.ui.pages.staff.view import StaffView
from kiosk.ui.staff import care_words as told
from kiosk.ui.staff.care_state import CarePage
from kiosk.ui.staff.machine_room import MachineRoom
from kiosk.ui.staff.model import StaffModel
from kiosk.ui.staff.state import State
from kiosk.ui.theme import Theme
from kiosk.ui.widgets.facts import Facts
from kiosk.ui.widgets.text import CENTRE, RIGHT, Panel, Text

_FACTS = 8
_HEARTS = 6
"""Room for so many, in two columns."""

SHOWN_CHARACTERS, UPRIGHT_CHARACTERS = 26, 44
"""Of a parameter's value: beside its name, and below it."""


class MachineView(StaffView):
    """Versions, storage, reports, the staff it knows, and the parts of the program."""

    def __init__(self, kit: Kit, model: StaffModel) -> None:
        super().__init__(kit, model)
        theme = kit.theme
        role = "body" if theme.portrait else "caption"
        self._facts = Facts(theme, _FACTS, value_role=role, label_role=role, spacing=0)
        self._head = Text(theme, "caption", shade="muted")
        self._hearts = Hearts(theme)
        self.content.addWidget(self._facts)
        self.content.addWidget(self._head)
        self.content.addWidget(self._hearts)
        self.content.addStretch(1)

    def fill(self, state: State, words: Words) -> None:
        machine, staff = state.care.machine, self.model.visit.staff
        self._facts.say(told.machine_facts(machine, staff, words) if machine else [])
        self._head.say(words.text("care.watchdog") if machine else "")
        self._hearts.say(machine.hearts if machine else (), words)


class Hearts(Panel):
    """Each part of the program that the watchdog listens to, and its last beat."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "panel")
        grid = QGridLayout(self)
        grid.setContentsMargins(theme.px(28), theme.px(12), theme.px(28), theme.px(12))
        grid.setHorizontalSpacing(theme.px(20))
        grid.setVerticalSpacing(theme.px(2))
        columns = 1 if theme.portrait else 2
        self._cells: list[tuple[Text, Text]] = []
        for number in range(_HEARTS):
            down, along = divmod(number, columns)
            name = Text(theme, "caption", shade="muted", wrap=False)
            beat = Text(theme, "caption", wrap=False)
            grid.addWidget(name, down, 2 * along)
            grid.addWidget(beat, down, 2 * along + 1)
            grid.setColumnStretch(2 * along + 1, 1)
            self._cells.append((name, beat))

    def say(self, hearts: tuple[Heart, ...], words: Words) -> None:
        """Show the first ``hearts`` that fit."""
        said = [told.heart(each, words) for each in hearts[:_HEARTS]]
        spare = [("", "")] * (_HEARTS - len(said))
        for (name, beat), (part, when) in zip(self._cells, [*said, *spare], strict=True):
            name.say(part)
            beat.say(when)
        self.setVisible(bool(hearts))


class ParametersView(StaffView):
    """Name as in the configuration file, value, who set it; a page at a time."""

    def __init__(self, kit: Kit, model: StaffModel) -> None:
        super().__init__(kit, model)
        theme = kit.theme
        self._rows = model.part(MachineRoom).fit[CarePage.PARAMETERS]
        self._table = ParameterTable(theme, self._rows)
        self._range = Text(theme, "caption", shade="muted", lean=RIGHT)
        self._empty = Text(theme, "lead", lean=CENTRE)
        self.content.addWidget(self._table)
        self.content.addWidget(self._range)
        self.content.addWidget(self._empty)
        self.content.addStretch(1)

    def fill(self, state: State, words: Words) -> None:
        first, count = state.care.first, len(state.care.parameters)
        shown = state.care.parameters[first : first + self._rows]
        self._table.say(shown, words)
        self._table.setVisible(bool(shown))
        said = words.text("staff.range", first=first + 1, last=first + len(shown), count=count)
        self._range.say(said if count > self._rows else "")
        self._empty.say("" if shown or state.busy else words.text("care.no-parameters"))


class ParameterTable(Panel):
    """Three columns under their heads, the value below on an upright screen; a long value loses its
    middle.
    """

    def __init__(self, theme: Theme, rows: int) -> None:
        super().__init__(theme, "panel")
        grid = QGridLayout(self)
        grid.setContentsMargins(theme.px(24), theme.px(10), theme.px(24), theme.px(10))
        grid.setHorizontalSpacing(theme.px(20))
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0 if theme.portrait else 1, 1)
        self._most = UPRIGHT_CHARACTERS if theme.portrait else SHOWN_CHARACTERS
        self._lines: list[tuple[Text, Text, Text]] = []
        for number in range(rows + 1):
            shade = "text" if number else "muted"
            line = (
                Text(theme, "caption", shade="strong" if number else "muted", wrap=False),
                Text(theme, "caption", shade=shade, wrap=False),
                Text(theme, "caption", shade="muted", wrap=False, lean=RIGHT),
            )
            name, value, who = line
            if theme.portrait:
                top = 3 * number
                grid.addWidget(name, top, 0)
                grid.addWidget(who, top, 1)
                grid.addWidget(value, top + 1, 0, 1, 2)
                grid.setRowMinimumHeight(top + 2, theme.px(8))
            else:
                for place, widget in enumerate(line):
                    grid.addWidget(widget, number, place)
            self._lines.append(line)

    def say(self, parameters: tuple[Parameter, ...], words: Words) -> None:
        """Show ``parameters``."""
        heads = ("care.parameter", "care.value", "care.who-set")
        said = [tuple(words.text(key) for key in heads)]
        said += [
            (
                each.name,
                shortened(told.value(each, words), self._most),
                told.set_by(each.set_by, words),
            )
            for each in parameters
        ]
        said += [("", "", "")] * (len(self._lines) - len(said))
        for line, texts in zip(self._lines, said, strict=True):
            for widget, text in zip(line, texts, strict=True):
                widget.say(text)


def shortened(value: str, most: int) -> str:
    """Return ``value`` with its middle left out when it is longer than ``most`` characters."""
    if len(value) <= most:
        return value
    half = (most - 1) // 2
    return f"{value[:half]}…{value[-half:]}"
