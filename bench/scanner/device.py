"""The scanner itself: it sends what it reads as a line of text, and hears nothing."""

CR_LF = b"\r\n"


class ScannerDevice:
    """A scanner under power."""

    def __init__(self, end: bytes = CR_LF) -> None:
        """``end``: what it was set up to send after a code; may be empty."""
        self.end = end
        self.listened_to = False
        """Somebody has opened the line."""
        self._outgoing = b""

    def say(self, data: bytes) -> None:
        """Send these bytes, whatever they are."""
        if self.listened_to:
            self._outgoing += data

    # -- the wire --------------------------------------------------------------------------------

    def receive(self, data: bytes, now_s: float) -> None:
        """Take bytes from the host: there is nothing that it understands."""

    def tick(self, now_s: float) -> bytes:
        """Return the bytes that leave the device now."""
        leaving, self._outgoing = self._outgoing, b""
        return leaving

    @property
    def wake_at_s(self) -> float | None:
        """Nothing happens by itself."""
        return None

    def hang_up(self) -> None:
        """Learn that the line is gone."""
        self.listened_to = False
        self._outgoing = b""
