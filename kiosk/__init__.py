"""The terminal that stands in the hall."""
