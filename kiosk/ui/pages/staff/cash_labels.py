"""What is written on the boxes and on the bag: three fields and a keyboard."""

from functools import partial

from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, row
from kiosk.ui.pages.staff.view import StaffView, once
from kiosk.ui.staff import cash_words as told
from kiosk.ui.staff.cash import Cash
from kiosk.ui.staff.cash_state import Label
from kiosk.ui.staff.model import StaffModel
from kiosk.ui.staff.state import State
from kiosk.ui.theme import Theme
from kiosk.ui.widgets.button import BigButton
from kiosk.ui.widgets.keypad import Keyboard

_SHOWN_WIDTH = 250
"""So much of a label is shown, in reference pixels: its last characters."""


def label_name(label: Label) -> str:
    """Return the object name of a field, by which tests and the bench find it."""
    return f"button-staff-label-{label.value}"


class Field(BigButton):
    """What is typed so far, else what it is; three stand in a row of an upright screen."""

    aside = 8

    def __init__(self, theme: Theme, label: Label, *, chosen: bool) -> None:
        """``chosen``: looks like the field that is being typed."""
        face = "primary" if chosen else "secondary"
        super().__init__(theme, face, label_name(label), role="strong")
        self.setFixedHeight(theme.target)

    def tail(self, text: str) -> str:
        """Return as many of the last characters as fit."""
        shown = text
        while self._title_face.measure(shown)[0] > self._theme.px(_SHOWN_WIDTH):
            shown = shown[1:] if shown == text else shown[2:]
            shown = f"…{shown}"
        return shown


class LabelsView(StaffView):
    """Press a field, type, and go back: nothing has to be typed."""

    def __init__(self, kit: Kit, model: StaffModel) -> None:
        super().__init__(kit, model)
        theme = kit.theme
        self._cash = model.part(Cash)
        self._fields: dict[tuple[Label, bool], Field] = {}
        fields = row(spacing=theme.px(12))
        for label in Label:
            for chosen in (True, False):
                field = Field(theme, label, chosen=chosen)
                field.clicked.connect(once(kit, partial(self._cash.choose_label, label)))
                self._fields[label, chosen] = field
                fields.addWidget(field, 1)
        self._keyboard = Keyboard(theme, model.type)
        if theme.portrait:
            self.content.addStretch(1)
        self.content.addLayout(fields)
        self.content.addWidget(self._keyboard, 0 if theme.portrait else 1)
        if theme.portrait:
            self.content.addStretch(1)

    def fill(self, state: State, words: Words) -> None:
        for (label, chosen), field in self._fields.items():
            typing = label is state.cash.label
            text = field.tail(state.cash.labels.get(label, "")) or told.label(label, words)
            field.say(f"{text}_" if typing else text)
            field.setVisible(chosen is typing)
        self._keyboard.say(words.text("staff.back"))
