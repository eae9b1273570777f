"""The picture in the documents is the one that the rules draw."""

from pathlib import Path

from kiosk.flow.diagram import document
from kiosk.flow.event import Restarted
from kiosk.flow.phase import Phase
from kiosk.flow.rules import RULES

FLOW_PAGE = Path(__file__).parents[2] / "docs" / "flow.md"


def test_the_picture_is_drawn_from_these_rules() -> None:
    assert FLOW_PAGE.read_text("utf-8") == document(), "python -m kiosk.flow.diagram > docs/flow.md"


def test_every_phase_and_every_rule_stands_in_the_document() -> None:
    text = document()
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    for phase in Phase:
        assert any(row.startswith(f"| {phase.name} |") for row in rows)
    for phase, kind in RULES:
        if kind is not Restarted:
            assert any(row.startswith(f"| {phase.name} | {kind.__name__} |") for row in rows)
