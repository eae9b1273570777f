"""What the maintenance pages say about parts, self-tests, the machine and exports."""

from kiosk.engine.workshop import Export, Heart, MachineInfo, Parameter, SetBy
from kiosk.flow.care import Counter, FaultSeen, SelfTestRun
from kiosk.flow.device import CardFault, Device, DeviceState, Fault, SelfTest
from kiosk.flow.view import DeviceView, StaffView
from kiosk.ui.i18n import NO_BREAK, Words
from kiosk.ui.staff.care_state import CarePage
from kiosk.ui.staff.words import DOT, Pair

_INSTEAD = {
    "set": "care.value-set",
    "not set": "care.value-not-set",
    "": "care.value-not-set",
}
"""What the workshop says instead of a secret; and nothing at all."""
_S, _MIN, _H, _DAY = 1000, 60_000, 3_600_000, 86_400_000
_SPANS = (("days", _DAY), ("hours", _H), ("minutes", _MIN), ("seconds", _S))


def title(view: str, device: DeviceView | None, run: SelfTestRun | None, words: Words) -> str:
    """Return what a view of a part is about."""
    if view == CarePage.TEST:
        return test(run.test, words) if run else words.text("care.title.care-test")
    name = device_name(device.device, words) if device else ""
    return words.text(f"care.title.{view}", device=name)


def between(*parts: str, words: Words) -> str:
    """Return sentences one after the other."""
    return ("" if words.language == "zh" else " ").join(part for part in parts if part)


# -- a part ----------------------------------------------------------------------------------------


def device_name(device: Device, words: Words) -> str:
    """Return what a part is called."""
    return words.text(f"staff.device.{device.value}")


def state(device: DeviceView, words: Words) -> str:
    """Return how a part is, and the fault where one is known."""
    said = words.text(f"staff.device-state.{device.state.value}")
    known = fault(device, words)
    return said if known.lower() in {"", said.lower()} else DOT.join((said, known))


def fault(device: DeviceView, words: Words) -> str:
    """Return what is wrong with a part; empty: nothing is known to be."""
    none = device.fault is Fault.NONE or device.state is DeviceState.OK
    return "" if none else words.fault(device.fault)


def row(device: DeviceView, words: Words) -> Pair:
    """Return a part in two lines: how it is; since when, or what customers cannot do."""
    how = fault(device, words) or state(device, words)
    head = words.text("care.row", device=device_name(device.device, words), state=how)
    if device.state is DeviceState.OK:
        return head, since(device, words)
    return head, effect(device, words)


def since(device: DeviceView, words: Words) -> str:
    """Return since when a part is as it is."""
    return words.text("care.since", moment=words.moment(device.since_ms))


def effect(device: DeviceView, words: Words) -> str:
    """Return what customers can and cannot do because of how a part is."""
    match device.state:
        case DeviceState.OK:
            return words.text("care.effect.ok")
        case DeviceState.STARTING:
            return words.text("care.effect.starting")
        case DeviceState.LOW:
            return words.text("care.effect.low")
        case _:
            return words.text(f"care.effect.{device.device.value}")


def todo(fault: Fault, words: Words) -> str:
    """Return what to do about a fault."""
    return words.text(f"care.todo.{fault.value}")


def what_to_do(device: DeviceView, words: Words) -> str:
    """Return what to do about a part; empty: nothing."""
    if device.state in {DeviceState.OK, DeviceState.STARTING}:
        return ""
    if device.device is Device.HEAD_OFFICE:
        return words.text("care.todo.line")
    return todo(Fault.NO_ANSWER if device.fault is Fault.NONE else device.fault, words)


def device_facts(device: DeviceView, words: Words) -> list[Pair]:
    """Return how a part is, since when, and what that means."""
    return [
        (words.text("care.state"), state(device, words)),
        (words.text("care.since-when"), words.moment(device.since_ms)),
        (words.text("care.customers"), effect(device, words)),
    ]


def counters(device: DeviceView, words: Words) -> list[Pair]:
    """Return what a part has counted over the machine's life."""
    return [(counter(each, words), f"{count:,}") for each, count in device.counters]


def counter(counter: Counter, words: Words) -> str:
    """Return what is counted."""
    return words.text(f"care.counter.{counter.value}")


def all_devices(devices: tuple[DeviceView, ...], words: Words) -> str:
    """Return which parts want attention, in a line; empty: nothing is known."""
    ailing = [each for each in devices if each.state is not DeviceState.OK]
    if not devices:
        return ""
    if not ailing:
        return words.text("care.all-in-order")
    names = words.text("format.and").join(device_name(each.device, words) for each in ailing)
    return words.text("care.attention", devices=names)


def fault_row(seen: FaultSeen, words: Words) -> tuple[str, str, str]:
    """Return a fault of the past: what it was, when, for how long."""
    what = words.text(f"staff.device-state.{seen.state.value}")
    if seen.fault is not Fault.NONE:
        what = words.fault(seen.fault)
    lasted = words.text("care.lasts")
    if seen.until_ms is not None:
        lasted = span(seen.until_ms - seen.at_ms, words)
    return what, words.moment(seen.at_ms), lasted


def span(length_ms: int, words: Words) -> str:
    """Return how long something took, in its largest unit that is not less than one."""
    for unit, unit_ms in _SPANS:
        count = length_ms // unit_ms
        if count:
            key = f"care.span.{unit}" if count > 1 else f"care.span.{unit}-one"
            return words.text(key, count=count).replace(" ", NO_BREAK)
    return words.text("care.span.moment")


# -- self-tests ------------------------------------------------------------------------------------


def test(test: SelfTest, words: Words) -> str:
    """Return a self-test's name."""
    return words.text(f"care.test.{test.value}.name")


def verdict(run: SelfTestRun, words: Words) -> Pair:
    """Return how a self-test stands, and what to do now."""
    if run.passed is None:
        family = f"care.test.{run.test.value}"
        return words.text(f"{family}.head"), words.text(f"{family}.text")
    if run.passed:
        return words.text("care.passed"), words.text(f"care.test.{run.test.value}.passed")
    return words.text("care.failed"), _failed(run, words)


def _failed(run: SelfTestRun, words: Words) -> str:
    """Return why it failed: a fault with what to do, the card's own trouble, or the test's."""
    code = run.detail
    if run.test is SelfTest.OFFICE and code in {Fault.NO_ANSWER, DeviceState.OFFLINE}:
        return words.text("care.why.line")
    if code in set(Fault) - {Fault.NONE}:
        fault = Fault(code)
        sentence = words.text("care.because", reason=words.fault(fault))
        return between(sentence, todo(fault, words), words=words)
    if code in set(DeviceState):
        return todo(Fault.NO_ANSWER, words)
    if f"care.why.{code}" in words:
        return words.text(f"care.why.{code}")
    if code in set(CardFault):
        cause = words.cause(CardFault(code))
        return between(cause.text, cause.todo, words=words)
    return words.text("care.because", reason=code)


def test_facts(run: SelfTestRun, words: Words) -> list[Pair]:
    """Return what else is known of a self-test."""
    facts = [(words.text("care.started"), words.instant(run.started_at_ms))]
    if run.passed and run.test is SelfTest.OFFICE:
        facts.append((words.text("care.took"), run.detail.replace(" ", NO_BREAK)))
    if run.passed and run.test is SelfTest.CARD:
        facts.append((words.text("care.layout"), run.detail))
    return facts


# -- the machine -----------------------------------------------------------------------------------


def machine_facts(machine: MachineInfo, staff: StaffView | None, words: Words) -> list[Pair]:
    """Return the machine's own state."""
    started = words.moment(staff.started_at_ms) if staff and staff.started_at_ms else ""
    versions = f"Python {machine.python_version}{DOT}Qt {machine.qt_version}"
    return [
        (words.text("care.software"), DOT.join((machine.software_version, update(machine, words)))),
        (words.text("care.runtime"), versions),
        (words.text("care.system"), machine.system),
        (words.text("care.up-since"), started or words.text("staff.none")),
        (words.text("care.disk"), words.text("care.free", size=size(machine.free_mb))),
        (
            words.text("care.journal"),
            words.text(
                "care.entries", count=machine.journal_entries, size=size(machine.journal_mb)
            ),
        ),
        (words.text("care.reports"), reports(machine, words)),
        (words.text("care.roster"), roster(machine, words)),
    ]


def update(machine: MachineInfo, words: Words) -> str:
    """Return the state of the software update; a code of another version stays a code."""
    key = f"care.update.{machine.update}"
    return words.text(key) if key in words else machine.update


def size(megabytes: int) -> str:
    """Return an amount of storage."""
    whole = megabytes < 10 * 1024
    return f"{megabytes}{NO_BREAK}MB" if whole else f"{megabytes // 1024}{NO_BREAK}GB"


def reports(machine: MachineInfo, words: Words) -> str:
    """Return how many reports wait, and since when."""
    if not machine.reports_waiting:
        return words.text("care.no-reports")
    waiting = words.text("care.waiting", count=machine.reports_waiting)
    if machine.oldest_report_ms is None:
        return waiting
    oldest = words.text("care.oldest", moment=words.moment(machine.oldest_report_ms))
    return DOT.join((waiting, oldest))


def roster(machine: MachineInfo, words: Words) -> str:
    """Return which staff the machine knows by itself, and how fresh that is."""
    version = words.text("care.version", number=machine.roster_version)
    if machine.roster_confirmed_ms is None:
        return DOT.join((version, words.text("care.never-confirmed")))
    confirmed = words.moment(machine.roster_confirmed_ms)
    return DOT.join((version, words.text("care.confirmed", moment=confirmed)))


def heart(heart: Heart, words: Words) -> Pair:
    """Return a part of the program, and when it beat last of how long it may be silent."""
    key = f"care.heart.{heart.name}"
    name = words.text(key) if key in words else heart.name
    return name, words.text("care.beat", age=heart.age_s, limit=heart.limit_s)


def value(parameter: Parameter, words: Words) -> str:
    """Return a parameter's value; of a secret one, and of an empty one, whether it is set."""
    key = _INSTEAD.get(parameter.value)
    return words.text(key) if key else parameter.value


def set_by(set_by: SetBy, words: Words) -> str:
    """Return who set a parameter."""
    return words.text(f"care.set-by.{set_by.value}")


# -- an export -------------------------------------------------------------------------------------


def export(export: Export | None, *, busy: bool, words: Words) -> Pair:
    """Return how an export stands, and what to do now."""
    if busy:
        return words.text("care.exporting.head"), words.text("care.exporting.text")
    if export is None:
        return words.text("care.to-export.head"), words.text("care.to-export.text")
    if export.trouble is None:
        return words.text("care.exported.head"), words.text("care.exported.text")
    family = f"care.export-trouble.{export.trouble.value}"
    return words.text(f"{family}.head"), words.text(f"{family}.text")


def export_facts(export: Export | None, words: Words) -> list[Pair]:
    """Return what was written, or what would be."""
    if export is None:
        return [(words.text("care.contents"), words.text("care.contents-are"))]
    if export.trouble is not None:
        return []
    return [
        (words.text("care.file"), export.file),
        (words.text("care.size"), f"{export.size_kb}{NO_BREAK}KB"),
    ]


def restart(*, may: bool, restarting: bool, words: Words) -> Pair:
    """Return whether the program may be started anew, and what that means."""
    if restarting:
        return words.text("care.restarting.head"), words.text("care.restarting.text")
    if may:
        return words.text("care.restart.head"), words.text("care.restart.text")
    return words.text("care.no-restart.head"), words.text("care.no-restart.text")
