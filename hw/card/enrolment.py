"""Two taps before a card is enrolled, pure: a UID must be the same when the card comes again.

A card whose UID changes at every tap would lock its owner out for good; one that merely lay
there twice proves nothing, so it must be taken away in between. The table:

=================  ======================  =================================================
while              comes                   then
=================  ======================  =================================================
FIRST_TAP          a card                  REMOVAL
REMOVAL            nothing lies there      SECOND_TAP
REMOVAL            a card                  refused: NOT_REMOVED
SECOND_TAP         the same UID            agreed
SECOND_TAP         another UID             refused: DIFFERENT
any                an unreadable card      refused: RANDOM_UID or UNREADABLE, with its trouble
any                the reader goes away    refused: READER_LOST
any                time is up              refused: NO_CARD, NOT_REMOVED or ONLY_ONE_TAP
=================  ======================  =================================================
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from hw.protocols import (
    CardIdentity,
    CardNotPresent,
    CardPresent,
    CardReport,
    CardTrouble,
    CardUnreadable,
    ReaderOffline,
)


class Awaits(StrEnum):
    """What an enrolment waits for."""

    FIRST_TAP = "firstTap"
    REMOVAL = "removal"
    SECOND_TAP = "secondTap"


class Why(StrEnum):
    """Why a card was not enrolled."""

    DIFFERENT = "different"  # two cards, or one whose UID changes
    NOT_REMOVED = "notRemoved"  # it was never taken away between the taps
    RANDOM_UID = "randomUid"  # a UID that says of itself that it changes
    UNREADABLE = "unreadable"
    READER_LOST = "readerLost"
    NO_CARD = "noCard"  # nobody came in time
    ONLY_ONE_TAP = "onlyOneTap"  # nobody came again in time


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Where it stands. Begin with ``Enrolment()``."""

    awaits: Awaits = Awaits.FIRST_TAP
    first: CardIdentity | None = None


@dataclass(frozen=True, slots=True)
class Agreed:
    """Both taps gave this identity, as the second of them told it."""

    identity: CardIdentity


@dataclass(frozen=True, slots=True)
class Refused:
    """It ended without a card. ``trouble`` is that of an unreadable one."""

    why: Why
    trouble: CardTrouble | None = None


Outcome = Agreed | Refused


def hear(enrolment: Enrolment, report: CardReport) -> Enrolment | Outcome:
    """Where it stands after what the reader reported."""
    match report:
        case CardPresent(identity):
            return _tapped(enrolment, identity)
        case CardUnreadable(trouble):
            random = trouble is CardTrouble.RANDOM_UID
            return Refused(Why.RANDOM_UID if random else Why.UNREADABLE, trouble)
        case CardNotPresent() if enrolment.awaits is Awaits.REMOVAL:
            return replace(enrolment, awaits=Awaits.SECOND_TAP)
        case ReaderOffline():
            return Refused(Why.READER_LOST)
        case _:
            return enrolment


def time_is_up(enrolment: Enrolment) -> Refused:
    """How it ends when whoever counts the time gives up."""
    return Refused(
        {
            Awaits.FIRST_TAP: Why.NO_CARD,
            Awaits.REMOVAL: Why.NOT_REMOVED,
            Awaits.SECOND_TAP: Why.ONLY_ONE_TAP,
        }[enrolment.awaits]
    )


def _tapped(enrolment: Enrolment, identity: CardIdentity) -> Enrolment | Outcome:
    match enrolment.awaits:
        case Awaits.FIRST_TAP:
            return Enrolment(Awaits.REMOVAL, identity)
        case Awaits.REMOVAL:
            return Refused(Why.NOT_REMOVED)
        case Awaits.SECOND_TAP:
            assert enrolment.first is not None
            same = identity.uid == enrolment.first.uid
            return Agreed(identity) if same else Refused(Why.DIFFERENT)
