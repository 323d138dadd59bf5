"""The one tree of errors. Expected trouble is a returned value; these are for the edges.

::

    AnjunganError
    ├── ConfigurationError   kiosk.toml or regency.toml cannot be used; the text says which key
    ├── WireError            a message from the other end cannot be read
    ├── CatalogueError       the letter catalogue cannot be read
    ├── OrderError           an order that a kiosk would refuse is not given
    ├── StoreError           the kiosk's database cannot be used
    └── SealError            a sealed thing does not open with this key
"""

import traceback

LONGEST_SENTENCE = 600


def one_line(text: str) -> str:
    """``text`` as one line that a terminal shows as it is: what it quotes may be anything."""
    clean = "".join(sign if sign.isprintable() else "\N{MIDDLE DOT}" for sign in text)
    return clean if len(clean) <= LONGEST_SENTENCE else clean[: LONGEST_SENTENCE - 1] + "…"


class AnjunganError(Exception):
    """Base of all errors of ours. ``str()`` is one sentence: what, where, what to do."""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(one_line(sentence))


class ConfigurationError(AnjunganError):
    """A configuration that cannot be used."""


class WireError(AnjunganError):
    """A message from the other end of the wire that cannot be read."""


class CatalogueError(AnjunganError):
    """A letter catalogue that cannot be read."""


class OrderError(AnjunganError):
    """An order to a kiosk that cannot be given."""


class StoreError(AnjunganError):
    """A database that cannot be opened or is not ours."""


class SealError(AnjunganError):
    """Sealed bytes that this key does not open, or that were altered."""


def describe(error: BaseException) -> str:
    """Type and place of an error, without its message, which may hold personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames[-4:]]
    return f"{type(error).__name__} at {' < '.join(reversed(places))}"
