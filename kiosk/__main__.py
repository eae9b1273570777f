"""Command line of the kiosk: ``python -m kiosk run kiosk.toml``."""

import argparse
import sys
from pathlib import Path

from kiosk.devices.registry import DRIVERS
from kiosk.engine.config import Config
from kiosk.engine.config_file import ConfigError, keys_in, load, refuse

BAD_CONFIG = 78
"""EX_CONFIG of sysexits.h: starting again does not help."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        config = load(options.config)
        keys_set = keys_in(options.config)
        _check_models(config, options.config)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return BAD_CONFIG
    if options.command == "register":
        return _register(config)
    from kiosk.app.run import run

    return run(config, options.control, keys_set)


def _check_models(config: Config, file: Path) -> None:
    """Refuse a device model that has no driver before anything starts. Raises ConfigError."""
    models = {"acceptor": config.acceptor.model, "printer": config.printer.model}
    if config.scanner.url:
        models["scanner"] = config.scanner.model
    for key, model in models.items():
        if model not in DRIVERS:
            raise refuse(file, f"{key}.model", f"one of {', '.join(sorted(DRIVERS))}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kiosk", description="Self-service electricity terminal.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="serve customers")
    run.add_argument("config", type=Path, help="configuration file (TOML)")
    run.add_argument("--control", type=Path, help="socket for tests that press buttons")
    register = commands.add_parser("register", help="make this terminal known to the head office")
    register.add_argument("config", type=Path, help="configuration file with the one-time code")
    return parser


def _register(config: Config) -> int:
    from kiosk.app.policy import ca_file, key_file
    from kiosk.backend.client import register
    from kiosk.backend.identity import IdentityError
    from kiosk.backend.port import OfficeError

    Path(config.storage.directory).mkdir(parents=True, exist_ok=True)
    office = config.head_office
    try:
        register(
            office.url,
            config.terminal.number,
            office.one_time_code,
            key_file=key_file(config),
            ca_file=ca_file(config),
        )
    except (IdentityError, OfficeError) as error:
        print(f"not registered: {type(error).__name__} {error}", file=sys.stderr)
        return 1
    print(f"terminal {config.terminal.number} is registered")
    return 0


if __name__ == "__main__":
    sys.exit(main())
