"""Reads the configuration file (TOML) and says where it is wrong, line by line."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, get_args

import msgspec
from msgspec import NODEFAULT
from msgspec.structs import FieldInfo, fields

from kiosk.engine.config import Config, Section


class Problem(NamedTuple):
    """One thing wrong with the file. ``line`` is None when there is no line to point at."""

    line: int | None
    what: str
    write: str


class ConfigError(Exception):
    """The configuration cannot be used. Its text is meant for the person who edits the file."""

    def __init__(self, file: Path, problems: list[Problem]) -> None:
        self.file = file
        self.problems = tuple(problems)
        super().__init__("\n".join(self._lines()))

    def _lines(self) -> Iterator[str]:
        for problem in self.problems:
            where = self.file.name if problem.line is None else f"{self.file.name}:{problem.line}"
            yield f"{where}: {problem.what}: {problem.write}"


class Key(NamedTuple):
    """A declared key as the messages and the documentation need it."""

    section: str
    name: str
    field: FieldInfo

    @property
    def dotted(self) -> str:
        """The key's full name."""
        return f"{self.section}.{self.name}"

    @property
    def shape(self) -> str:
        """What to write, to complete "write ..."."""
        title = self._meta.title
        if title:
            return title
        choices = get_args(self.field.type.__origin__)
        listed = ", ".join(f'"{value}"' for value in choices)
        return f"one of {listed}" if listed else "true or false"

    @property
    def text(self) -> str:
        """What the key is for."""
        return self._meta.description or ""

    @property
    def secret(self) -> bool:
        """True: its value is shown nowhere."""
        return bool((self._meta.extra or {}).get("secret"))

    @property
    def is_path(self) -> bool:
        """True: relative to the directory of the file."""
        return bool((self._meta.extra or {}).get("path"))

    @property
    def required(self) -> bool:
        """True: without it the kiosk does not start."""
        return self.field.default is NODEFAULT

    @property
    def _meta(self) -> msgspec.Meta:
        meta = self.field.type.__metadata__[0]
        assert isinstance(meta, msgspec.Meta)
        return meta


def sections() -> dict[str, type[Section]]:
    """Return the declared sections by name, in order."""
    return {field.name: field.type for field in fields(Config)}


def keys(section: str) -> dict[str, Key]:
    """Return the declared keys of a section by name, in order."""
    return {field.name: Key(section, field.name, field) for field in fields(sections()[section])}


def load(file: Path) -> Config:
    """Return the configuration in ``file``; paths in it are made absolute.

    Raises ConfigError with every problem found.
    """
    text = _read(file)
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(file, [Problem(_line_in(str(error)), "not TOML", str(error))]) from None
    problems = [*_unknown_sections(tables, text)]
    values: dict[str, dict[str, Any]] = {}
    for section in sections():
        values[section], found = _section(section, tables.get(section, {}), text)
        problems += found
    if problems:
        raise ConfigError(file, sorted(problems, key=lambda problem: problem.line or 0))
    return _build(file, values)


def keys_in(file: Path) -> frozenset[str]:
    """Return the keys that a file sets, as ``section.key``. Raises ConfigError if it is no TOML."""
    try:
        tables = tomllib.loads(_read(file))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(file, [Problem(_line_in(str(error)), "not TOML", str(error))]) from None
    found = ((name, table) for name, table in tables.items() if isinstance(table, dict))
    return frozenset(f"{name}.{key}" for name, table in found for key in table)


def refuse(file: Path, dotted: str, write: str) -> ConfigError:
    """Return the error for a value that only its user can judge (a model that no driver serves)."""
    section, name = dotted.split(".")
    line = _line_of(_read(file), section, name)
    return ConfigError(file, [Problem(line, dotted, f"write {write}")])


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ConfigError(file, [Problem(None, why, f"put the configuration at {file}")]) from None
    except UnicodeDecodeError:
        raise ConfigError(file, [Problem(None, "not UTF-8", "save the file as UTF-8")]) from None


def _build(file: Path, values: dict[str, dict[str, Any]]) -> Config:
    for section, table in values.items():
        for name, value in table.items():
            if keys(section)[name].is_path and value:
                table[name] = str((file.parent / value).resolve())
    return msgspec.convert(values, Config)


def _section(section: str, table: object, text: str) -> tuple[dict[str, Any], list[Problem]]:
    """Return the section's checked values, defaults included, and what is wrong with the others."""
    declared = keys(section)
    if not isinstance(table, dict):
        line = _line_of(text, "", section)
        return {}, [Problem(line, section, f"write a section [{section}] with keys under it")]
    problems = [_unknown(section, name, list(declared), text) for name in table.keys() - declared]
    values: dict[str, Any] = {}
    for name, key in declared.items():
        if name in table:
            value, wrong = _value(key, table[name], text)
            values[name] = value
            problems += wrong
        elif key.required:
            line = _line_of(text, section, "")
            what = f"{key.dotted} is missing"
            problems.append(Problem(line, what, f"write {key.name} = {key.shape}"))
        else:
            values[name] = key.field.default
    return values, problems


def _value(key: Key, value: object, text: str) -> tuple[object, list[Problem]]:
    try:
        return msgspec.convert(value, key.field.type), []
    except msgspec.ValidationError:
        shown = "..." if key.secret else _shown(value)
        line = _line_of(text, key.section, key.name)
        return None, [Problem(line, f"{key.dotted} = {shown}", f"write {key.shape}")]


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def _unknown_sections(tables: dict[str, Any], text: str) -> Iterator[Problem]:
    for name in tables.keys() - sections():
        line = _line_of(text, name, "") or _line_of(text, "", name)
        yield Problem(line, f"[{name}] is unknown", _instead(name, list(sections())))


def _unknown(section: str, name: str, declared: list[str], text: str) -> Problem:
    line = _line_of(text, section, name)
    return Problem(line, f"{section}.{name} is unknown", _instead(name, declared))


def _instead(name: str, known: list[str]) -> str:
    import difflib  # only a mistake needs it, and the first frame waits for this module

    close = difflib.get_close_matches(name, known, n=1)
    return f"write {close[0]}" if close else "take it out (known: " + ", ".join(known) + ")"


def _line_in(message: str) -> int | None:
    found = re.search(r"at line (\d+)", message)
    return int(found[1]) if found else None


def _line_of(text: str, section: str, name: str) -> int | None:
    """Return the number of the line that sets ``name`` in ``section``.

    Without a name: the line of the section's header. Without a section: a key before any header.
    """
    inside = ""
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[\s*([^\[\]]+?)\s*\]", line)
        if header:
            inside = header[1].strip("\"'")
            if inside == section and not name:
                return number
        elif name and _sets(line, inside, section, name):
            return number
    return None


def _sets(line: str, inside: str, section: str, name: str) -> bool:
    left = re.match(r"\s*([\w.\"'-]+)\s*=", line)
    if not left:
        return False
    dotted = left[1].replace('"', "").replace("'", "")
    full = f"{inside}.{dotted}" if inside else dotted
    return full == (f"{section}.{name}" if section else name)
