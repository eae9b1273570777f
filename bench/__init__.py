"""The virtual bench: simulated devices, cards, meters and faults on demand."""
