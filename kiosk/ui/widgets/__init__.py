"""The parts that pages are made of. Each paints itself and knows nothing of the purchase."""
