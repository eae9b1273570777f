"""The bench's window: a table of cards and notes, a meter, the slips, and switches for faults."""

from bench.panel.window import BenchWindow

__all__ = ["BenchWindow"]
