"""The shell that runs the flow: configuration, clock, journal, loop, executor, log."""
