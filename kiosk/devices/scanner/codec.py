"""From a scanner's bytes to codes: no thread, no clock, times are handed in.

A scanner that is a serial port (or a USB one that looks like it) sends what it read as text, ended
by CR, LF or both, as it was set up; one that was set up without an end is understood by the pause
that follows (verify on hardware). It is not asked anything and says nothing else.
"""

import itertools

CODE_LIMIT_BYTES = 512
"""A bill's code has less than 100; a longer one is none of ours."""
NUMBER_DIGITS = 20
"""No number that a code may begin with is longer: an order's has 19 digits."""
PAUSE_S = 0.1
"""Silence that ends a code. At 9600 baud a character takes 1 ms."""
SAME_S = 2.0
"""A code that is held before the scanner is read again and again: that is one scan. It may be
scanned anew when it was away for so long."""
SOONEST_S = 0.2
"""Nobody shows two codes faster than this; what comes sooner is a scanner out of its mind."""
_ENDS = b"\r\n"


class Decoder:
    """One scanner's line. `garbage` counts what was no code, too long, or too soon."""

    def __init__(self) -> None:
        self.garbage = 0
        self._line = bytearray()
        self._too_long = False
        self._heard_at_s = 0.0
        self._code = ""
        self._code_at_s = self._told_at_s = float("-inf")

    def receive(self, data: bytes, now_s: float) -> list[str]:
        """Take bytes, or none; return the codes that they or a pause complete, in their order."""
        codes = self.tick(now_s)
        if data:
            self._heard_at_s = now_s
        for byte in data:
            if byte in _ENDS:
                codes += self._end(now_s)
            elif len(self._line) < CODE_LIMIT_BYTES:
                self._line.append(byte)
            else:
                self._too_long = True
        return codes

    def tick(self, now_s: float) -> list[str]:
        """Let time pass; return the code that a pause has completed."""
        paused = bool(self._line) and now_s >= self._heard_at_s + PAUSE_S
        return self._end(self._heard_at_s) if paused else []

    @property
    def wake_at_s(self) -> float | None:
        """Call `tick` then at the latest; None: there is nothing to wait for."""
        return self._heard_at_s + PAUSE_S if self._line else None

    def forget(self) -> None:
        """The line broke: what had come of a code is of no use."""
        self._line.clear()
        self._too_long = False

    def _end(self, at_s: float) -> list[str]:
        line, whole = bytes(self._line), not self._too_long
        self.forget()
        if not line:
            return []
        code = text_of(line) if whole else None
        if code is not None and code == self._code and at_s - self._code_at_s < SAME_S:
            self._code_at_s = at_s
            return []
        if code is None or at_s - self._told_at_s < SOONEST_S:
            self.garbage += 1
            return []
        self._code, self._code_at_s, self._told_at_s = code, at_s, at_s
        return [code]


def text_of(line: bytes) -> str | None:
    """Return a line as text (ASCII or UTF-8); None when it is empty or holds what is no sign."""
    try:
        text = line.decode("utf-8").strip(" ")
    except UnicodeDecodeError:
        return None
    return text if text and text.isprintable() else None


def number_in(code: str) -> str:
    """Return the number that a code begins with, empty if it begins with none.

    That is all that a bill or a slip says here. The rest, and the codes of others (a visiting card,
    a ticket, a wallet), are nobody's business and go into no journal.
    """
    digits = itertools.takewhile("0123456789".__contains__, code)
    return "".join(itertools.islice(digits, NUMBER_DIGITS))
