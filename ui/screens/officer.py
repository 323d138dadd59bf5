"""The officer's own page: enrol a card, unlock a card, and what became of enrolments."""

from __future__ import annotations

from kivy.properties import ListProperty, StringProperty

from firmware.core.view import OfficerScreen, Say
from ui.page import Page, load_kv, rows_of
from ui.texts import tr

_NOTHING_YET = Say("Belum ada kartu yang didaftarkan di sini.")


class OfficerPage(Page):
    """The newest enrolment stands first."""

    name = StringProperty("")
    nothing = StringProperty("")
    rows = ListProperty([])

    def show(self, screen: OfficerScreen) -> None:
        """Draw it."""
        self.name = screen.name
        self.rows = rows_of(screen.enrolments)
        self.nothing = "" if screen.enrolments else tr(_NOTHING_YET)


load_kv(__file__)
