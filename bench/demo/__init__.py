"""The demo: a whole visit of two residents, told, photographed and checked."""

from bench.demo.run import run

__all__ = ["run"]
