"""Which version of MQTT to speak to a broker that may know only one of them.

What a failed attempt proves differs: a broker that says "unsupported protocol version" means it;
one that closes the connection, or says nothing, may only be starting.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Literal

Protocol = Literal["auto", "5", "3.1.1"]
"""``[link] protocol``."""

SILENCES_BEFORE_OLD = 2
"""So many silences in a row before the older version is tried: one may be chance."""
PROOFS = 2
"""So often the older version must have worked where the newer one met silence, to begin with it."""
NEWER_EVERY = 10
"""One of so many connections tries the newer version first all the same: brokers are renewed."""


class Version(IntEnum):
    """The protocol level in CONNECT (MQTT 5, 3.1.2.2; MQTT 3.1.1, 3.1.2.2)."""

    OLD = 4
    NEW = 5

    def __str__(self) -> str:
        return "MQTT 5" if self is Version.NEW else "MQTT 3.1.1"


class Choice:
    """Each connection asks ``next`` and then tells how it went, by one of the other three; or
    by none, when no broker was reached: that proves nothing.
    """

    def __init__(self, protocol: Protocol) -> None:
        self._fixed = {"5": Version.NEW, "3.1.1": Version.OLD}.get(protocol)
        self._at_hand = self._fixed or Version.NEW
        self._fall_back = False
        self._silences = 0
        self._proofs = 0
        self._since_newer = 0

    def next(self) -> Version:
        """The version of the next connection."""
        if self._fixed is None:
            self._at_hand = self._pick()
        return self._at_hand

    def _pick(self) -> Version:
        if self._fall_back:
            return Version.OLD
        if self._proofs >= PROOFS and self._since_newer < NEWER_EVERY - 1:
            self._since_newer += 1
            return Version.OLD
        self._since_newer = 0
        return Version.NEW

    def answered(self) -> None:
        """The broker speaks the version at hand, whatever it said in it."""
        self._silences = 0
        if self._at_hand is Version.NEW:
            self._proofs = 0
        elif self._fall_back:
            self._proofs += 1
        self._fall_back = False

    def refused(self) -> bool:
        """It said that it does not. Whether the other version may be tried at once."""
        self._silences = 0
        was_new = self._at_hand is Version.NEW
        self._proofs = PROOFS if was_new else 0
        self._fall_back = was_new and self._fixed is None
        return self._fall_back

    def silent(self) -> None:
        """The connection ended, or nothing came, before the broker's answer."""
        if self._at_hand is Version.OLD:
            self._silences = 0
            self._fall_back = False
            return
        self._silences += 1
        enough = 1 if self._proofs else SILENCES_BEFORE_OLD
        self._fall_back = self._silences >= enough
