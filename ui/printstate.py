"""What a screen says about a print: true words, an icon, and advice."""

from __future__ import annotations

from kivy.properties import ColorProperty, StringProperty

from firmware.core.view import PrintState, Say
from ui import theme
from ui.layout import Row
from ui.page import load_kv
from ui.texts import tr

NOT_PRINTED: frozenset[PrintState] = frozenset({"blocked", "unknown", "unavailable"})
_ICONS: dict[PrintState, str] = {
    "queued": "clock",
    "printing": "printer",
    "awaiting": "printer",
    "printed": "success",
    "unconfirmed": "printer",
    "blocked": "warning",
    "unknown": "warning",
    "unavailable": "warning",
}


def advice(state: PrintState, message: Say | None, what_to_do: Say) -> str:
    """Why it does not print, and what to do then; nothing while all is well."""
    if state not in NOT_PRINTED:
        return ""
    return f"{tr(message)} {tr(what_to_do)}" if message else tr(what_to_do)


class PrintLine(Row):
    """An icon, what the printer said, and advice."""

    words = StringProperty("")
    more = StringProperty("")
    icon = StringProperty("printer")
    ink = ColorProperty()
    face = ColorProperty()

    def tell(self, state: PrintState, words: str, more: str) -> None:
        """Red with a warning only when nothing came out, or perhaps nothing."""
        self.words, self.more, self.icon = words, more, _ICONS[state]
        bad, good = state in NOT_PRINTED, state == "printed"
        self.ink = theme.RED if bad else theme.GREEN if good else theme.INK
        self.face = theme.RED_SOFT if bad else theme.GREEN_SOFT if good else theme.SOGA_SOFT


load_kv(__file__)
