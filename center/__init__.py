"""The head office."""
