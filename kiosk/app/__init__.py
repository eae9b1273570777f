"""Composition root: the only place that names concrete devices, head office, journal and screen."""
