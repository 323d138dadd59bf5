"""The journal: what happened, one JSON object a line, for a technician and for the tests.

Every event and every field that it may have is in EVENTS; docs/journal.md is made from it.
No field holds personal data: no name, NIK, UID, tag, PIN, claim code or answer; nor the type of a
letter, which says why somebody came.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

MOST_BYTES = 5 * 1024 * 1024
"""A journal of that size is put aside, one of them; the card must not fill up."""
_LONG_LINE = 400
"""Bytes of a long event."""
TRY_AGAIN_BYTES = 64 * 1024
"""Where a journal cannot be put aside it grows by so much until the next try."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What an event means and which fields it has."""

    meaning: str
    fields: tuple[str, ...] = ()


EVENTS: dict[str, Kind] = {
    "controller.started": Kind("The controller is up.", ("boot", "version")),
    "controller.stopped": Kind("The controller was asked to stop and did."),
    "controller.bug": Kind("An error that should not be; the controller goes on.", ("error",)),
    "phase.changed": Kind("The screen's phase changed.", ("old", "new", "visit")),
    "card.reader": Kind("The card reader came or went.", ("online", "detail")),
    "card.unreadable": Kind("A card could not be read.", ("trouble",)),
    "pin.refused": Kind("A PIN was wrong; so many wrong ones in a row for this card.", ("tries",)),
    "pin.locked": Kind("A card was refused because only an officer can unlock it."),
    "pin.change": Kind(
        "A resident chose a new PIN: stored, failed (nothing was changed), left (the visitor went"
        " away meanwhile) or impossible (the regency sent no token with the profile).",
        ("outcome", "error"),
    ),
    "card.enrolment": Kind(
        "An officer enrolled a card: stored (it goes to the regency), or failed.",
        ("outcome", "error"),
    ),
    "card.asked": Kind("The regency was asked for a card that is not known here."),
    "letters.asked": Kind("The letters of a visitor from elsewhere were asked for."),
    "letters.answered": Kind("An answer: papers, letter, unknown or limited.", ("outcome",)),
    "card.answered": Kind("Its answer: entry, unknown or limited.", ("outcome",)),
    "code.asked": Kind(
        "The regency was asked for a code: a ticket's (collect), a letter's (check).", ("purpose",)
    ),
    "code.answered": Kind("Its answer: found, unknown or limited.", ("outcome",)),
    "card.unlocked": Kind("An officer unlocked a card after too many wrong PINs."),
    "request.stored": Kind("A request is durable here.", ("request_id",)),
    "request.failed": Kind("A request could not be made durable.", ("error",)),
    "request.delivered": Kind("The regency's receipt for a message is here.", ("id",)),
    "outbox.reopened": Kind(
        "The regency lost what it had receipted; messages after this number go again.",
        ("after", "count"),
    ),
    "numbers.raised": Kind(
        "The regency knows numbers that this card never gave: it is an old one.", ("seq",)
    ),
    "request.refused": Kind("The regency refused a message; it is kept as dead.", ("id", "reason")),
    "request.state": Kind("The regency reports a request's state.", ("request_id", "state")),
    "letter.arrived": Kind("A signed letter is here.", ("request_id", "bytes")),
    "profile.unreadable": Kind("A profile does not open although the PIN is right."),
    "letter.unreadable": Kind("A letter does not open with its resident's key.", ("request_id",)),
    "directory.updated": Kind("A resident may be served here, or no longer.", ("revoked",)),
    "print.job": Kind(
        "A print job is in this state.",
        ("job", "kind", "request_id", "medium", "copy", "state", "was", "fault", "offset"),
    ),
    "printer.status": Kind("A printer's status changed.", ("printer", "status", "paper", "detail")),
    "lamps.state": Kind("Whether there are lamps.", ("state", "detail")),
    "inputs.changed": Kind("Door, button and UPS line can be read, or not.", ("online", "detail")),
    "door.changed": Kind("The cabinet's door was opened or closed.", ("open",)),
    "service.pressed": Kind("The service button was pressed.", ("long",)),
    "power.changed": Kind("The mains went or came back.", ("on_mains",)),
    "power.unseen": Kind("The mains was gone when its line went away: no stop until it is read."),
    "power.stopping": Kind("The mains is gone for too long: the controller stops.", ("seconds",)),
    "service.roll": Kind("A technician said that there is a new roll."),
    "printer.unit": Kind(
        "Which unit the ticket printer is, in its own words, and how it confirms that a job is on"
        " paper: untried, processId, sensor or none; ``other`` when it is another than before.",
        ("unit", "confirms", "other"),
    ),
    "printer.exercise": Kind(
        "An unused ticket printer exercises itself; state is begun, well, unconfirmed or failed.",
        ("state",),
    ),
    "link.changed": Kind("The broker can be reached, or not.", ("online", "detail")),
    "message.dead": Kind("A message from the regency could not be used.", ("topic", "reason")),
    "order.held": Kind(
        "An order waits for the regency to tell the time; it will be sent again.",
        ("name", "number"),
    ),
    "order.begun": Kind("An order of the regency runs, once.", ("name", "number")),
    "order.ended": Kind(
        "What became of an order: done, refused, expired, failed or unknown.",
        ("name", "number", "outcome"),
    ),
    "clock.told": Kind(
        "The regency told the time; the system's clock is so many seconds ahead of it.",
        ("offset_seconds",),
    ),
    "settings.unusable": Kind(
        "Settings that were ordered before fit no more; those of kiosk.toml hold.", ("reason",)
    ),
    "catalogue.unusable": Kind(
        "The letter catalogue that was sent cannot be read any more; the file's holds.",
        ("reason",),
    ),
    "service.mode": Kind("A technician closed the kiosk to citizens, or opened it again.", ("on",)),
    "screen.connected": Kind("A screen process connected."),
    "screen.lost": Kind("The screen process went away.", ("detail",)),
}
"""Event name -> meaning and fields."""


class Journal:
    """Appends events to a file. ``clock`` gives local time with offset."""

    def __init__(self, file: Path, clock: Callable[[], datetime]) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = file
        self._clock = clock
        self._open()

    def _open(self) -> None:
        descriptor = os.open(self._file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        self._descriptor, self._bytes = descriptor, os.fstat(descriptor).st_size
        self._turn_at = MOST_BYTES
        self._end_a_torn_line()

    def _end_a_torn_line(self) -> None:
        """A power cut may have torn the last line: the next one must not be spoilt with it."""
        if self._bytes and os.pread(self._descriptor, 1, self._bytes - 1) != b"\n":
            with contextlib.suppress(OSError):  # a full disk
                self._bytes += os.write(self._descriptor, b"\n")

    def _turn_the_page(self) -> None:
        """Begin a new file; the one before stays as ``.1``, the one before that goes.

        The old file is closed last: a closed descriptor's number is soon another file's, and where
        the new file cannot be had the old one goes on until the next try.
        """
        self._turn_at = self._bytes + TRY_AGAIN_BYTES
        old = self._descriptor
        with contextlib.suppress(FileNotFoundError):  # put aside before, but nothing opened
            self._file.replace(self._file.with_name(self._file.name + ".1"))
        self._open()
        os.close(old)

    def write(self, event: str, **fields: str | int | bool | None) -> None:
        """Append one event. A name or field that the catalogue lacks is a bug."""
        unknown = set(fields) - set(EVENTS[event].fields)
        if unknown:
            raise ValueError(f"journal event {event} has no field {sorted(unknown)}")
        record = {"at": self._clock().isoformat(timespec="milliseconds"), "event": event, **fields}
        with contextlib.suppress(OSError):  # a full disk must not end a visit
            if self._bytes > self._turn_at:
                with contextlib.suppress(OSError):  # then this line still goes into the old file
                    self._turn_the_page()
            self._bytes += os.write(self._descriptor, msgspec.json.encode(record) + b"\n")

    def newest(self, lines: int) -> list[dict[str, Any]]:
        """The last ``lines`` events, oldest first; fewer where the file was begun anew."""
        start = max(0, self._bytes - lines * _LONG_LINE)
        raw = os.pread(self._descriptor, self._bytes - start, start)
        whole = raw.split(b"\n")[1 if start else 0 : -1]
        found = []
        for line in whole[-lines:]:
            with contextlib.suppress(msgspec.DecodeError):  # torn by a power cut
                found.append(msgspec.json.decode(line, type=dict[str, Any]))
        return found

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


def catalogue_page() -> str:
    """docs/journal.md, made from EVENTS."""
    rows = [
        f"| `{name}` | {kind.meaning} | {', '.join(f'`{f}`' for f in kind.fields) or '–'} |"
        for name, kind in EVENTS.items()
    ]
    head = (
        "# The journal\n\n"
        "`state/journal.jsonl`: one JSON object a line, with `at` (local time), `event` and the "
        "event's fields. No personal data. Made by `python -m firmware.docs`.\n\n"
        "| event | meaning | fields |\n| --- | --- | --- |\n"
    )
    return head + "\n".join(rows) + "\n"
