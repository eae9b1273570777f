"""``python -m bench kills``: the whole sweep, or one moment again."""

import argparse
import multiprocessing
import shutil
import signal
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from pathlib import Path

import msgspec

from bench.kills.clearing_site import ClearingSite
from bench.kills.moment import BadAddress, Kind, Moment, parse
from bench.kills.outcome import Ending, Outcome
from bench.kills.report import NOTE, is_bad, table, troubles
from bench.kills.resident import Way
from bench.kills.site import KillSite
from bench.measure.process import circumstances

VAR = Path("var") / "kills"
MOST_JOBS = 2
BAD_ARGUMENT = 2

USUAL_WAYS = (Way.STAYS, Way.TAKEN, Way.CLEARS)

WALKS: dict[str, type[KillSite]] = {"purchase": KillSite, "clearing": ClearingSite}
"""What kiosks are killed at, and the sites for it."""

Plan = list[tuple[Moment, Way]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command by itself; return 0 when everything held, otherwise 1."""
    parser = argparse.ArgumentParser(prog="bench kills", description=__doc__)
    parser.add_argument("--at", action="append", metavar="ADDRESS", help="only this moment")
    parser.add_argument(
        "--way", type=Way, choices=list(Way), help="what happens while the machine is dark"
    )
    parser.add_argument("--jobs", type=int, choices=range(1, MOST_JOBS + 1), default=MOST_JOBS)
    parser.add_argument("--list", action="store_true", help="only say which moments there are")
    given = parser.parse_args(arguments)
    try:
        chosen = [parse(address) for address in given.at or ()]
    except BadAddress as error:
        print(f"bench kills: {error}", file=sys.stderr)
        return BAD_ARGUMENT
    folder = VAR / datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    around = circumstances()
    print(around, flush=True)
    ways = [given.way] if given.way else USUAL_WAYS[: 2 if chosen else None]
    outcomes: list[Outcome] = []
    for walk, site in WALKS.items():
        own = [way for way in ways if (way is Way.CLEARS) == (site is ClearingSite)]
        if not own:
            continue
        moments = chosen or count(folder / "count", site)
        if given.list:
            print(f"-- {walk}", *moments, sep="\n")
            continue
        plan = plan_of(moments, own, whole=not chosen)
        found = sweep(folder / walk, plan, min(given.jobs, len(plan)))
        outcomes += sorted(found, key=lambda outcome: moments.index(outcome.moment))
    return 0 if given.list else _tell(folder, around, outcomes)


def plan_of(moments: Sequence[Moment], ways: Sequence[Way], *, whole: bool) -> Plan:
    """Return every moment in each of the ways.

    ``whole``: it is the whole sweep. Without a line the time-outs of the flow take minutes, so that
    then only the appends are done: between two of them the kiosk learns nothing more.
    """
    return [
        (moment, way)
        for way in ways
        for moment in moments
        if not whole or way is not Way.NO_LINE or moment.kind is Kind.APPEND
    ]


def count(folder: Path, kind: type[KillSite]) -> list[Moment]:
    """Return every moment of an undisturbed purchase, or clearing."""
    with kind(folder) as site:
        moments = site.moments()
    shutil.rmtree(folder)
    return list(moments)


def sweep(folder: Path, plan: Plan, jobs: int) -> list[Outcome]:
    """Kill at everything in ``plan``, on ``jobs`` sites at a time."""
    if jobs == 1:
        return kill_all(folder / "1", plan)
    # A process for each site: devices that wait for a thread of another site would be slow.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_end_in_order) as pool:
        folders = [folder / str(number) for number in range(1, jobs + 1)]
        parts = [plan[number::jobs] for number in range(jobs)]
        try:
            return [outcome for part in pool.map(kill_all, folders, parts) for outcome in part]
        except BaseException:
            for worker in multiprocessing.active_children():
                worker.terminate()
            raise


def _end_in_order() -> None:
    """Let a worker that is told to end take its site down."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def kill_all(folder: Path, plan: Plan) -> list[Outcome]:
    """Kill at everything in ``plan``, one after the other; a site that went wrong is left so."""
    outcomes: list[Outcome] = []
    site_no = 0
    while len(outcomes) < len(plan):
        site_no += 1
        outcomes += _kill_on_one_site(folder / f"site-{site_no}", plan[len(outcomes) :])
    return outcomes


def _kill_on_one_site(folder: Path, plan: Plan) -> list[Outcome]:
    """Work on ``plan`` until the first violation."""
    outcomes: list[Outcome] = []
    kind = ClearingSite if plan[0][1] is Way.CLEARS else KillSite
    with kind(folder) as site:
        for moment, way in plan:
            outcomes.append(_kill_once(site, moment, way))
            print(f"{folder.parent.name}: {outcomes[-1]}", *outcomes[-1].violations, flush=True)
            if outcomes[-1].violations:
                return outcomes
        faults = tuple(site.closing_faults())
    if faults:
        outcomes[-1] = msgspec.structs.replace(outcomes[-1], violations=faults)
    else:
        shutil.rmtree(folder)
    return outcomes


def _kill_once(site: KillSite, moment: Moment, way: Way) -> Outcome:
    """Once more where the moment did not come: two threads of the kiosk took other turns."""
    outcome = site.kill_at(moment, way)
    return site.kill_at(moment, way) if outcome.ending is Ending.NOT_REACHED else outcome


def _tell(folder: Path, around: str, outcomes: Sequence[Outcome]) -> int:
    wrong = troubles(outcomes)
    tables = f"{table(outcomes)}\n\n{table(outcomes, by_phase=False)}"
    text = "\n\n".join(("# Real kills", around, tables, NOTE + (wrong and f"\n{wrong}\n")))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kills.md").write_text(text, "utf-8")
    (folder / "kills.json").write_bytes(_json(outcomes))
    print(f"\n{tables}\n")
    if wrong:
        print(wrong)
    print(f"{sum(map(is_bad, outcomes))} of {len(outcomes)} kills went wrong; {folder}/kills.md")
    return 1 if wrong else 0


def _json(outcomes: Iterable[Outcome]) -> bytes:
    told = [
        {**msgspec.structs.asdict(outcome), "moment": str(outcome.moment)} for outcome in outcomes
    ]
    return msgspec.json.format(msgspec.json.encode(told), indent=1)
