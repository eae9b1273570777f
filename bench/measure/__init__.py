"""Figures of the product, measured as ratios in one run. Run: ``python -m bench measure``."""
