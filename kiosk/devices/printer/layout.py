"""Papers as a printer's columns: a layout file and a `Paper` in, lines, QR codes and cuts out.

A layout file (``assets/slips/<layout>.<language>.toml``) is a list of ``[[part]]`` tables, printed
in this order. Texts name the paper's fields in braces (`fields.FIELDS`). ``when`` names a field
without which the part is left out. Kinds:

``text``   wrapped to the width; ``align``, ``size``, ``bold``
``pair``   ``label`` at the left edge, ``value`` at the right; left out when its fields are empty
``list``   a pair for each row ``of`` a list, named by the row's fields (`rows.ROW_FIELDS`);
           ``more`` are further pairs for the same row
``qr``     ``data`` as a QR code in the middle, 0.75 mm a module, or 0.5 mm where that is too wide
``ruler``  numbers the columns, to see that none is missing
``rule``, ``space``

``[names]`` holds words for the codes of business types (`vending.cash.Business`).
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
from kiosk.devices.printer.fields import FIELDS, paper_fields
from kiosk.devices.printer.rows import ROW_FIELDS, ListOf, Row, rows
from kiosk.flow.paper import Paper, Slip

COLUMNS = (32, 42, 48)
"""Cells in a line: 58 mm paper, 80 mm with 504 and with 576 dots. A cell is 12 dots wide."""
DEFAULT_LANGUAGE = "zh"
DEFAULT_REASON = "default"
_RULER = "".join(f"{'.' * (10 - len(str(ten)))}{ten}" for ten in range(10, 60, 10))


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


class Line(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One more pair for a row of a list."""

    label: str
    value: str = ""
    when: str = ""


class ListPart(Part, frozen=True, kw_only=True, tag="list"):
    """A pair, or several, for each row of a list."""

    of: ListOf
    label: str
    value: str = ""
    more: tuple[Line, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is printed for each row."""
        return (Line(label=self.label, value=self.value), *self.more)


class RulePart(Part, frozen=True, kw_only=True, tag="rule"):
    """A line across."""

    char: str = "-"


class SpacePart(Part, frozen=True, kw_only=True, tag="space"):
    """An empty line."""


class QrPart(Part, frozen=True, kw_only=True, tag="qr"):
    """A QR code."""

    data: str


class RulerPart(Part, frozen=True, kw_only=True, tag="ruler"):
    """The numbers of the columns."""


AnyPart = TextPart | PairPart | ListPart | RulePart | SpacePart | QrPart | RulerPart


class Sentences(Struct, frozen=True, forbid_unknown_fields=True):
    """What went wrong, and what to do now."""

    text: str
    todo: str


class LayoutFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole layout."""

    part: tuple[AnyPart, ...]
    reason: dict[str, Sentences] = {}
    names: dict[str, str] = {}


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
        inner = ROW_FIELDS[part.of] if isinstance(part, ListPart) else FIELDS
        for text in _templates(part):
            _check_names(text, inner)
        _check_names(f"{{{part.when}}}" if part.when else "", FIELDS)
    for sentences in layout.reason.values():
        _check_names(sentences.text + sentences.todo, frozenset({"phone"}))


def _templates(part: AnyPart) -> tuple[str, ...]:
    match part:
        case TextPart(text=text):
            return (text,)
        case PairPart(label=label, value=value):
            return label, value
        case ListPart():
            whens = (f"{{{line.when}}}" for line in part.lines if line.when)
            return *(line.label + line.value for line in part.lines), *whens
        case QrPart(data=data):
            return (data,)
        case _:
            return ()


def _check_names(template: str, known: frozenset[str]) -> None:
    if unknown := _names(template) - known:
        raise ValueError(f"no field {', '.join(sorted(unknown))} in {template!r}")


def _named(row: Row, names: Mapping[str, str]) -> Row:
    code = row.get("business")
    return row | {"business": names.get(code, code)} if code else row


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

    def render(self, paper: Paper) -> tuple[Item, ...]:
        """Return the paper, ending with a cut. Raises `LayoutError` when it has no layout."""
        layout = self._layout_of(paper)
        fields = paper_fields(paper) | self._house | self._reason(layout, _reason_of(paper))
        parts = [part for part in layout.part if not part.when or fields[part.when]]
        return (
            *(item for part in parts for item in self._items(part, paper, layout, fields)),
            Cut(),
        )

    def _layout_of(self, paper: Paper) -> LayoutFile:
        for language in (paper.language, DEFAULT_LANGUAGE):
            if layout := self._layouts.get(f"{paper.layout}.{language}"):
                return layout
        raise LayoutError(f"no layout {paper.layout!r}")

    def _reason(self, layout: LayoutFile, code: str | None) -> dict[str, str]:
        sentences = layout.reason.get(code or "", layout.reason.get(DEFAULT_REASON))
        if sentences is None:
            return {"reason": "", "todo": ""}
        return {
            "reason": sentences.text.format_map(self._house),
            "todo": sentences.todo.format_map(self._house),
        }

    def _items(
        self, part: AnyPart, paper: Paper, layout: LayoutFile, fields: dict[str, str]
    ) -> Iterator[Item]:
        match part:
            case TextPart():
                yield from self._text(part, fields)
            case PairPart(label=label, value=value, size=size, bold=bold):
                if all(fields[name] for name in _names(value)):
                    yield from self._pair(label, value, fields, size=Size(size), bold=bold)
            case ListPart():
                for row in rows(part.of, paper):
                    yield from self._row(part, _named(row, layout.names))
            case RulePart(char=char):
                yield TextLine(char * self.columns)
            case RulerPart():
                yield TextLine(_RULER[: self.columns])
            case SpacePart():
                yield TextLine("")
            case QrPart(data=data):
                yield Qr(data.format_map(fields))

    def _row(self, part: ListPart, row: Row) -> Iterator[Item]:
        for line in part.lines:
            if not line.when or row[line.when]:
                yield from self._pair(line.label, line.value, row)

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
        lines = spread(left, right, self.columns) if right else wrap(left, self.columns)
        for line in lines:
            yield TextLine(line, size=size, bold=bold)
