"""What orders changed for good: settings on top of kiosk.toml, the letter catalogue, whether the
kiosk serves. A change is planned, kept by the store together with its order's end, and then
taken up. What was kept and fits no more (after an update) is said and left aside. Used by the
controller's thread alone.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

import msgspec

from firmware.config import KioskConfig, Sections
from firmware.core.afar import check_keys
from firmware.core.errors import CatalogueError, ConfigurationError
from firmware.core.letters import Catalogue, decode_catalogue
from firmware.core.settings import check_settings
from firmware.core.state import Policy
from firmware.journal import Journal
from firmware.order_books import OrderBooks
from hw.registry import NONE as NO_DRIVER

Values = dict[str, bool | int | float]
Changes = dict[str, bytes]

SETTINGS, FORMER_SETTINGS = "settings", "settings-former"
CATALOGUE, SERVICE_MODE = "catalogue", "service-mode"
LARGEST_CATALOGUE_BYTES = 2 * 1024 * 1024


class _KeptCatalogue(msgspec.Struct, frozen=True):
    """``beside``: the version of the catalogue in kiosk.toml's file at that time."""

    beside: int
    packed: bytes


class Tuning:
    """The settings and the catalogue that hold. ``config`` is kiosk.toml."""

    def __init__(self, config: KioskConfig, books: OrderBooks, journal: Journal) -> None:
        self._config = config
        self._books = books
        self._journal = journal
        self.take_up()

    def take_up(self) -> None:
        """Read what is kept; at the start, and after a change was kept."""
        self.sections = self._kept_sections()
        self.catalogue = self._kept_catalogue()
        self.in_service_mode = self._books.kept(SERVICE_MODE) == b"on"

    def policy(self) -> Policy:
        """How patient the kiosk is."""
        sections = self.sections
        visit = sections.visit
        return Policy(
            place=sections.kiosk.place,
            idle=visit.idle_seconds,
            answer=visit.answer_seconds,
            card_must_stay=visit.card_must_stay,
            on_battery=visit.on_battery,
            technician=sections.service.idle_seconds,
            preferences=sections.ui.preferences,
            tickets=sections.printer.get("driver", NO_DRIVER) != NO_DRIVER,
        )

    # ------------------------------------------------------------ planning

    def plan_settings(self, values: Values) -> Changes:
        """All settings that shall differ from kiosk.toml; raises ConfigurationError."""
        with_values(self._config.sections, values)
        return self._turn(msgspec.json.encode(values))

    def plan_rollback(self) -> Changes:
        """The settings before the last change; kiosk.toml's own where there were none."""
        former = self._books.kept(FORMER_SETTINGS) or b"{}"
        with_values(self._config.sections, msgspec.json.decode(former, type=Values))
        return self._turn(former)

    def _turn(self, settings: bytes) -> Changes:
        return {SETTINGS: settings, FORMER_SETTINGS: self._books.kept(SETTINGS) or b"{}"}

    def plan_service_mode(self, on: bool) -> Changes:
        """Whether nobody is served."""
        return {SERVICE_MODE: b"on" if on else b"off"}

    def plan_catalogue(self, packed: bytes) -> Changes:
        """Another letter catalogue (JSON, zlib); raises CatalogueError."""
        unpack_catalogue(packed)
        kept = _KeptCatalogue(self._config.catalogue.version, packed)
        return {CATALOGUE: msgspec.json.encode(kept)}

    # ------------------------------------------------------------ what is kept

    def _kept_sections(self) -> Sections:
        own = self._config.sections
        raw = self._books.kept(SETTINGS)
        if raw is None:
            return own
        try:
            return with_values(own, msgspec.json.decode(raw, type=Values))
        except (ConfigurationError, msgspec.DecodeError) as error:
            self._journal.write("settings.unusable", reason=str(error)[:200])
            return own

    def _kept_catalogue(self) -> Catalogue:
        """That of the last order, unless somebody put another file in since."""
        own = self._config.catalogue
        raw = self._books.kept(CATALOGUE)
        if raw is None:
            return own
        try:
            kept = msgspec.json.decode(raw, type=_KeptCatalogue)
            return unpack_catalogue(kept.packed) if kept.beside == own.version else own
        except (CatalogueError, msgspec.DecodeError) as error:
            self._journal.write("catalogue.unusable", reason=str(error)[:200])
            return own


def with_values(sections: Sections, values: Mapping[str, bool | int | float]) -> Sections:
    """The same settings with some from afar; raises ConfigurationError with one sentence."""
    tables: dict[str, Any] = msgspec.to_builtins(sections)
    check_keys(values)
    for key, value in values.items():
        table, _, name = key.partition(".")
        tables[table][name] = value
    return check_settings(tables, Sections, "the order")


def unpack_catalogue(packed: bytes) -> Catalogue:
    """Read a catalogue as it travels; raises CatalogueError."""
    unpacker = zlib.decompressobj()
    try:
        raw = unpacker.decompress(packed, LARGEST_CATALOGUE_BYTES)
    except zlib.error as error:
        raise CatalogueError("the letter catalogue does not unpack") from error
    if not unpacker.eof:
        raise CatalogueError("the letter catalogue is cut off, or too large")
    try:
        return decode_catalogue(raw)
    except (UnicodeDecodeError, RecursionError) as error:
        raise CatalogueError("the letter catalogue is not readable") from error
