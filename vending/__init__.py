"""The language that terminal and head office share: pure values, no I/O."""
