"""Claim codes: ten characters by which any kiosk and the web find a letter.

Nine random characters of Crockford's base 32 (45 bits) and a check character (Luhn modulo
32, which finds every single wrong character and almost every pair exchanged).
"""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_BITS = 45
_LENGTH = 10
_READ_AS = str.maketrans("OIL", "011")


def make_claim_code(random: int) -> str:
    """The code that holds ``random`` (0 to 2**45 - 1)."""
    if not 0 <= random < 1 << RANDOM_BITS:
        raise ValueError("a claim code holds 45 bits")
    body = "".join(ALPHABET[random >> shift & 31] for shift in range(40, -1, -5))
    return body + _check_character(body)


def read_claim_code(text: str) -> str | None:
    """What a person typed, as a code; None when it is none. O is read as 0, I and L as 1."""
    code = text.upper().replace("-", "").replace(" ", "").translate(_READ_AS)
    if len(code) != _LENGTH or any(char not in ALPHABET for char in code):
        return None
    return code if _check_character(code[:-1]) == code[-1] else None


def show_claim_code(code: str) -> str:
    """In two groups of five, as printed and shown."""
    return f"{code[:5]}-{code[5:]}"


def _check_character(body: str) -> str:
    total = 0
    for position, char in enumerate(reversed(body)):
        value = ALPHABET.index(char) * (2 - position % 2)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]
