"""How the bench's window looks: one style sheet, and the pieces that every part of it uses."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout

from kiosk.ui.theme import FONT_FAMILY

TEXT_PX = 14
WIDTH, HEIGHT = 1480, 940
GAP = 10
TABLES, SLIPS = 16, 7
"""Shares of the window's width."""

INK, MUTED, BRAND = "#14231D", "#4C5D55", "#00573D"
STYLE = f"""
QWidget {{ font-family: "{FONT_FAMILY}"; font-size: {TEXT_PX}px; }}
QWidget#bench {{ background: #E9EFEC; }}
QFrame#box {{ background: #FFFFFF; border: 1px solid #CBD8D1; border-radius: 10px; }}
QLabel {{ color: {INK}; background: transparent; border: none; }}
QLabel#heading {{ color: {BRAND}; font-weight: bold; font-size: 15px; }}
QLabel#state {{ color: {MUTED}; }}
QPushButton {{
    color: {INK}; background: #F5F8F6; border: 1px solid #C3D2CA; border-radius: 7px;
    padding: 3px 9px; text-align: left;
}}
QPushButton[small="true"] {{ font-size: 13px; padding: 1px 7px; }}
QPushButton:hover {{ background: #E4EFE9; border-color: #7FA894; }}
QPushButton:pressed {{ background: #CBE4D8; }}
QPushButton:disabled {{ color: #8A9891; background: #F2F4F3; }}
QPushButton:checked {{ background: #B3261E; border-color: #8A1A10; color: #FFFFFF; }}
QPushButton#main {{ background: {BRAND}; border-color: {BRAND}; color: #FFFFFF; }}
QPushButton#main:disabled {{ background: #9DB5A9; border-color: #9DB5A9; }}
QComboBox {{
    color: {INK}; background: #F5F8F6; border: 1px solid #C3D2CA; border-radius: 7px; padding: 5px;
}}
QListWidget {{ color: {INK}; background: #FBFCFB; border: 1px solid #DCE5E0; border-radius: 7px; }}
QScrollArea {{ border: none; background: #DDE4E0; border-radius: 7px; }}
"""
LCD, LCD_INK, LCD_EDGE = QColor("#B9CBA4"), QColor("#1B2412"), QColor("#5B6650")


class Box(QFrame):
    """A titled part of the window; ``body`` takes its content."""

    def __init__(self, title_zh: str, title_en: str) -> None:
        super().__init__()
        self.setObjectName("box")
        heading = QLabel(f"{title_zh}　{title_en}")
        heading.setObjectName("heading")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(12, 10, 12, 12)
        self.body.setSpacing(7)
        self.body.addWidget(heading)


def state_label(text: str = "") -> QLabel:
    """Return a line that tells how something is."""
    label = QLabel(text)
    label.setObjectName("state")
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def two_line_button(name: str, text_zh: str, text_en: str) -> QPushButton:
    """Return a button in both languages that tests find as ``name``."""
    button = QPushButton(f"{text_zh}\n{text_en}")
    button.setObjectName(name)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return button
