"""The terminal that stands in the hall."""

__version__ = "0.1.0"
