"""Banknote acceptors: codec and protocol machine beside a thin driver."""
