"""A deterministic simulation of kiosks, head office, people and faults: the proof by exploration.

The real flow, engine, journal, outbox, protocol machines, card worker and head office run in one
process on a virtual clock and one seed. Physical truth is kept apart and judged after every run.
"""
