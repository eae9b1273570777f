"""Meter cards: layouts, adapters and the worker process that owns card I/O."""
