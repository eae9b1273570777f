"""The demo: people who pay and an operator who clears, told, photographed and checked."""

from bench.demo.run import run

__all__ = ["run"]
