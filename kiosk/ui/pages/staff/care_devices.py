"""All parts, one of them, and its last faults."""

from functools import partial

from PySide6.QtWidgets import QGridLayout

from kiosk.flow.care import FaultSeen
from kiosk.flow.device import Device, DeviceState
from kiosk.ui.i18n import Words
from kiosk.ui.kit import Kit, row
from kiosk.ui.pages.staff.view import StaffView, once
from kiosk.ui.staff import care_words as told
from kiosk.ui.staff.care_state import CarePage
from kiosk.ui.staff.devices import Devices
from kiosk.ui.staff.model import StaffModel
from kiosk.ui.staff.state import State
from kiosk.ui.theme import Theme
from kiosk.ui.widgets.bars import Bar, Todo
from kiosk.ui.widgets.facts import Facts, Figure
from kiosk.ui.widgets.marks import Sign
from kiosk.ui.widgets.sign_button import SignButton
from kiosk.ui.widgets.text import CENTRE, LEFT, RIGHT, Panel, Text

_FACTS = 3
_COUNTERS = 4


def device_name(device: Device) -> str:
    """Return the object name of a part's button, by which tests and the bench find it."""
    return f"button-staff-device-{device.value}"


class DevicesView(StaffView):
    """A button for each part: how it is, and what customers cannot do because of it."""

    def __init__(self, kit: Kit, model: StaffModel) -> None:
        super().__init__(kit, model)
        theme = kit.theme
        self._devices = model.part(Devices)
        self._rows = {device: SignButton(theme, device_name(device)) for device in Device}
        self._empty = Text(theme, "lead", lean=CENTRE)
        for device, button in self._rows.items():
            button.clicked.connect(once(kit, partial(self._devices.look_at, device)))
            self.content.addWidget(button, 1)
        self.content.addWidget(self._empty)
        self.content.setSpacing(theme.px(6))

    def fill(self, state: State, words: Words) -> None:
        first, fit = state.care.first, self._devices.fit[CarePage.DEVICES]
        shown = {each.device: each for each in self._devices.devices[first : first + fit]}
        for device, button in self._rows.items():
            button.setVisible(device in shown)
            if device in shown:
                well = shown[device].state is DeviceState.OK
                button.show_sign(Sign.DONE if well else Sign.ATTENTION)
                button.say(*told.row(shown[device], words))
        self._empty.say("" if shown else words.text("care.no-devices"))


class DeviceView(StaffView):
    """How a part is, what to do about it, what it has counted, what it says of itself."""

    def __init__(self, kit: Kit, model: StaffModel) -> None:
        super().__init__(kit, model)
        theme = kit.theme
        role = "body" if theme.portrait else "caption"
        self._devices = model.part(Devices)
        self._reset = Bar(theme, role="body")
        self._facts = Facts(theme, _FACTS, value_role=role, label_role=role, spacing=0)
        self._todo = Todo(theme, role="body")
        self._counters = tuple(Figure(theme) for _ in range(_COUNTERS))
        self._said = Panel(theme, "panel")
        self._label = Text(theme, "caption", shade="muted", wrap=False)
        self._detail = Text(theme, "caption")
        counters, said = row(spacing=theme.px(14)), row(self._said, spacing=theme.px(20))
        for figure in self._counters:
            counters.addWidget(figure, 1)
        said.setContentsMargins(theme.px(28), theme.px(10), theme.px(28), theme.px(10))
        said.addWidget(self._label)
        said.addWidget(self._detail, 1)
        for each in (self._reset, self._facts, self._todo):
            self.content.addWidget(each)
        self.content.addLayout(counters)
        self.content.addWidget(self._said)
        self.content.addStretch(1)

    def fill(self, state: State, words: Words) -> None:
        device = self._devices.device
        if device is None:
            return
        asked = words.text("care.reset-asked") if state.care.reset_asked else ""
        self._reset.say(asked, tone="tint", sign=None)
        self._facts.say(told.device_facts(device, words))
        self._todo.say(told.what_to_do(device, words))
        counted = told.counters(device, words)
        spare = [("", "")] * (_COUNTERS - len(counted))
        for figure, (label, value) in zip(self._counters, [*counted, *spare], strict=True):
            figure.say(label, value, "lead")
        self._label.say(words.text("care.details") if device.detail else "")
        self._detail.say(device.detail)
        self._said.setVisible(bool(device.detail))


class FaultsView(StaffView):
    """What was wrong, when, and for how long; the newest first."""

    def __init__(self, kit: Kit, model: StaffModel) -> None:
        super().__init__(kit, model)
        theme = kit.theme
        self._devices = model.part(Devices)
        self._table = FaultTable(theme, self._devices.fit[CarePage.FAULTS])
        self.content.addWidget(self._table)
        self.content.addStretch(1)

    def fill(self, state: State, words: Words) -> None:
        device = self._devices.device
        faults = device.faults[state.care.first :] if device else ()
        self._table.say(faults, words)


class FaultTable(Panel):
    """Three columns under their heads."""

    def __init__(self, theme: Theme, rows: int) -> None:
        super().__init__(theme, "panel")
        grid = QGridLayout(self)
        grid.setContentsMargins(theme.px(24), theme.px(16), theme.px(24), theme.px(16))
        grid.setHorizontalSpacing(theme.px(20))
        grid.setVerticalSpacing(theme.px(8))
        grid.setColumnStretch(0, 1)
        self._lines: list[tuple[Text, Text, Text]] = []
        for number in range(rows + 1):
            shade = "text" if number else "muted"
            line = (
                Text(theme, "body", shade="strong" if number else "muted"),
                Text(theme, "body", shade=shade, wrap=False, lean=LEFT),
                Text(theme, "body", shade=shade, wrap=False, lean=RIGHT),
            )
            for place, widget in enumerate(line):
                grid.addWidget(widget, number, place)
            self._lines.append(line)

    def say(self, faults: tuple[FaultSeen, ...], words: Words) -> None:
        """Show the first ``faults`` that fit."""
        heads = ("care.fault", "care.from", "care.lasted")
        said = [tuple(words.text(key) for key in heads)]
        said += [told.fault_row(each, words) for each in faults[: len(self._lines) - 1]]
        said += [("", "", "")] * (len(self._lines) - len(said))
        for line, texts in zip(self._lines, said, strict=True):
            for widget, text in zip(line, texts, strict=True):
                widget.say(text)
