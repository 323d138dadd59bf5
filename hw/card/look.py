"""What lies on the card reader: a technician's command.

``python -m hw.card.look [--reader NAME] [--sam NAME] [--mrz TEXT] [--photo FILE]
[--twice] [--wait SECONDS]``

Says which profile knows the card, its ATR and of its UID only the first byte. With ``--mrz`` (a
passport's printed lines, or "number birth expiry"; "-" asks for them, so that they stay out of
the shell's history and the list of processes) it names the holder of a passport. ``--photo``
keeps the photo of a passport or an e-KTP in a new file that only its owner may read. ``--twice``
asks for two taps, as an enrolment does.

Ends with 0 when the card was read, 1 when it was not, 2 when the call makes no sense.
"""

from __future__ import annotations

import argparse
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from smartcard import scard

from hw.card.apdu import GET_UID, Response
from hw.card.bac import PassportTrouble
from hw.card.ektp import read_photo
from hw.card.ektp_exchange import EktpTrouble
from hw.card.emrtd import Passport, read_passport
from hw.card.emrtd_files import Photo
from hw.card.enrolment import Agreed
from hw.card.mrz import MrzInformation, parse_information
from hw.card.pcsc import PcscReader
from hw.card.profiles import PROFILES, Slots
from hw.card.reading import open_slots
from hw.card.twice import tap_twice, words_of
from hw.card.watching import choose_reader, choose_sam
from hw.protocols import CardIdentity, CardTrouble

ANSWER_SECONDS = 30.0

WORDS: dict[str, str] = {
    CardTrouble.PULLED: "no card lies there, or it was taken away too soon",
    CardTrouble.MUTE: "the card does not answer",
    CardTrouble.RANDOM_UID: "its UID changes at every tap: it identifies nobody",
    CardTrouble.UNKNOWN_KIND: "no profile knows this card",
    CardTrouble.NEEDS_MRZ: "a passport; --mrz with its printed lines opens it",
    CardTrouble.NOT_GENUINE: "the card failed the security module's proof",
    CardTrouble.NO_SAM: "no security module works",
    CardTrouble.BUSY: "another program holds the card",
    PassportTrouble.NOT_A_PASSPORT: "not a passport",
    PassportTrouble.NO_BAC: "a passport without basic access control (perhaps PACE only)",
    PassportTrouble.WRONG_MRZ: "these printed lines are not this passport's",
    PassportTrouble.NOT_AUTHENTIC: "an answer of the passport is not genuine",
    PassportTrouble.NOT_READABLE: "a file of the card is missing, or not as it must be",
    EktpTrouble.NOT_AN_EKTP: "not an e-KTP",
}
"""Every trouble, for a technician; those of e-KTP and passport that are named alike mean alike."""

_NO_ANSWER = (CardTrouble.PULLED, CardTrouble.MUTE, CardTrouble.BUSY)

Say = Callable[[str], None]


def look(slots: Slots, information: MrzInformation | None, photo: Path | None, say: Say) -> int:
    """Say what the card is; the exit code."""
    say(f"ATR: {slots.atr.hex(' ').upper() or 'not told'}")
    say(f"UID: {_masked_uid(slots)}")
    answers = {name: read(slots) for name, read in PROFILES.items()}
    gone = next((answer for answer in answers.values() if answer in _NO_ANSWER), None)
    if isinstance(gone, CardTrouble):
        return _sorry(gone, say)
    known = [name for name, answer in answers.items() if _is_known(answer)]
    say(f"known to: {', '.join(known) or 'no profile'}")
    if information is not None:
        return _look_into_passport(slots, information, photo, say)
    if photo is not None:
        return _keep(read_photo(slots), photo, say)
    return 0 if known else 1


def _masked_uid(slots: Slots) -> str:
    answer = slots.picc(GET_UID)
    if not isinstance(answer, Response) or not answer.ok or not answer.data:
        return "none"
    return f"{answer.data[0]:02X} and {len(answer.data) - 1} bytes more"


def _is_known(answer: CardIdentity | CardTrouble | None) -> bool:
    """A passport is known although it is not read."""
    return isinstance(answer, CardIdentity) or answer is CardTrouble.NEEDS_MRZ


def _look_into_passport(
    slots: Slots, information: MrzInformation, photo: Path | None, say: Say
) -> int:
    passport = read_passport(slots, information)
    if not isinstance(passport, Passport):
        return _sorry(passport, say)
    zone = passport.mrz
    say(f"name: {zone.given_names} {zone.surname}".replace("  ", " "))
    say(f"nationality: {zone.nationality}, document of {zone.issuer}")
    if photo is None:
        return 0
    return _keep(passport.photo or PassportTrouble.NOT_READABLE, photo, say)


def _keep(photo: Photo | CardTrouble | PassportTrouble | EktpTrouble, path: Path, say: Say) -> int:
    if not isinstance(photo, Photo):
        return _sorry(photo, say)
    try:
        # Never into a file that is there: its mode, or what a link leads to, would be another's.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(photo.data)
    except OSError as error:
        say(f"photo: not kept in {path}: {error.strerror}")
        return 1
    say(f"photo: {photo.kind}, {len(photo.data)} bytes, kept in {path}")
    return 0


def _sorry(trouble: CardTrouble | PassportTrouble | EktpTrouble, say: Say) -> int:
    say(f"not read: {WORDS[trouble]}")
    return 1


# ---------------------------------------------------------------- the command


def main(arguments: list[str] | None = None) -> int:
    """Look once."""
    parser = _parser()
    options = parser.parse_args(arguments)
    information = None
    if options.mrz is not None:
        information = _asked_for() if options.mrz == "-" else parse_information(options.mrz)
        if information is None:
            parser.error("--mrz is neither a zone whose check digits are right nor three fields")
    readers = _reader_names()
    reader = choose_reader(readers, options.reader)
    if reader is None:
        print("no such reader; pcscd knows: " + (", ".join(readers) or "none"), file=sys.stderr)
        return 1
    print(f"reader: {reader}", flush=True)
    if options.twice:
        outcome = tap_twice(PcscReader(reader, tuple(PROFILES)), options.wait, _say)
        print(words_of(outcome))
        return 0 if isinstance(outcome, Agreed) else 1
    if not _card_comes(reader, options.wait):
        return _sorry(CardTrouble.PULLED, print)
    sam = choose_sam([name for name in readers if name != reader], options.sam)
    return _in_time(lambda: _look_at(reader, sam, information, options.photo))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="What lies on the card reader.")
    parser.add_argument("--reader", default="", help="part of its name; else the contactless one")
    parser.add_argument("--sam", default="", help="part of the name of the security module's slot")
    parser.add_argument("--mrz", help="a passport's printed lines, or number birth expiry; - asks")
    parser.add_argument("--photo", type=Path, help="a new file for the photo")
    parser.add_argument("--twice", action="store_true", help="would this card be enrolled?")
    parser.add_argument("--wait", type=float, default=20.0, help="seconds for a card: 20")
    return parser


def _asked_for() -> MrzInformation | None:
    """From standard input, of one line or of several, as soon as they make sense."""
    print("printed lines, or number birth expiry:", file=sys.stderr)
    typed = ""
    for line in sys.stdin:
        typed += line
        information = parse_information(typed)
        if information is not None:
            return information
    return None


def _say(line: str) -> None:
    print(line, flush=True)


def _look_at(
    reader: str, sam: str | None, information: MrzInformation | None, photo: Path | None
) -> int:
    with open_slots(reader, sam) as slots:
        if isinstance(slots, CardTrouble):
            return _sorry(slots, print)
        return look(slots, information, photo, print)


def _in_time(work: Callable[[], int]) -> int:
    """A mute card holds its thread for ever; it ends with the process."""
    codes: queue.SimpleQueue[int] = queue.SimpleQueue()
    threading.Thread(target=lambda: codes.put(work()), daemon=True).start()
    try:
        return codes.get(timeout=ANSWER_SECONDS)
    except queue.Empty:
        return _sorry(CardTrouble.MUTE, print)


def _card_comes(reader: str, seconds: float) -> bool:
    """Whether a card lies there, or is laid there within ``seconds``."""
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    deadline = time.monotonic() + seconds
    state = scard.SCARD_STATE_UNAWARE
    while result == scard.SCARD_S_SUCCESS:
        left = max(0, int((deadline - time.monotonic()) * 1000))
        result, states = scard.SCardGetStatusChange(context, left, [(reader, state)])
        state = states[0][1] & ~scard.SCARD_STATE_CHANGED if states else state
        if state & scard.SCARD_STATE_PRESENT or not left:
            break
    scard.SCardReleaseContext(context)
    return bool(state & scard.SCARD_STATE_PRESENT)


def _reader_names() -> list[str]:
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    if result != scard.SCARD_S_SUCCESS:
        return []
    result, names = scard.SCardListReaders(context, [])
    scard.SCardReleaseContext(context)
    return list(names) if result == scard.SCARD_S_SUCCESS else []


if __name__ == "__main__":
    sys.exit(main())
