"""What a person at the bench can do to the virtual page printer, at a control socket (mode 600).

JSON lines, each answered with ``{"ok": true, "state": …}`` or ``{"ok": false, "error": …}``. The
keys: ``{"paper": "full" | "low" | "out"}``, ``{"media": "f4" | "a4"}`` (what lies in the tray),
``{"toner": 0–100}``, ``{"trouble": "none" | "cover" | "jam" | "toner"}`` (stops the next sheet),
``{"power": "on" | "off"}``, ``{"cups": "on" | "off"}`` (the print server) and ``{"ask": "state"}``.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from hw.virtual import ipp_files
from hw.virtual.control_socket import ControlSocket
from hw.virtual.ipp import VirtualPagePrinter

SHEETS = {"full": 250, "low": 5, "out": 0}
MEDIA = {"f4": ipp_files.F4, "a4": "iso_a4_210x297mm"}
TROUBLES = {
    "none": None,
    "cover": "cover-open-error",
    "jam": "media-jam-error",
    "toner": "toner-empty-error",
}


@dataclass(frozen=True, slots=True)
class PageCondition:
    """How the machine and its print server are; ``toner`` in per cent."""

    paper: str = "full"
    media: str = "f4"
    toner: int = 80
    trouble: str = "none"
    power: str = "on"
    cups: str = "on"


def changed(condition: PageCondition, key: str, value: object) -> PageCondition:
    """``condition`` after one key. Unknown is a ValueError."""
    match key, value:
        case "paper", str() if value in SHEETS:
            return replace(condition, paper=value)
        case "media", str() if value in MEDIA:
            return replace(condition, media=value)
        case "toner", int() if 0 <= value <= 100 and not isinstance(value, bool):
            return replace(condition, toner=value)
        case "trouble", str() if value in TROUBLES:
            return replace(condition, trouble=value)
        case "power", "on" | "off":
            return replace(condition, power=str(value))
        case "cups", "on" | "off":
            return replace(condition, cups=str(value))
        case "ask", "state":
            return condition
    raise ValueError(f"{key} = {value!r} is nothing that this printer can do")


class PagePrinterControl:
    """The socket, and the one thread that works the printer. Close it before the printer."""

    def __init__(self, printer: VirtualPagePrinter, control: Path) -> None:
        self._printer = printer
        self._condition = PageCondition()
        self._control = ControlSocket(control, "page-printer", self._obey)
        self._control.start()

    def close(self) -> None:
        """The socket is gone; what this started ends."""
        self._control.close()

    def __enter__(self) -> PagePrinterControl:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------ the thread

    def _obey(self, line: bytes) -> dict[str, Any]:
        try:
            condition = self._condition
            for key, value in dict(json.loads(line)).items():
                condition = changed(condition, key, value)
            if condition != self._condition:
                self._work(self._condition, condition)
        except (ValueError, TypeError, RecursionError, OSError) as error:
            return {"ok": False, "error": str(error)}
        self._condition = condition
        return {"ok": True, "state": self._state()}

    def _work(self, old: PageCondition, new: PageCondition) -> None:
        """Make the printer so. Raises OSError."""
        printer, supplied = self._printer, _supplies(new) != _supplies(old)
        if new.power == "off" and supplied:
            raise OSError("the page printer has no power")
        if new.power != old.power:
            if new.power == "off":
                printer.switch_off_machine()
            else:
                printer.switch_on_machine()
                supplied = True  # it has forgotten what was in it
        if supplied:
            printer.load_tray(MEDIA[new.media], SHEETS[new.paper])
            printer.set_toner(new.toner)
        if new.trouble != old.trouble:
            printer.set_trouble(TROUBLES[new.trouble])
        if new.cups != old.cups:
            if new.cups == "off":
                printer.kill_cups()
            else:
                printer.start_cups_again()

    def _state(self) -> dict[str, Any]:
        return {**asdict(self._condition), "printed": len(self._printer.printed)}


def _supplies(condition: PageCondition) -> tuple[str, str, int]:
    return condition.paper, condition.media, condition.toner
