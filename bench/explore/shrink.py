"""Makes a failing plan small: takes items away for as long as it still fails in the same way."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from bench.explore.plan import Fault, Payment, Plan, Round, Visit
from bench.explore.run import run

Item = Visit | Payment | Round | Fault
Fails = Callable[[Plan], bool]


def items_of(plan: Plan) -> list[Item]:
    """Return what can be taken away: visits, payments, rounds, faults."""
    return [*plan.visits, *plan.payments, *plan.rounds, *plan.faults]


def kept(plan: Plan, names: Sequence[str]) -> Plan:
    """Return the plan with the items of these names only."""
    return replace(
        plan,
        visits=tuple(visit for visit in plan.visits if visit.name in names),
        payments=tuple(each for each in plan.payments if each.name in names),
        rounds=tuple(round_ for round_ in plan.rounds if round_.name in names),
        faults=tuple(fault for fault in plan.faults if fault.name in names),
    )


def kind_of(violation: str) -> str:
    """Return what two violations of one kind have in common: all but the numbers."""
    return "".join("#" if letter.isdigit() else letter for letter in violation).replace("##", "#")


def shrink(plan: Plan, fails: Fails | None = None, most_runs: int = 200) -> Plan:
    """Return a smaller plan that fails too, none of whose items can be spared (delta debugging).

    ``fails`` tells whether a plan fails; by default, with a violation of the first one's kind.
    """
    fails = fails or _same_way(plan)
    names = [item.name for item in items_of(plan)]
    runs, size = 0, max(1, len(names) // 2)
    while size:
        at = 0
        while at < len(names) and runs < most_runs:
            fewer = names[:at] + names[at + size :]
            runs += 1
            if fails(kept(plan, fewer)):
                names = fewer
            else:
                at += size
        size //= 2
    return kept(plan, names)


def _same_way(plan: Plan) -> Fails:
    first = run(plan).violations
    kinds = {kind_of(violation)[:40] for violation in first[:1]}
    return lambda smaller: any(kind_of(v)[:40] in kinds for v in run(smaller).violations)
