"""What ticket printers were found able to say, kept by unit across restarts: a unit that cannot
confirm is not waited for anew after every start, and one that can is not doubted.

The printer's thread asks ``recall`` and calls ``see``; the controller's thread writes the books.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, runtime_checkable

import msgspec

from firmware.signals import Signal, UnitSeen
from hw.findings import Learner
from hw.printer.abilities import Abilities, Confirmation


@runtime_checkable
class Rememberer(Learner, Protocol):
    """A driver that can be told what its unit was found able to say before."""

    def recall_with(self, recall: Callable[[str], Abilities | None]) -> None:
        """Ask ``recall`` for what is known of a unit that is met."""


class UnitMemory:
    """``known``: unit -> abilities, as the books have them. ``post`` enqueues to the controller."""

    def __init__(self, known: Mapping[str, str], post: Callable[[Signal], None]) -> None:
        self._known = {unit: _read(text) for unit, text in known.items()}
        self._post = post
        self._told: tuple[str, Abilities] | None = None

    def recall(self, unit: str) -> Abilities | None:
        """What is known of this unit. From the printer's thread."""
        return self._known.get(unit)

    def see(self, printer: Rememberer) -> None:
        """The printer was asked something, or printed. From the printer's thread.

        One that tells no name is only believed to be nameless once it has printed: until then it
        may just not have been asked.
        """
        now = (printer.unit, printer.abilities)
        is_met = printer.unit or printer.abilities.confirmation is not Confirmation.UNTRIED
        if now == self._told or not is_met:
            return
        self._told = now
        self._known[printer.unit] = printer.abilities
        confirms = printer.abilities.confirmation.value
        self._post(UnitSeen(printer.unit, _written(printer.abilities), confirms))


def _written(abilities: Abilities) -> str:
    return msgspec.json.encode(abilities).decode()


def _read(text: str) -> Abilities | None:
    """None for what cannot be read: it is then learned anew."""
    try:
        return msgspec.json.decode(text, type=Abilities)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None
