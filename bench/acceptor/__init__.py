"""A simulated CCNET banknote acceptor: its metal, its end of the wire, and a server for both."""

from bench.acceptor.box import Denominations, denominations
from bench.acceptor.device import CNY_FEN, AcceptorDevice
from bench.acceptor.mechanism import FAST, BenchNote, CutPoint, Mechanism, Place, State, Timing
from bench.acceptor.server import BenchAcceptor

__all__ = [
    "CNY_FEN",
    "FAST",
    "AcceptorDevice",
    "BenchAcceptor",
    "BenchNote",
    "CutPoint",
    "Denominations",
    "Mechanism",
    "Place",
    "State",
    "Timing",
    "denominations",
]
