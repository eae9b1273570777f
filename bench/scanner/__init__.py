"""A simulated scanner of QR and bar codes, and a server for it."""

from bench.scanner.device import ScannerDevice
from bench.scanner.server import BenchScanner

__all__ = ["BenchScanner", "ScannerDevice"]
