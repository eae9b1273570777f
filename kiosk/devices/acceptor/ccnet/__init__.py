"""CCNET (CashCode NET): frames, messages, what becomes of a note, the protocol machine, driver."""
