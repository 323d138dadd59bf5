"""What a technician photographs: how this kiosk is connected, and the end of its journal as texts
of QR codes. The journal holds nothing of a citizen.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import psutil

from firmware.core.view import Known, Say
from firmware.parts import Parts

EVENTS = 40
CODE_CHARACTERS = 600
"""So much in one QR code that a cheap phone still reads it off a screen."""


def diagnosis_of(parts: Parts) -> tuple[tuple[Known, ...], tuple[str, ...]]:
    """Facts about connections, and texts of codes: each begins with the kiosk and its place."""
    lines = [_line(event) for event in parts.journal.newest(EVENTS)]
    return tuple(_facts(parts)), tuple(_codes(parts.kiosk.id, lines))


def _facts(parts: Parts) -> Iterator[Known]:
    link = parts.sections.link
    yield Known(Say("Server"), link.host)
    yield Known(Say("Port"), str(link.port))
    states = psutil.net_if_stats()
    for name, addresses in psutil.net_if_addrs().items():
        found = [
            one.address for one in addresses if one.family in (socket.AF_INET, socket.AF_INET6)
        ]
        if name == "lo" or not found:
            continue
        state = states.get(name)
        words = Say("terpasang") if state and state.isup else Say("terputus")
        yield Known(name, Say("{address}, {state}", {"address": found[0], "state": words}))


def _line(event: dict[str, Any]) -> str:
    """``08.15.02 print.job state=CONFIRMED``: what is short of an event."""
    at, name = str(event.pop("at", ""))[11:19].replace(":", "."), event.pop("event", "")
    fields = " ".join(f"{key}={value}" for key, value in event.items() if value is not None)
    return f"{at} {name} {fields}".rstrip()[:CODE_CHARACTERS]


def _codes(kiosk: str, lines: list[str]) -> Iterator[str]:
    """As many lines in each as fit, the newest first."""
    bundles: list[list[str]] = [[]]
    for line in reversed(lines):
        if sum(map(len, bundles[-1])) + len(bundles[-1]) + len(line) > CODE_CHARACTERS:
            bundles.append([])
        bundles[-1].append(line)
    for number, bundle in enumerate(bundles, 1):
        yield "\n".join([f"{kiosk} {number}/{len(bundles)}", *bundle])
