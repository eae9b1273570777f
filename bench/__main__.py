"""``python -m bench``: the windows; ``demo``, ``measure``, ``kills``, ``explore``: see each one."""

import argparse
import runpy
import signal
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import FrameType

VAR = Path("var")
NO_DISPLAY = 2
INTERRUPTED = 130
_PROGRAMS = {"measure": "bench.measure", "kills": "bench.kills", "explore": "bench.explore"}
"""Commands that read their arguments themselves."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the process's exit code."""
    given, rest = _parser().parse_known_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return _run(given, rest)
    except KeyboardInterrupt:
        print("\nstopped")
        return INTERRUPTED


def _run(given: argparse.Namespace, rest: list[str]) -> int:
    if given.command in _PROGRAMS:
        return _run_program(_PROGRAMS[given.command], rest)
    if rest:
        _parser().error(f"unknown: {' '.join(rest)}")
    folder: Path = given.folder or _fresh_folder(given.command or "bench")
    return _demo(folder) if given.command == "demo" else _windows(folder)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench", description="Head office, bench and kiosk.")
    parser.set_defaults(folder=None)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    text = "windows to play with; without a display, purchases, a bill and a clearing that are told"
    demo = commands.add_parser("demo", help=text, description=text)
    demo.add_argument("folder", type=Path, nargs="?", help="where to leave everything (a new one)")
    text = "measure the product and print the figures"
    commands.add_parser("measure", help=text, description=text, add_help=False)
    text = "kill the kiosk at every moment of a purchase, start it again, judge"
    commands.add_parser("kills", help=text, description=text, add_help=False)
    text = "simulate purchases and faults for a while, and judge them"
    commands.add_parser("explore", help=text, description=text, add_help=False)
    return parser


def _run_program(module: str, arguments: list[str]) -> int:
    """Run a package that ends the process itself."""
    sys.argv[1:] = arguments
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    return 0


def _demo(folder: Path) -> int:
    from bench.stand.kiosk import has_display

    if has_display():
        return _windows(folder)
    from bench.demo import run

    return run(folder)


def _windows(folder: Path) -> int:
    from bench.stand.kiosk import has_display

    if not has_display():
        print("bench: no display; python -m bench demo needs none", file=sys.stderr)
        return NO_DISPLAY
    from bench.panel.run import run

    return run(folder)


def _fresh_folder(name: str) -> Path:
    """Cards and books begin anew together, so every run has a folder of its own."""
    return VAR / name / datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
