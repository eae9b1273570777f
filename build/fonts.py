"""Makes assets/fonts: Noto Sans SC, cut down to what the screens and slips can show.

Regular covers GBK, because a resident's name may use any of it; Bold, for headings and buttons,
covers GB2312. Both are static instances (a variable font registers in Qt under its default
instance, "Noto Sans SC Thin") that share one family name, so Qt sees one family of two weights.

The same source and the same fontTools (both locked) give the same bytes.
"""

import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

ROOT = Path(__file__).resolve().parent.parent
SOURCE_LOCK = ROOT / "requirements" / "fonts.txt"
OUTPUT = ROOT / "assets" / "fonts"
SOURCE_FONT = "NotoSansSC[wght].ttf"
SOURCE_LICENCE = "notosanssc/OFL.txt"
FAMILY = "Noto Sans SC"

# What screens use beside the national sets: arrows, marks, the yen sign, circled digits to 20.
EXTRA = "←→↑↓↔▲▼◀▶△▽✓×●○■□◆◇★☆…—–“”‘’·•℃¥￥€±≥≤≠≈÷⓪①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳⏎⚠©®™№‰½¼¾"
LATIN_1 = range(0xA0, 0x100)
FULL_WIDTH = range(0xFF01, 0xFF5F)

LAYOUT_FEATURES = ["ccmp", "kern", "locl", "tnum"]
VERTICAL_TABLES = ["vhea", "vmtx"]  # nothing is set vertically
# The names that a static font carries: copyright to version, maker, designers, licence.
KEPT_NAMES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14]

MAC_STYLE_BOLD = 1 << 0
FS_SELECTION_BOLD = 1 << 5
FS_SELECTION_REGULAR = 1 << 6


class Face(NamedTuple):
    """One static font to make."""

    style: str
    weight: int
    charset: str


FACES = (Face("Regular", 400, "gbk"), Face("Bold", 700, "gb2312"))


def characters(charset: str) -> Iterator[int]:
    """Code points of a double-byte character set, without control characters."""
    for code in range(0x20, 0x10000):
        try:
            chr(code).encode(charset)
        except UnicodeEncodeError:
            continue
        if chr(code).isprintable():
            yield code


def wanted(face: Face) -> set[int]:
    """Every code point that the face must cover."""
    return {*characters(face.charset), *map(ord, EXTRA), *LATIN_1, *FULL_WIDTH, 0x3000}


def download(folder: Path) -> zipfile.ZipFile:
    """Fetch the package that carries the source font, checked against its locked hash."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    subprocess.run([*command, "-r", str(SOURCE_LOCK), "-d", str(folder)], check=True)
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def extract(package: zipfile.ZipFile, ending: str, folder: Path) -> Path:
    """Unpack the one member whose name ends like this."""
    [member] = [name for name in package.namelist() if name.endswith(ending)]
    return Path(package.extract(member, folder))


def cut(font: TTFont, codes: set[int]) -> None:
    """Leave only the glyphs of the codes and the layout that horizontal text needs."""
    options = subset.Options()
    options.layout_features = LAYOUT_FEATURES
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.drop_tables += VERTICAL_TABLES
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)


def rename(font: TTFont, face: Face) -> None:
    """Give the face the family's name and link it by style, as Regular and Bold of one family."""
    names = font["name"]
    names.names = [record for record in names.names if record.nameID in KEPT_NAMES]
    full = FAMILY if face.style == "Regular" else f"{FAMILY} {face.style}"
    postscript = f"{FAMILY.replace(' ', '')}-{face.style}"
    for name_id, text in ((1, FAMILY), (2, face.style), (4, full), (6, postscript)):
        names.setName(text, name_id, 3, 1, 0x409)
    names.setName(f"2.004;{postscript};subset {face.charset}", 3, 3, 1, 0x409)
    bold = face.style == "Bold"
    font["head"].macStyle = MAC_STYLE_BOLD if bold else 0
    selection = font["OS/2"].fsSelection & ~(FS_SELECTION_BOLD | FS_SELECTION_REGULAR)
    font["OS/2"].fsSelection = selection | (FS_SELECTION_BOLD if bold else FS_SELECTION_REGULAR)
    font["OS/2"].usWeightClass = face.weight


def make(source: Path, face: Face) -> Any:
    """One static, cut-down font of the variable source."""
    font = TTFont(source, recalcTimestamp=False)
    cut(font, wanted(face))
    font = instancer.instantiateVariableFont(font, {"wght": face.weight}, inplace=True)
    del font["STAT"]  # the table of styles of a variable font
    rename(font, face)
    font["post"].formatType = 3.0  # glyph names are for font editors
    return font


def main() -> None:
    """Download, cut, write."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        package = download(folder)
        source = extract(package, SOURCE_FONT, folder)
        licence = extract(package, SOURCE_LICENCE, folder)
        (OUTPUT / "OFL.txt").write_bytes(licence.read_bytes())
        for face in FACES:
            target = OUTPUT / f"NotoSansSC-{face.style}.ttf"
            make(source, face).save(target)
            print(f"{target.relative_to(ROOT)}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
