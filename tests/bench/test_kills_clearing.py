"""What is judged after a kiosk was killed in a clearing: one period, of one box, agreed."""

import pytest

from bench.kills.clearing import TakenPeriod, judge

BOX = {2_000: 1, 1_000: 1}
FIRST = TakenPeriod(period_no=1, agrees=True, notes={10_000: 3})
SECOND = TakenPeriod(period_no=2, agrees=True, notes=BOX)


def test_one_period_of_one_box_that_both_sides_agree_on_is_right() -> None:
    assert judge([FIRST, SECOND], 1, [BOX]) == []


@pytest.mark.parametrize(
    ("found", "boxes", "told"),
    [
        ([FIRST], [BOX], "there are [1]"),
        ([FIRST, SECOND, TakenPeriod(period_no=3, agrees=True, notes={})], [BOX], "[1, 2, 3]"),
        ([FIRST, TakenPeriod(period_no=3, agrees=True, notes=BOX)], [BOX], "there are [1, 3]"),
        ([FIRST, SECOND], [BOX, {}], "2 boxes"),
        ([FIRST, SECOND], [{2_000: 1}], "in its period"),
        ([FIRST, TakenPeriod(period_no=2, agrees=False, notes=BOX)], [BOX], "does not agree"),
    ],
)
def test_anything_else_is_wrong(
    found: list[TakenPeriod], boxes: list[dict[int, int]], told: str
) -> None:
    assert told in "; ".join(judge(found, 1, boxes))
