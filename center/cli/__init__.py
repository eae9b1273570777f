"""The commands of ``python -m center``."""
