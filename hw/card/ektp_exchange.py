"""What is said to an e-KTP and to the security module (SAM), as a table.

The e-KTP's application, its files and the photo's reading are as peers have found them on real
cards. **The steps with the SAM are of our own making**, in the shape such exchanges have: the
real ones are in the document that Ditjen Dukcapil gives to who signs its agreement (Permendagri
34/2014 and 76/2020), and take these rows' place. Nothing outside this table knows them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from hw.card.apdu import LONGEST_SHORT, Command, Response, exchange
from hw.card.slots import Slots
from hw.protocols import CardTrouble

CHUNK = 112
"""Bytes of the photo that are asked for at once."""


class At(StrEnum):
    """The slot that a command goes to."""

    PICC = "picc"
    SAM = "sam"


class EktpTrouble(StrEnum):
    """Why an e-KTP that was there was not read."""

    NOT_AN_EKTP = "notAnEktp"
    NO_SAM = "noSam"  # the slot is empty, or there is none, or what is in it does not work
    NOT_GENUINE = "notGenuine"  # card and SAM do not share a secret
    NOT_READABLE = "notReadable"  # a file is missing, refused, or not of the form it must have


@dataclass(frozen=True, slots=True)
class Step:
    """One row. ``command`` is sent to ``at`` with what earlier rows kept under the names in
    ``gives``; its answer is kept as ``takes``. ``moving`` puts the offset into P1-P2. A status
    other than ``good`` ends the exchange with ``otherwise``.
    """

    at: At
    command: Command
    gives: tuple[str, ...] = ()
    takes: str = ""
    moving: bool = False
    good: tuple[int, ...] = (0x9000,)
    otherwise: EktpTrouble = EktpTrouble.NOT_READABLE


SELECT = (
    Step(
        At.PICC,
        Command(0x00, 0xA4, data=b"\x7f\x0a"),
        otherwise=EktpTrouble.NOT_AN_EKTP,
    ),
)
SELECT_PHOTO = (Step(At.PICC, Command(0x00, 0xA4, data=b"\x6f\xf2")),)
READ_PHOTO = (
    Step(
        At.PICC,
        Command(0x00, 0xB0, expected=CHUNK),
        takes="part",
        moving=True,
        good=(0x9000, 0x6282),
    ),
)

PROVE = (
    # The SAM derives this card's key from its UID.
    Step(At.SAM, Command(0x80, 0x50), gives=("uid",), otherwise=EktpTrouble.NO_SAM),
    Step(At.PICC, Command(0x00, 0x84, expected=8), takes="challenge"),
    # The SAM answers the card's challenge, and sets one of its own.
    Step(
        At.SAM,
        Command(0x80, 0x82, expected=16),
        gives=("challenge",),
        takes="cryptogram",
        otherwise=EktpTrouble.NO_SAM,
    ),
    Step(
        At.PICC,
        Command(0x00, 0x82, expected=8),
        gives=("cryptogram",),
        takes="proof",
        otherwise=EktpTrouble.NOT_GENUINE,
    ),
    Step(At.SAM, Command(0x80, 0x88), gives=("proof",), otherwise=EktpTrouble.NOT_GENUINE),
)
SELECT_BIODATA = (Step(At.PICC, Command(0x00, 0xA4, data=b"\x6f\xf1")),)
READ_BIODATA = (
    # The SAM protects the command, the card answers protected, the SAM opens the answer.
    Step(
        At.SAM,
        Command(0x80, 0xC0, expected=8),
        takes="ticket",
        moving=True,
        otherwise=EktpTrouble.NO_SAM,
    ),
    Step(
        At.PICC, Command(0x0C, 0xB0, expected=256), gives=("ticket",), takes="sealed", moving=True
    ),
    Step(
        At.SAM,
        Command(0x80, 0xC2, expected=256),
        gives=("sealed",),
        takes="part",
        otherwise=EktpTrouble.NOT_GENUINE,
    ),
)

Trouble = CardTrouble | EktpTrouble
Kept = dict[str, bytes]


def follow(steps: tuple[Step, ...], slots: Slots, kept: Kept, offset: int = 0) -> Kept | Trouble:
    """Take the steps in turn. What is kept, with what these steps added, or the trouble."""
    kept = dict(kept)
    for step in steps:
        answer = _take(step, slots, kept, offset)
        if not isinstance(answer, Response):
            return answer
        if answer.status not in step.good:
            return step.otherwise
        if step.takes:
            kept[step.takes] = answer.data
    return kept


def _take(step: Step, slots: Slots, kept: Kept, offset: int) -> Response | Trouble:
    data = b"".join(kept[name] for name in step.gives) or step.command.data
    if len(data) > LONGEST_SHORT:  # a card may answer more than a command can pass on
        return EktpTrouble.NOT_READABLE
    command = dataclasses.replace(step.command, data=data)
    if step.moving:
        command = dataclasses.replace(command, p1=offset >> 8, p2=offset & 0xFF)
    if step.at is At.PICC:
        return exchange(slots.picc, command)
    if slots.sam is None:
        return EktpTrouble.NO_SAM
    answer = exchange(slots.sam, command)
    # Trouble with the SAM is the kiosk's: the citizen's card was not pulled and is not mute.
    return EktpTrouble.NO_SAM if isinstance(answer, CardTrouble) else answer


ReadPart = Callable[[int], bytes | Trouble]
_LENGTH_BYTES = 2
_MOST_OFFSET = 0x7FFF


def read_whole(steps: tuple[Step, ...], slots: Slots, kept: Kept) -> bytes | Trouble:
    """A file whose first two bytes are the length of what follows, read in parts by ``steps``,
    which keep each as "part".
    """
    data = b""
    length = _LENGTH_BYTES
    while len(data) < length:
        if len(data) > _MOST_OFFSET:
            return EktpTrouble.NOT_READABLE
        told = follow(steps, slots, kept, len(data))
        if not isinstance(told, dict):
            return told
        if not told["part"]:
            return EktpTrouble.NOT_READABLE
        data += told["part"]
        if len(data) >= _LENGTH_BYTES:
            length = _LENGTH_BYTES + int.from_bytes(data[:_LENGTH_BYTES], "big")
    return data[_LENGTH_BYTES:length]
