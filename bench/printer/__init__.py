"""A simulated ESC/POS receipt printer: command set, metal, paper, and a server for them."""

from bench.printer.device import FAST, PrinterDevice, Speed
from bench.printer.paper import PrintedSlip
from bench.printer.server import BenchPrinter

__all__ = ["FAST", "BenchPrinter", "PrintedSlip", "PrinterDevice", "Speed"]
