"""A measured figure: its median, its spread, what is aimed at, and the table of them all."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """What several repetitions came to: the median, and the quartiles around it."""

    median: float
    low: float
    high: float
    count: int


def spread(samples: Sequence[float]) -> Spread:
    """Return median and quartiles of at least one sample. Raises ValueError for none."""
    if not samples:
        raise ValueError("nothing was measured")
    if len(samples) == 1:
        return Spread(samples[0], samples[0], samples[0], 1)
    low, median, high = statistics.quantiles(samples, n=4, method="inclusive")
    return Spread(median, low, high, len(samples))


def percentile(samples: Sequence[float], share: float) -> float:
    """Return the smallest sample that ``share`` (0 to 1) of all samples do not exceed."""
    ordered = sorted(samples)
    return ordered[max(0, -(-len(ordered) * round(share * 1000) // 1000) - 1)]


def ratios(whole: Sequence[float], yardstick: Sequence[float]) -> list[float]:
    """Return each measurement against the yardstick's of the same repetition."""
    return [one / other for one, other in zip(whole, yardstick, strict=True)]


@dataclass(frozen=True)
class Figure:
    """One line of the table."""

    name: str
    value: Spread
    unit: str = ""
    below: float | None = None
    """What the median must stay under; None: told for information."""
    digits: int = 2

    @property
    def reached(self) -> bool:
        """The aim is reached, or there is none."""
        return self.below is None or self.value.median < self.below

    @property
    def cells(self) -> tuple[str, str, str, str, str]:
        """Name, result, spread, aim and verdict, as text."""
        aim = "" if self.below is None else f"< {self._text(self.below)}"
        verdict = "" if self.below is None else ("reached" if self.reached else "MISSED")
        value = self.value
        range_ = f"{self._text(value.low)} .. {self._text(value.high)}, n={value.count}"
        return self.name, self._text(value.median), range_, aim, verdict

    def _text(self, number: float) -> str:
        return f"{number:.{self.digits}f} {self.unit}".rstrip()


_TITLES = ("figure", "result", "spread", "aim", "")


def table(figures: Iterable[Figure]) -> str:
    """Return the figures as a table (Markdown, aligned)."""
    rows = [_TITLES, *(figure.cells for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_TITLES))]
    lines = [
        "| " + " | ".join(map(str.ljust, row, widths)) + " |"
        for row in (rows[0], tuple("-" * width for width in widths), *rows[1:])
    ]
    return "\n".join(lines)
