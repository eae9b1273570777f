"""The utility port and the embedded utility."""
