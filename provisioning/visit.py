"""A citizen at the kiosk: tap, PIN, letter, ticket; and later tap, PIN, print."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from provisioning.cabinet import Cabinet
from provisioning.hands import NotSeenError, Sight
from provisioning.population import Card

_HOLD_SECONDS = 1.0  # pcscd looks every 0.4 s; people hold a card about that long
_PRINT_SECONDS = 60.0
_POLL_SECONDS = 0.1
Found = TypeVar("Found")


class Album:
    """Numbered pictures of every screen passed."""

    def __init__(self, folder: Path, picture: Callable[[Path], None]) -> None:
        self._folder = folder
        self._picture = picture
        self._count = 0

    def next_path(self, name: str) -> Path:
        """Where the next picture goes."""
        self._count += 1
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder / f"{self._count:02d}-{name}.png"

    def take(self, name: str) -> None:
        """A picture of the kiosk's screen."""
        self._picture(self.next_path(name))


@dataclass(frozen=True)
class Wish:
    """What the citizen answers in the form of a Surat Keterangan Usaha."""

    letter: str = "keterangan-usaha"
    business: str = "Warung Contoh Barokah"
    purpose: int = 1


class Citizen:
    """Somebody with a card in front of a cabinet."""

    def __init__(self, cabinet: Cabinet, card: Card, album: Album) -> None:
        self._cabinet = cabinet
        self._hands = cabinet.hands
        self._card = card
        self._album = album

    def tap(self) -> float:
        """Hold the card to the reader until the kiosk asks for the PIN; when it touched."""
        self._hands.wait_screen("attract")
        began = time.monotonic()
        self._cabinet.reader.insert(bytes.fromhex(self._card.uid))
        try:
            self._hands.wait_screen("pin")
            time.sleep(max(0.0, began + _HOLD_SECONDS - time.monotonic()))
        finally:
            self._cabinet.reader.remove()
        return began

    def enter_pin(self, pictures: bool = True) -> Sight:
        """Type the PIN; the visitor's own page."""
        half = len(self._card.pin) // 2
        self._hands.type_pin(self._card.pin[:half])
        if pictures:
            self._album.take("pin")
        self._hands.type_pin(self._card.pin[half:])
        return self._hands.wait_screen("home")

    def ask_for_letter(self, wish: Wish) -> None:
        """From home through the form to the review."""
        self._album.take("home")
        self._hands.touch("new-letter")
        self._hands.wait_screen("letters")
        self._album.take("letters")
        self._hands.touch(f"letter-{wish.letter}")
        self._hands.wait_screen("form")
        self._album.take("form-empty")
        self._answer_text(wish.business)
        self._hands.touch(f"choice-{wish.purpose}")
        self._go_on("form-choice")
        self._hands.wait_screen("review")
        self._album.take("review")

    def _answer_text(self, text: str) -> None:
        """Type an answer; its first letter alone shows what is to be mended."""
        self._hands.type_text(text[:1])
        time.sleep(0.5)
        self._album.take("form-to-mend")
        self._hands.type_text(text[1:])
        self._go_on("form-text")

    def _go_on(self, name: str) -> None:
        sight = self._hands.wait("an answer that is good", lambda sight: _has(sight, "next"))
        self._album.take(name)
        self._hands.touch("next")
        self._hands.wait("the next question", lambda now: now.serial > sight.serial)

    def send(self) -> Path:
        """Send the request; the picture of the ticket that was printed."""
        before = len(self._cabinet.printed_slips())
        self._hands.touch("next")
        self._hands.wait_screen("ticket")
        return wait_until("the ticket on paper", lambda: self._cabinet.slip_after(before))

    def see_ticket(self, request_id: str) -> None:
        """Wait until the screen offers to go on, and take its picture."""
        self._hands.wait("the end of printing", lambda sight: _has(sight, "finish"))
        wait_for_event(
            self._cabinet, "print.job", kind="ticket", request_id=request_id, state="CONFIRMED"
        )
        time.sleep(0.5)
        self._album.take("ticket")

    def leave(self) -> None:
        """End the visit."""
        self._hands.touch("finish")
        self._hands.wait_screen("goodbye", "attract")
        self._album.take("goodbye")
        self._hands.wait_screen("attract")

    def print_letter(self, request_id: str, medium: str) -> None:
        """Print a letter that is ready, and wait until the ``page`` or ``roll`` printer did."""
        self._hands.wait("the ready letter", lambda sight: _has(sight, f"print-{request_id}"))
        self._album.take(f"{medium}-ready")
        self._hands.touch(f"print-{request_id}")
        self._hands.wait_screen("collect")
        wait_for_event(
            self._cabinet,
            "print.job",
            kind="letter",
            request_id=request_id,
            medium=medium,
            state="CONFIRMED",
        )
        self._hands.wait("the end of printing", lambda sight: _has(sight, "finish"))
        time.sleep(0.5)
        self._album.take(f"{medium}-collect")


def wait_for_event(cabinet: Cabinet, event: str, **fields: str) -> dict[str, Any]:
    """The last entry of that kind with these fields in the kiosk's journal, once it is there."""

    def find() -> dict[str, Any] | None:
        for entry in reversed(cabinet.journal_events()):
            if entry["event"] == event and fields.items() <= entry.items():
                return dict(entry)
        return None

    return wait_until(f"{event} {fields} in the kiosk's journal", find)


def _has(sight: Sight, target: str) -> bool:
    return sight.get(target) is not None


def wait_until(what: str, find: Callable[[], Found | None]) -> Found:
    deadline = time.monotonic() + _PRINT_SECONDS
    while (found := find()) is None:
        if time.monotonic() > deadline:
            raise NotSeenError(f"waited for {what} in vain")
        time.sleep(_POLL_SECONDS)
    return found
