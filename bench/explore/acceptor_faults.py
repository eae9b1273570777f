"""What can go wrong in and around the acceptor."""

from bench.acceptor.mechanism import CutPoint, Mechanism
from bench.explore.kiosk import SimKiosk
from bench.explore.plan import Fault
from bench.explore.trouble import Begin, Trouble
from kiosk.devices.acceptor.ccnet.message import Code

_FAILURE = 0x50
"""Stacking motor."""


def jam(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
    code = Code.JAM_IN_STACKER if fault.how == "stacker" else Code.JAM_IN_VALIDATOR
    advanced(faults, kiosk).stop_by_jam(code)
    kiosk.stir()
    faults.later(fault, lambda: _repair(faults, kiosk))


def failure(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
    advanced(faults, kiosk).stop_by_failure(_FAILURE)
    kiosk.stir()
    faults.later(fault, lambda: _repair(faults, kiosk))


def _repair(faults: Trouble, kiosk: SimKiosk) -> None:
    advanced(faults, kiosk).repair(faults.world.now_s)
    kiosk.stir()


def box_out(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
    kiosk.take_box()
    faults.later(fault, kiosk.put_box)


def cheat(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
    advanced(faults, kiosk).cheat(faults.world.now_s)
    kiosk.stir()


def second_note(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
    advanced(faults, kiosk).push_second(faults.world.now_s)
    kiosk.stir()


def worn_note(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
    advanced(faults, kiosk).reject_next = 0x60 + fault.number % 12


def acceptor_mute(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
    device = kiosk.hardware.acceptor
    device.mute = True
    kiosk.stir()

    def plugged_in() -> None:
        device.mute = False
        kiosk.stir()

    faults.later(fault, plugged_in)


def answers_late(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
    device = kiosk.hardware.acceptor
    device.delay_s = fault.number / 1_000
    kiosk.stir()

    def in_time() -> None:
        device.delay_s = 0.0
        kiosk.stir()

    faults.later(fault, in_time)


def count(name: str) -> Begin:
    def begin(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
        setattr(kiosk.hardware.acceptor, name, fault.number)
        kiosk.stir()

    return begin


def acceptor_cut(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
    advanced(faults, kiosk).cut_at = CutPoint(fault.how)


def acceptor_power(faults: Trouble, kiosk: SimKiosk, fault: Fault) -> None:
    advanced(faults, kiosk).power_cut()
    kiosk.stir()

    def back() -> None:
        advanced(faults, kiosk).power_on()
        kiosk.stir()

    faults.later(fault, back)


def advanced(faults: Trouble, kiosk: SimKiosk) -> Mechanism:
    metal = kiosk.hardware.acceptor.mechanism
    metal.advance(faults.world.now_s)
    return metal


def mend_acceptor(faults: Trouble, kiosk: SimKiosk) -> None:
    device = kiosk.hardware.acceptor
    metal = advanced(faults, kiosk)
    device.mute = False
    device.delay_s = 0.0
    device.replies_to_drop = device.replies_to_corrupt = 0
    device.commands_to_refuse = device.acks_to_miss = 0
    metal.cut_at = metal.reject_next = None
    if kiosk.boot:
        metal.power_on()
    kiosk.put_box()
    metal.repair(faults.world.now_s)
    kiosk.stir()


BLURS_NOTES = {
    "box-out",
    "jam",
    "acceptor-failure",
    "cheat",
    "acceptor-mute",
    "acceptor-late",
    "replies-dropped",
    "replies-corrupt",
    "commands-refused",
    "acks-missed",
    "acceptor-cut",
    "acceptor-power",
    "disk-full",
    "disk-errors",
}
"""After these nobody may be able to tell what became of a note."""
