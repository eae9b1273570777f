"""The bundled fonts can show what they must, and Qt takes them for one family of two weights."""

from functools import cache
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from PySide6.QtGui import QFontDatabase, QGuiApplication

FONTS = Path(__file__).resolve().parent.parent / "assets" / "fonts"
FAMILY = "Noto Sans SC"
# The source font lacks this one mathematical sign of GBK ("approximately equal or image of").
NOT_IN_SOURCE = {0x2252}


@cache
def covered(style: str) -> frozenset[int]:
    with TTFont(FONTS / f"NotoSansSC-{style}.ttf", lazy=True) as font:
        return frozenset(font.getBestCmap())


def printable(charset: str) -> set[int]:
    codes = set()
    for lead in range(0x81, 0xFF):
        for trail in range(0x40, 0xFF):
            text = bytes((lead, trail)).decode(charset, errors="ignore")
            if len(text) == 1 and text.isprintable():
                codes.add(ord(text))
    return codes


@pytest.mark.parametrize(("style", "charset"), [("Regular", "gbk"), ("Bold", "gb2312")])
def test_every_character_of_the_national_set_has_a_glyph(style: str, charset: str) -> None:
    wanted = printable(charset)
    assert len(wanted) > 7_000
    assert {chr(code) for code in wanted - covered(style) - NOT_IN_SOURCE} == set()


@pytest.mark.parametrize("style", ["Regular", "Bold"])
def test_interface_characters_have_a_glyph(style: str) -> None:
    text = "".join(map(chr, range(0x20, 0x7F))) + "¥£é←→✓①⑳●▲…—“”,。:?!()0９kWh⚠"
    assert {char for char in text if ord(char) not in covered(style)} == set()


def test_given_names_outside_gb2312_can_be_shown() -> None:
    assert {ord(char) for char in "玥喆堃镕"} <= covered("Regular")


def test_qt_sees_one_family_with_two_weights(qapp: QGuiApplication) -> None:
    for style in ("Regular", "Bold"):
        font = QFontDatabase.addApplicationFont(str(FONTS / f"NotoSansSC-{style}.ttf"))
        assert QFontDatabase.applicationFontFamilies(font) == [FAMILY]
    weights = {style: QFontDatabase.weight(FAMILY, style) for style in ("Regular", "Bold")}
    assert weights == {"Regular": 400, "Bold": 700}
    assert set(QFontDatabase.styles(FAMILY)) == {"Regular", "Bold"}


def test_the_licence_travels_with_the_fonts() -> None:
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONTS / "OFL.txt").read_text("utf-8")
