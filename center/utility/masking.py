"""Personal data as a terminal may show it: its owner recognises it, others learn little."""

import re

MASK = "*"
_LONGEST_PERSON = 4
"""Characters of the longest usual Chinese name; what is longer is an organisation."""
_LAST_NUMBER = re.compile(r"\d+(?=\D*$)")


def mask_name(name: str) -> str:
    """Return ``张**`` for 张小明, ``J*** S****`` for John Smith, ``杭州**公司`` for a firm."""
    words = name.split()
    if len(words) == 1 and not name.isascii() and len(words[0]) > _LONGEST_PERSON:
        return words[0][:2] + MASK * 2 + words[0][-2:]
    return " ".join(word[0] + MASK * (len(word) - 1) if len(word) > 1 else MASK for word in words)


def mask_address(address: str) -> str:
    """Return ``春江花园 3 栋 5**`` for 春江花园 3 栋 502 室: the last number keeps one digit.

    An address without a number keeps its first half.
    """
    found = _LAST_NUMBER.search(address)
    if found is None:
        return address[: len(address) // 2] + MASK * 2 if address else ""
    number = found.group()
    kept = number[:1] if len(number) > 1 else ""
    return address[: found.start()] + kept + MASK * (len(number) - len(kept))
