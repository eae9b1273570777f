"""What keys do to a text."""

BACK, CLEAR = "back", "clear"
"""Keys that take characters away; every other key is the character that it types."""


def typed(text: str, key: str) -> str:
    """Return ``text`` after ``key``."""
    if key == BACK:
        return text[:-1]
    return "" if key == CLEAR else text + key
