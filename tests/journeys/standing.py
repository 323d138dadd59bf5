"""A person with a card and a finger before a cabinet whose screen stands in this process."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from firmware.core import view
from firmware.core.wire import KdfCost
from provisioning.cabinet import PASSPHRASE, Cabinet
from provisioning.population import Card
from provisioning.tell import tell
from provisioning.visit import wait_for_event
from tests.journeys.touching import Finger
from tests.reliability.resting import Desk

CHEAP = KdfCost(passes=1, memory_kib=64, lanes=1)
CARD_SOCKET = "card.sock"
LETTER = "keterangan-usaha"
_CARD_SECONDS = 5.0


@contextmanager
def a_cabinet(page_printer: bool = False) -> Iterator[Cabinet]:
    """Everything but a display."""
    folder = Path(tempfile.mkdtemp(prefix="anjungan-"))  # a short path: it holds sockets
    try:
        with Cabinet(folder, page_printer=page_printer, screen=False, cost=CHEAP) as cabinet:
            wait_for_event(cabinet, "directory.updated")
            yield cabinet
    finally:
        shutil.rmtree(folder)


def before(cabinet: Cabinet) -> Finger:
    """A finger before its screen."""
    return Finger(cabinet.folder / "kiosk" / "run" / "ui.sock")


def start_anew(
    cabinet: Cabinet, service_seconds: int = 600, quick_cards: bool = False, **visit: float
) -> None:
    """Start the controller with other patience. ``quick_cards``: with a reader of its own at
    CARD_SOCKET that does not keep people waiting as pcscd does.
    """
    cabinet.stop("controller")
    cabinet.configure(page_printer=False, **visit)
    config = cabinet.kiosk_config.read_text()
    if quick_cards:
        card = f'[card]\ndriver = "memory"\ncontrol = "{cabinet.folder / CARD_SOCKET}"\n\n'
        config = re.sub(r"(?ms)^\[card\]$.*?(?=^\[)", card, config)
    cabinet.kiosk_config.write_text(f"{config}\n[service]\nidle_seconds = {service_seconds}\n")
    cabinet.start_controller()


class Person:
    """Whoever stands there."""

    def __init__(self, cabinet: Cabinet, finger: Finger) -> None:
        self.cabinet = cabinet
        self.finger = finger

    # ------------------------------------------------------------ cards

    def lays(self, uid: str, *kinds: type, manner: str = "well") -> Any:
        """Lay a card there until one of ``kinds`` of screen comes; lay it again if it does not."""
        for _ in range(10):
            self.cabinet.reader.insert(bytes.fromhex(uid), manner=manner)
            end = time.monotonic() + _CARD_SECONDS
            while time.monotonic() < end:
                self.finger.breathe()
                if isinstance(self.finger.screen, kinds):
                    return self.finger.screen
                time.sleep(0.01)
            self.takes_card()
            time.sleep(1)  # pcscd looks every 0.4 s
        raise AssertionError(f"the card leads to {self.finger.screen!r}")

    def takes_card(self) -> None:
        self.cabinet.reader.remove()

    def comes(self, card: Card) -> None:
        """Card, and then the PIN is asked for."""
        self.lays(card.uid, view.Pin)
        self.takes_card()

    def enters(self, card: Card, pin: str = "") -> Any:
        """Card and PIN; the page that opens."""
        self.comes(card)
        self.finger.type_pin(pin or card.pin)
        self.finger.until("the own page", lambda: self._is_in(view.Home, view.OfficerScreen))
        return self.finger.screen

    def _is_in(self, *kinds: type) -> bool:
        return isinstance(self.finger.screen, kinds)

    def leaves(self) -> None:
        """Finish; the next one may come."""
        self.finger.touch("finish")
        self.finger.sees(view.Goodbye)

    def sees_rest(self) -> None:
        self.finger.sees(view.Attract)

    # ------------------------------------------------------------ letters

    def fills_in(self, text: str = "Warung Contoh") -> None:
        """From home to the review."""
        self.finger.touch("new-letter")
        self.finger.sees(view.LetterList)
        self.finger.touch(f"letter-{LETTER}")
        self.finger.sees(view.Form)
        self.finger.fill_in(text)
        self.finger.sees(view.Review)

    def asks_for_letter(self, text: str = "Warung Contoh") -> tuple[str, view.Ticket]:
        """From home to the ticket on paper: the request's id, and the ticket."""
        self.fills_in(text)
        self.finger.touch("next")
        self.finger.sees(view.Ticket)
        ticket = self.finger.sees(view.Ticket, lambda screen: screen.print_state == "printed")
        return str(wait_for_event(self.cabinet, "request.stored")["request_id"]), ticket

    def sign(self, request_id: str) -> None:
        """The desk does its part."""
        wait_for_event(self.cabinet, "request.delivered", id=request_id)
        for role, acts in (("officer", ("periksa", "setujui")), ("head", ("tanda-tangani",))):
            desk = Desk(self.cabinet.desk_url, self.cabinet.officer(role))
            for act in acts:
                words = {"passphrase": PASSPHRASE} if act == "tanda-tangani" else {}
                desk.press(request_id, act, **words)
            desk.close()
        wait_for_event(self.cabinet, "letter.arrived", request_id=request_id)

    # ------------------------------------------------------------ what else happens

    def printer(self, **wish: Any) -> None:
        self._tell(self.cabinet.printer_control, wish)

    def line(self, how: str) -> None:
        """``whole`` or ``cut``; the screen's sign has followed."""
        self._tell(self.cabinet.line_control, {"line": how})
        self.finger.until(
            f"a line that is {how}",
            lambda: (
                self.finger.state is not None and self.finger.state.lights.link == (how == "whole")
            ),
        )

    def pins(self, **wish: str) -> None:
        self._tell(self.cabinet.pins_control, wish)

    @staticmethod
    def _tell(control: Path, wish: dict[str, Any]) -> None:
        answer = tell(control, wish)
        assert answer.get("ok"), answer
