"""Money is an integer number of fen (1 yuan = 100 fen). Text is made here and nowhere else."""

FEN_PER_YUAN = 100


def format_yuan(amount_fen: int) -> str:
    """Return ``amount_fen`` as yuan with two decimals: ``-1234505`` gives ``"-12,345.05"``."""
    sign = "-" if amount_fen < 0 else ""
    yuan, fen = divmod(abs(amount_fen), FEN_PER_YUAN)
    return f"{sign}{yuan:,}.{fen:02d}"


def parse_yuan(text: str) -> int:
    """Return the fen in a text such as ``"150"``, ``"150.5"`` or ``"1,150.50"``.

    Raises ValueError when the text is not an amount of yuan with at most two decimals.
    """
    whole, dot, decimals = text.strip().replace(",", "").partition(".")
    digits = whole.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"not an amount of yuan: {text!r}")
    if dot and not (decimals.isascii() and decimals.isdigit() and len(decimals) <= 2):
        raise ValueError(f"an amount of yuan has at most two decimals: {text!r}")
    amount_fen = int(digits) * FEN_PER_YUAN + int((decimals or "0").ljust(2, "0"))
    return -amount_fen if whole.startswith("-") else amount_fen
