"""Slips as a printer's columns: a layout file and a `Slip` in, lines, QR codes and cuts out.

A layout file (``assets/slips/<layout>.<language>.toml``) is a list of ``[[part]]`` tables, printed
in this order. Texts name the slip's fields in braces (`fields.SLIP_FIELDS`). ``when`` names a field
without which the part is left out. Kinds:

``text``   wrapped to the width; ``align``, ``size``, ``bold``
``pair``   ``label`` at the left edge, ``value`` at the right; left out when its fields are empty
``steps``  a pair for each step of the tariff (`fields.STEP_FIELDS`)
``notes``  a pair for each denomination of the banknotes (`fields.NOTE_FIELDS`)
``qr``     ``data`` as a QR code in the middle, 0.75 mm a module, or 0.5 mm where that is too wide
``rule``, ``space``

``[reason.<code>]`` holds the sentences for `Slip.reason`; ``default`` is for every other code.
"""

import string
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import msgspec
from msgspec import Struct

from kiosk.devices.printer.cells import clean, spread, wrap, wrap_evenly
from kiosk.devices.printer.fields import (
    NOTE_FIELDS,
    SLIP_FIELDS,
    STEP_FIELDS,
    note_fields,
    paper_fields,
    step_fields,
)
from kiosk.flow.paper import Paper, Slip

COLUMNS = (32, 42, 48)
"""Cells in a line: 58 mm paper, 80 mm with 504 and with 576 dots. A cell is 12 dots wide."""
DEFAULT_LANGUAGE = "zh"
DEFAULT_REASON = "default"


class LayoutError(ValueError):
    """Our fault: a layout file that is missing or makes no sense."""


class Align(StrEnum):
    """Where a line stands."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class Size(StrEnum):
    """How large a line is: tall is twice as high, big twice as high and wide."""

    NORMAL = "normal"
    TALL = "tall"
    BIG = "big"

    @property
    def across(self) -> int:
        """How many times as wide as usual."""
        return 2 if self is Size.BIG else 1

    @property
    def down(self) -> int:
        """How many times as high as usual."""
        return 1 if self is Size.NORMAL else 2


# -- what comes out --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TextLine:
    """One printed line. It has room: cells times ``size.across`` is at most the columns."""

    text: str
    align: Align = Align.LEFT
    size: Size = Size.NORMAL
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code in the middle of the paper."""

    data: str


@dataclass(frozen=True, slots=True)
class Cut:
    """Feed the slip out and cut it off."""


Item = TextLine | Qr | Cut


# -- what a layout file holds ----------------------------------------------------------------------


class Part(Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """Base of the parts of a slip."""

    when: str = ""


class TextPart(Part, frozen=True, kw_only=True, tag="text"):
    """Words."""

    text: str
    align: Align = Align.LEFT
    size: Size = Size.NORMAL
    bold: bool = False


class PairPart(Part, frozen=True, kw_only=True, tag="pair"):
    """A label and what it stands for."""

    label: str
    value: str
    size: Literal["normal", "tall"] = "normal"
    bold: bool = False


class StepsPart(Part, frozen=True, kw_only=True, tag="steps"):
    """The purchase by the tariff's steps."""

    label: str
    value: str


class NotesPart(Part, frozen=True, kw_only=True, tag="notes"):
    """The banknotes by denomination."""

    label: str
    value: str


class RulePart(Part, frozen=True, kw_only=True, tag="rule"):
    """A line across."""

    char: str = "-"


class SpacePart(Part, frozen=True, kw_only=True, tag="space"):
    """An empty line."""


class QrPart(Part, frozen=True, kw_only=True, tag="qr"):
    """A QR code."""

    data: str


AnyPart = TextPart | PairPart | StepsPart | NotesPart | RulePart | SpacePart | QrPart


class Sentences(Struct, frozen=True, forbid_unknown_fields=True):
    """What went wrong, and what to do now."""

    text: str
    todo: str


class LayoutFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole layout."""

    part: tuple[AnyPart, ...]
    reason: dict[str, Sentences] = {}


def parse_layout(toml: str) -> LayoutFile:
    """Return the layout in the text of a file. Raises `LayoutError`."""
    try:
        layout = msgspec.convert(tomllib.loads(toml), LayoutFile)
        _check(layout)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, ValueError) as error:
        raise LayoutError(str(error)) from error
    return layout


def _check(layout: LayoutFile) -> None:
    for part in layout.part:
        inner = {StepsPart: STEP_FIELDS, NotesPart: NOTE_FIELDS}.get(type(part), SLIP_FIELDS)
        for text in _templates(part):
            _check_names(text, inner)
        _check_names(f"{{{part.when}}}" if part.when else "", SLIP_FIELDS)
    for sentences in layout.reason.values():
        _check_names(sentences.text + sentences.todo, frozenset({"phone"}))


def _templates(part: AnyPart) -> tuple[str, ...]:
    match part:
        case TextPart(text=text):
            return (text,)
        case PairPart(label=label, value=value):
            return label, value
        case StepsPart(label=label, value=value) | NotesPart(label=label, value=value):
            return label, value
        case QrPart(data=data):
            return (data,)
        case _:
            return ()


def _check_names(template: str, known: frozenset[str]) -> None:
    if unknown := _names(template) - known:
        raise ValueError(f"no field {', '.join(sorted(unknown))} in {template!r}")


def _reason_of(paper: Paper) -> str | None:
    return paper.reason if isinstance(paper, Slip) else None


def _names(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


# -- the work --------------------------------------------------------------------------------------


class SlipLayouts:
    """The layouts of one printer: its width, whose name stands on top, whom to call."""

    def __init__(
        self,
        files: Mapping[str, str],
        *,
        operator_name: str,
        service_phone: str,
        columns: int = 48,
    ) -> None:
        """``files``: text of each file by its name without ``.toml`` (``purchase.zh``).

        Raises `LayoutError` for a file that makes no sense and a width that no printer has.
        """
        if columns not in COLUMNS:
            raise LayoutError(f"a printer has {COLUMNS} columns, not {columns}")
        self.columns = columns
        self._house = {"operator": operator_name, "phone": service_phone}
        self._layouts: dict[str, LayoutFile] = {}
        for name, toml in files.items():
            try:
                self._layouts[name] = parse_layout(toml)
            except LayoutError as error:
                raise LayoutError(f"{name}: {error}") from error

    def render(self, slip: Paper) -> tuple[Item, ...]:
        """Return the slip, ending with a cut. Raises `LayoutError` when there is no such layout."""
        layout = self._layout_of(slip)
        fields = self._house | paper_fields(slip) | self._reason(layout, _reason_of(slip))
        parts = [part for part in layout.part if not part.when or fields[part.when]]
        return (*(item for part in parts for item in self._items(part, slip, fields)), Cut())

    def _layout_of(self, slip: Paper) -> LayoutFile:
        for language in (slip.language, DEFAULT_LANGUAGE):
            if layout := self._layouts.get(f"{slip.layout}.{language}"):
                return layout
        raise LayoutError(f"no layout {slip.layout!r}")

    def _reason(self, layout: LayoutFile, code: str | None) -> dict[str, str]:
        sentences = layout.reason.get(code or "", layout.reason.get(DEFAULT_REASON))
        if sentences is None:
            return {"reason": "", "todo": ""}
        return {
            "reason": sentences.text.format_map(self._house),
            "todo": sentences.todo.format_map(self._house),
        }

    def _items(self, part: AnyPart, slip: Paper, fields: dict[str, str]) -> Iterator[Item]:
        match part:
            case TextPart():
                yield from self._text(part, fields)
            case PairPart(label=label, value=value, size=size, bold=bold):
                if all(fields[name] for name in _names(value)):
                    yield from self._pair(label, value, fields, size=Size(size), bold=bold)
            case StepsPart(label=label, value=value):
                for line in slip.lines if isinstance(slip, Slip) else ():
                    yield from self._pair(label, value, step_fields(line))
            case NotesPart(label=label, value=value):
                for note in note_fields(slip.notes_fen if isinstance(slip, Slip) else ()):
                    yield from self._pair(label, value, note)
            case RulePart(char=char):
                yield TextLine(char * self.columns)
            case SpacePart():
                yield TextLine("")
            case QrPart(data=data):
                yield Qr(data.format_map(fields))

    def _text(self, part: TextPart, fields: dict[str, str]) -> Iterator[TextLine]:
        text = clean(part.text.format_map(fields))
        wrapped = wrap_evenly if part.align is Align.CENTER else wrap
        for line in wrapped(text, self.columns // part.size.across):
            yield TextLine(line, part.align, part.size, part.bold)

    def _pair(
        self,
        label: str,
        value: str,
        fields: dict[str, str],
        *,
        size: Size = Size.NORMAL,
        bold: bool = False,
    ) -> Iterator[TextLine]:
        left, right = clean(label.format_map(fields)), clean(value.format_map(fields))
        for line in spread(left, right, self.columns):
            yield TextLine(line, size=size, bold=bold)
