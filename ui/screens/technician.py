"""For the technician at the open cabinet: every device, what to do, and the kiosk's figures."""

from __future__ import annotations

from typing import Any, NamedTuple

from kivy.properties import BooleanProperty, ColorProperty, ListProperty, StringProperty

from firmware.core.view import DeviceLine, Health, Say, TechnicianScreen
from ui import theme
from ui.page import Page, load_kv, rows_of
from ui.texts import shown, tr
from ui.widgets import Card, Text


class _Look(NamedTuple):
    icon: str
    ink: theme.Colour
    face: theme.Colour
    edge: theme.Colour


def _look(health: Health) -> _Look:
    return {
        "asked": _Look("clock", theme.INDIGO, theme.PAPER, theme.LINE),
        "well": _Look("success", theme.GREEN, theme.PAPER, theme.LINE),
        "needsPerson": _Look("warning", theme.SOGA, theme.SOGA_SOFT, theme.SOGA),
        "notThere": _Look("cross", theme.RED, theme.RED_SOFT, theme.RED),
    }[health]


_INVITATION = Say("Tempelkan kartu untuk mencoba pembaca.")


class DeviceCard(Card):
    """One device: a mark, its state, and what to do or what it is."""

    icon = StringProperty("clock")
    ink = ColorProperty()
    device = StringProperty("")
    status = StringProperty("")

    def __init__(self, line: DeviceLine, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        look = _look(line.health)
        self.icon, self.ink, self.face, self.edge = look
        self.device, self.status = tr(line.device), tr(line.status)
        self._tell(line)

    def _tell(self, line: DeviceLine) -> None:
        """What to do comes first. Where that is clear by itself the device's name is left out;
        where a device is not there, its driver may know why.
        """
        if line.advice is not None:
            self._write(tr(line.advice), 4, theme.INK)
        if line.detail and (line.advice is None or line.health == "notThere"):
            self._write(shown(line.detail), 3.2, theme.MUTED)

    def _write(self, text: str, largest_mm: float, colour: theme.Colour) -> None:
        self.ids.body.add_widget(Text(text=text, color=colour, largest_mm=largest_mm))


class TechnicianPage(Page):
    """Devices at the left, figures at the right, news above, deeds below."""

    news = StringProperty("")
    facts = ListProperty([])
    slip_under_way = BooleanProperty(False)

    def show(self, screen: TechnicianScreen) -> None:
        """Draw every device anew: they are few."""
        self.news = tr(screen.news or _INVITATION)
        self.facts = rows_of(screen.facts)
        self.slip_under_way = screen.slip_under_way
        self.ids.devices.clear_widgets()
        for line in screen.devices:
            self.ids.devices.add_widget(DeviceCard(line))


load_kv(__file__)
