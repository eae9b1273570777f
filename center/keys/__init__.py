"""The security service: named keys, card authentication data and MACs."""
