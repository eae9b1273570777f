"""The staff: who they are, how they prove it, and what they did."""
