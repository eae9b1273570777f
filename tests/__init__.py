"""The tests, laid out as the packages are. Helpers are imported as ``tests.<folder>.<name>``."""
