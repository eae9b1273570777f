"""The customer session as a pure state machine: facts in, wishes out."""
