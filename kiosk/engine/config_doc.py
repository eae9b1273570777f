"""Writes docs/configuration.md from the declarations: ``python -m kiosk.engine.config_doc``."""

import json
from collections.abc import Iterator
from pathlib import Path

from kiosk.engine.config_file import Key, keys, sections

DOC = Path(__file__).parents[2] / "docs" / "configuration.md"

_HEAD = """\
# Configuration of the kiosk

One TOML file. Keys without a default must be there; unknown keys and bad values are refused with
the line and what to write instead. This page is made from the declarations in
`kiosk/engine/config.py` by `python -m kiosk.engine.config_doc`.
"""


def document() -> str:
    """Return the page."""
    return "\n".join([_HEAD, *(line for name in sections() for line in _section(name))])


def _section(name: str) -> Iterator[str]:
    yield f"## [{name}]\n"
    yield f"{sections()[name].__doc__}\n"
    yield "| key | default | write | what it is |"
    yield "|---|---|---|---|"
    yield from (_row(key) for key in keys(name).values())
    yield ""


def _row(key: Key) -> str:
    default = "**required**" if key.required else f"`{json.dumps(key.field.default)}`"
    text = f"{key.text} Secret: shown nowhere." if key.secret else key.text
    return f"| `{key.name}` | {default} | {key.shape} | {text} |"


if __name__ == "__main__":
    DOC.write_text(document(), encoding="utf-8")
