"""Which unit is at the other end of the cable, in its own words. Pure.

Source: Epson, ESC/POS Command Reference, GS I. Clones answer with the name of the printer that
they imitate, and two of a kind may share one serial number: the words are kept as they were told,
and nothing is concluded from them but whether it is the same unit as before.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from enum import IntEnum

ASK = b"\x1dI"
LONGEST_WORD = 40


class UnitQuery(IntEnum):
    """The ``n`` of GS I n, in the order in which they are worth asking."""

    MODEL = 67
    MAKER = 66
    FIRMWARE = 65
    SERIAL = 68


@dataclass(frozen=True, slots=True)
class Unit:
    """What it said; empty where it was silent."""

    maker: str = ""
    model: str = ""
    firmware: str = ""
    serial: str = ""

    def __str__(self) -> str:
        """``EPSON TM-T88V, firmware 1.23 ESC/POS, serial J6FX1`` as far as it is known."""
        named = (("firmware", self.firmware), ("serial", self.serial))
        more = (f"{label} {word}" for label, word in named if word)
        return ", ".join(filter(None, (f"{self.maker} {self.model}".strip(), *more)))

    def __bool__(self) -> bool:
        return self != Unit()

    @property
    def is_whole(self) -> bool:
        """Whether it told every word that it was asked for."""
        return all((self.maker, self.model, self.firmware, self.serial))

    def agrees(self, other: Unit) -> bool:
        """Whether both can be names of one unit: no word that both told differs, and they share
        one at least.
        """
        pairs = list(zip(astuple(self), astuple(other), strict=True))
        both = [mine == theirs for mine, theirs in pairs if mine and theirs]
        return bool(both) and all(both)

    @classmethod
    def of(cls, answers: dict[UnitQuery, bytes]) -> Unit:
        """From the answers that came."""
        words = {query.name.lower(): _word(told) for query, told in answers.items()}
        return cls(**words)


def _word(told: bytes) -> str:
    """Hostile until shown otherwise: ASCII that can be seen, and not too much of it."""
    seen = "".join(chr(byte) if 0x20 <= byte <= 0x7E else "?" for byte in told)
    return " ".join(seen.split())[:LONGEST_WORD]
