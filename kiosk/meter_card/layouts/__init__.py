"""The card layouts of this product, one TOML file each. See `codec` for what a layout may say.

A file without ``id`` is a base for others and no layout by itself.
"""

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from kiosk.meter_card.layouts.codec import Layout, LayoutError

DIRECTORY = Path(__file__).parent


def load_layout(layout_id: str, directory: Path = DIRECTORY) -> Layout:
    """Return a layout. Raises LayoutError: no such file, or it does not make sense."""
    tables = _tables(directory, layout_id)
    base = _tables(directory, str(tables.get("base", layout_id)))
    try:
        layout = msgspec.convert({**base, **tables}, Layout)
    except msgspec.ValidationError as error:
        raise LayoutError(f"{layout_id}.toml: {error}") from error
    if layout.id != layout_id:
        raise LayoutError(f"{layout_id}.toml calls itself {layout.id}")
    return layout


def load_layouts(adapter: str, directory: Path = DIRECTORY) -> tuple[Layout, ...]:
    """Return the layouts of one adapter in the order of their names. Raises LayoutError."""
    names = sorted(path.stem for path in directory.glob("*.toml"))
    named = [name for name in names if _tables(directory, name).get("id")]
    layouts = [load_layout(name, directory) for name in named]
    return tuple(layout for layout in layouts if layout.adapter == adapter)


def _tables(directory: Path, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads((directory / f"{name}.toml").read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise LayoutError(f"{name}.toml: {error}") from error
