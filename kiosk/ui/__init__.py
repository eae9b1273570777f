"""The customer's screens (Qt)."""
