"""The table of all kills: what they ended in, and how long the machine took to say so."""

import statistics
from collections.abc import Iterable, Sequence

from bench.kills.outcome import Ending, Outcome
from bench.kills.resident import Way

_ENDINGS = (
    Ending.UNPAID,
    Ending.BY_ITSELF,
    Ending.CARD_AGAIN,
    Ending.DOUBTFUL,
    Ending.BEFORE,
    Ending.CLEARED,
    Ending.CLOSED_BEFORE,
    Ending.NOT_REACHED,
    Ending.FAILED,
)
_TITLES = ("moment", "phase", "kills", *_ENDINGS, "completing: median, worst", "end: median, worst")
NOTE = """\
Moments: `append before`/`after`: the process kills itself just before or just after the commit of
a fact. `request before`/`after`: all dies before a request reaches the head office, or when the
answer has left it. `acceptor`, `card`, `printer`: the device has received a command; the kiosk does
not know yet. `power`: kiosk and card worker die; `crash`: the kiosk alone.
Phase: where the purchase was, by the journal that the dead process left.
Times: from the start of the process (not of a computer) to the first screen that says that the
purchase is being completed, of those with a note in the box, and to the screen at which one goes
home; of a clearing, until the operator has finished it and left. Mechanics are quick, the machine
has other work: compare times, do not take them for promises.
"""


def is_bad(outcome: Outcome) -> bool:
    """Tell whether the sweep may not end well with this."""
    return bool(outcome.violations) or outcome.ending is Ending.NOT_REACHED


def table(outcomes: Iterable[Outcome], *, by_phase: bool = True) -> str:
    """Return a Markdown table: a row for each kind of moment (in each phase), and one of all."""
    groups: dict[tuple[str, str], list[Outcome]] = {}
    every: list[Outcome] = []
    for outcome in outcomes:
        phase = outcome.phase if by_phase else "any"
        groups.setdefault((_group(outcome), phase), []).append(outcome)
        every.append(outcome)
    rows = [_row(*names, members) for names, members in groups.items()]
    return _aligned([_TITLES, *rows, _row("all", "any", every)])


def troubles(outcomes: Iterable[Outcome]) -> str:
    """Return what went wrong, each with the command that does it again; empty: nothing."""
    return "\n".join(
        f"{outcome}\n"
        + "".join(f"    {why}\n" for why in outcome.violations)
        + f"    {outcome.replay}"
        for outcome in outcomes
        if is_bad(outcome)
    )


def _group(outcome: Outcome) -> str:
    """Purchases and clearings are counted apart."""
    cleared = outcome.way is Way.CLEARS
    return f"clearing: {outcome.moment.group}" if cleared else outcome.moment.group


def _row(group: str, phase: str, members: Sequence[Outcome]) -> tuple[str, ...]:
    counts = [sum(outcome.ending is ending for outcome in members) for ending in _ENDINGS]
    return (
        group,
        phase,
        str(len(members)),
        *(str(count or "") for count in counts),
        _times(outcome.completing_s for outcome in members),
        _times(outcome.end_s for outcome in members),
    )


def _times(seconds: Iterable[float | None]) -> str:
    known = [at_s for at_s in seconds if at_s is not None]
    return f"{statistics.median(known):.2f} s, {max(known):.2f} s" if known else ""


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    ruled = [rows[0], ["-" * width for width in widths], *rows[1:]]
    return "\n".join("| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in ruled)
