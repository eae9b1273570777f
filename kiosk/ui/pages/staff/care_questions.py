"""Self-tests, and the two questions before something starts anew."""

from kiosk.ui.i18n import Words
from kiosk.ui.pages.staff.telling import TellView
from kiosk.ui.staff import care_words as told
from kiosk.ui.staff.devices import Devices
from kiosk.ui.staff.machine_room import MachineRoom
from kiosk.ui.staff.state import State
from kiosk.ui.widgets.marks import Sign


class TestView(TellView):
    """What to do now; then passed or not, and why."""

    __test__ = False
    """Nothing for pytest."""

    def fill(self, state: State, words: Words) -> None:
        run = self.model.part(Devices).run
        if run is None:
            return
        head, todo = told.verdict(run, words)
        sign = Sign.DONE if run.passed else Sign.ATTENTION
        self.tell(sign, head, todo, told.test_facts(run, words))


class ResetView(TellView):
    """Really start a part anew?"""

    def fill(self, state: State, words: Words) -> None:
        device = self.model.part(Devices).device
        if device is None:
            return
        name = told.device_name(device.device, words)
        head, todo = words.text("care.reset.head", device=name), words.text("care.reset.text")
        self.tell(Sign.ATTENTION, head, todo, told.device_facts(device, words))


class RestartView(TellView):
    """Really start the program anew? Not in the middle of a clearing."""

    def fill(self, state: State, words: Words) -> None:
        may = self.model.part(MachineRoom).may_restart
        head, todo = told.restart(may=may, restarting=state.care.restarting, words=words)
        self.tell(Sign.ATTENTION, head, todo, [])


class ExportView(TellView):
    """What is written to the stick; then its name, or what to do about the trouble."""

    def fill(self, state: State, words: Words) -> None:
        export = state.care.export
        head, todo = told.export(export, busy=state.busy, words=words)
        done = export is not None and export.trouble is None and not state.busy
        self.tell(
            Sign.DONE if done else Sign.ATTENTION, head, todo, told.export_facts(export, words)
        )
