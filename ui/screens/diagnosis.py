"""For the technician: connections, and the journal to be photographed."""

from __future__ import annotations

import segno
from kivy.graphics.texture import Texture
from kivy.properties import (
    BooleanProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.widget import Widget

from firmware.core.view import DiagnosisScreen, Say, SetServiceMode
from ui import theme
from ui.layout import Fit
from ui.page import Page, load_kv, rows_of
from ui.texts import tr


class QrCode(Widget):
    """A text as a QR code, black on white whatever the theme, each module whole pixels."""

    text = StringProperty("")
    texture: Texture | None = ObjectProperty(None, allownone=True)

    def on_text(self, *_: object) -> None:
        """One pixel a module; it is enlarged without smoothing."""
        self.texture = _texture(self.text) if self.text else None

    stretch = NumericProperty(1)

    def need(self, width: float, _fit: Fit) -> float:
        """Large enough for a telephone's camera."""
        return min(width, theme.mm(52))

    def edge(self, width: float, height: float) -> int:
        """Pixels of a side: the largest multiple of its modules that fits."""
        modules = self.texture.width if self.texture is not None else 1
        return max(1, int(min(width, height)) // modules) * modules


def _texture(text: str) -> Texture:
    code = segno.make(text, error="m", micro=False)
    rows = [bytes(row) for row in code.matrix_iter(border=4)]
    pixels = b"".join(bytes(0 if module else 255 for module in row) for row in rows)
    texture = Texture.create(size=(len(rows[0]), len(rows)), colorfmt="luminance")
    texture.blit_buffer(pixels, colorfmt="luminance", bufferfmt="ubyte")
    texture.mag_filter = "nearest"
    texture.flip_vertical()
    return texture


class DiagnosisPage(Page):
    """Connections at the left, a code at the right."""

    facts = ListProperty([])
    code = StringProperty("")
    place = StringProperty("")
    is_closed = BooleanProperty(False)

    def show(self, screen: DiagnosisScreen) -> None:
        """Draw it."""
        self.facts = rows_of(screen.facts)
        self.code = screen.code
        where = {"number": str(screen.number), "total": str(screen.total)}
        counted = Say("Catatan {number} dari {total}", where)
        self.place = tr(counted if screen.total else Say("Belum ada catatan"))
        self.is_closed = screen.service_mode
        self.ids.next.disabled = screen.total < 2

    def switch(self) -> None:
        """Close the kiosk to citizens, or open it again."""
        self.send(SetServiceMode(not self.is_closed))


load_kv(__file__)
