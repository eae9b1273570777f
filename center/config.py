"""The head office's configuration: every key declared once, read from TOML, refused with its line.

A field's annotation is the whole declaration: type, range and text. Unknown keys are refused too.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import fields, replace

from center.orders.policy import Resell
from vending.staff import Action

_SQLITE_FILE = re.compile(r"^(sqlite(?:\+\w+)?:///)(.+)$")


class ConfigError(Exception):
    """The configuration cannot be used. Its text is meant for the person who edits the file."""


class Section(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the sections of the file."""


class ServerSection(Section, frozen=True, kw_only=True):
    """Where the service listens."""

    address: Annotated[str, Meta(pattern=r"^[0-9A-Fa-f.:]+$", description="an IP address")] = (
        "127.0.0.1"
    )
    port: Annotated[int, Meta(ge=0, le=65_535, description="0 to 65535; 0: any free one")] = 8443
    certificate_file: Annotated[
        str, Meta(description="a PEM file with the certificate and its chain; empty: plain HTTP")
    ] = ""
    key_file: Annotated[str, Meta(description="a PEM file with the certificate's key")] = ""


class DatabaseSection(Section, frozen=True, kw_only=True):
    """Where the books are."""

    dsn: Annotated[
        str,
        Meta(
            pattern=r"^(sqlite|postgresql)(\+\w+)?://",
            description="a database address; a SQLite file is relative to this file",
        ),
    ] = "sqlite:///var/center.db"

    @property
    def sqlite_file(self) -> str | None:
        """The file that an embedded database lives in; None: it is another kind of database."""
        found = _SQLITE_FILE.match(self.dsn)
        return found[2] if found else None


class KeysSection(Section, frozen=True, kw_only=True):
    """The master keys of the meter cards, 32 hexadecimal digits each."""

    test_keys: Annotated[
        bool, Meta(description="true: the published keys of the bench. Never where money is real")
    ] = False
    internal: Annotated[str, Meta(description="key by which cards prove themselves")] = ""
    external: Annotated[str, Meta(description="key by which the head office proves itself")] = ""
    mac: Annotated[str, Meta(description="key that protects what is written to cards")] = ""


class OrdersSection(Section, frozen=True, kw_only=True):
    """What becomes of orders that got stuck."""

    resell: Annotated[
        Resell,
        Meta(
            description='"machine": any machine delivers again what was paid; "staff": only with'
            " their grant"
        ),
    ] = Resell.MACHINE
    second_person: Annotated[
        tuple[Action, ...],
        Meta(
            description='what takes two people: a list of "refund", "mark-loaded", "resell",'
            ' "rewrite"'
        ),
    ] = ()


class StaffSection(Section, frozen=True, kw_only=True):
    """The people at the machines."""

    roster_days: Annotated[
        int,
        Meta(
            ge=0,
            le=365,
            description="0 to 365 days for which a machine without a line lets in staff that it"
            " knows",
        ),
    ] = 7


class FleetSection(Section, frozen=True, kw_only=True):
    """When a machine needs a look."""

    silent_minutes: Annotated[
        int, Meta(ge=1, le=10_000, description="1 to 10000 minutes without a word from a machine")
    ] = 15


class LimitsSection(Section, frozen=True, kw_only=True):
    """What the service takes on at once."""

    workers: Annotated[int, Meta(ge=1, le=256, description="1 to 256 requests at work")] = 32
    places: Annotated[
        int, Meta(ge=1, le=10_000, description="1 to 10000 requests at work or waiting")
    ] = 256
    connections: Annotated[
        int, Meta(ge=1, le=100_000, description="1 to 100000 open connections")
    ] = 4096
    body_timeout_s: Annotated[int, Meta(ge=1, le=300, description="1 to 300 seconds")] = 10
    answer_timeout_s: Annotated[int, Meta(ge=1, le=300, description="1 to 300 seconds")] = 20


class LogSection(Section, frozen=True, kw_only=True):
    """What is written to the standard error output."""

    level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Meta(description='"debug", "info", "warning" or "error"'),
    ] = "info"


class Config(Section, frozen=True, kw_only=True):
    """The whole configuration, checked."""

    server: ServerSection = ServerSection()
    database: DatabaseSection = DatabaseSection()
    keys: KeysSection = KeysSection()
    orders: OrdersSection = OrdersSection()
    staff: StaffSection = StaffSection()
    fleet: FleetSection = FleetSection()
    limits: LimitsSection = LimitsSection()
    log: LogSection = LogSection()

    def with_port(self, port: int) -> "Config":
        """Return the same configuration with another port."""
        return replace(self, server=replace(self.server, port=port))


_SECRET = {"internal", "external", "mac", "dsn"}


def load(file: Path) -> Config:
    """Return the configuration in ``file``, its paths made absolute.

    Raises ConfigError that names every bad line.
    """
    try:
        text = file.read_text("utf-8")
        tables = tomllib.loads(text)
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}") from None
    except ValueError as error:  # not TOML (which says where), or not UTF-8
        raise ConfigError(f"{file}: {error}") from None
    faults = list(_faults(tables, text))
    if faults:
        raise ConfigError("\n".join(f"{file}:{line}: {words}" for line, words in faults))
    config = msgspec.convert(tables, Config)
    _check_together(config, file, text)
    return _with_whole_paths(config, file.resolve().parent)


def _faults(tables: dict[str, Any], text: str) -> Iterator[tuple[int, str]]:
    sections = {field.name: field.type for field in fields(Config)}
    for name, table in tables.items():
        if name not in sections or not isinstance(table, dict):
            known = ", ".join(f"[{section}]" for section in sections)
            yield _line_of(text, name, None), f"{name} is no section; there are {known}"
            continue
        for key, value in table.items():
            if words := _fault(sections[name], key, value):
                yield _line_of(text, name, key), f"{name}.{key} {words}"


def _fault(section: type[Section], key: str, value: object) -> str | None:
    declared = {field.name: field for field in fields(section)}
    if key not in declared:
        return f"is no key; there are {', '.join(declared)}"
    kind = declared[key].type
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        shown = "..." if key in _SECRET else f"{value!r}"
        return f"= {shown}: it must be {kind.__metadata__[0].description}"
    return None


def _check_together(config: Config, file: Path, text: str) -> None:
    """Refuse values that are right alone and wrong together."""
    if bool(config.server.certificate_file) != bool(config.server.key_file):
        given = "certificate_file" if config.server.certificate_file else "key_file"
        line = _line_of(text, "server", given)
        raise ConfigError(f"{file}:{line}: certificate_file and key_file go together")


def _with_whole_paths(config: Config, directory: Path) -> Config:
    """Return the configuration with every path seen from the file's directory."""
    server, database = config.server, config.database
    if server.certificate_file:
        server = replace(
            server,
            certificate_file=str(directory / server.certificate_file),
            key_file=str(directory / server.key_file),
        )
    if dsn := _SQLITE_FILE.match(database.dsn):
        database = replace(database, dsn=f"{dsn[1]}{directory / dsn[2]}")
    return replace(config, server=server, database=database)


def _line_of(text: str, section: str, key: str | None) -> int:
    """Return the line that sets ``key`` in ``section``, or the section's own, or else 1."""
    inside, found = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[\s*([\w.\"'-]+)\s*\]", line):
            inside = header[1].strip("\"'")
        left = re.match(r"\s*([\w.\"'-]+)\s*=", line)
        dotted = f"{inside}.{left[1]}" if left and inside else (left[1] if left else inside)
        wanted = section if key is None else f"{section}.{key}"
        if dotted.replace('"', "").replace("'", "") == wanted:
            return number
        if inside == section and not found:
            found = number
    return found or 1
