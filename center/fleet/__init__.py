"""Terminals: registration, signed requests, status."""
