"""The status slip: how a kiosk is, on paper, for a technician without a screen. It holds nothing
of any citizen. Pure.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from firmware.core.paper import COLUMNS
from firmware.core.view import DeviceLine, Known
from hw.protocols import Align, Cut, Feed, Line, Rule, Slip, SlipPart

_MARKS = {"asked": "?", "well": " ", "needsPerson": "!", "notThere": "X"}
_LABEL = 18
_INDENT = "  "


def status_slip(facts: Sequence[Known], devices: Sequence[DeviceLine]) -> Slip:
    """``!`` wants a person, ``X`` is not there, ``?`` has not answered yet."""
    return (
        Line("ANJUNGAN SURAT MANDIRI", bold=True, align=Align.CENTER),
        Line("KEADAAN ANJUNGAN", bold=True, align=Align.CENTER),
        Rule(),
        *(line for fact in facts for line in _of_fact(fact)),
        Rule(),
        *(part for device in devices for part in _of(device)),
        Rule(),
        Line("! perlu petugas, X tidak ada, ? belum menjawab"),
        Line("Slip ini tidak memuat data warga."),
        Feed(4),
        Cut(),
    )


def _of(device: DeviceLine) -> tuple[SlipPart, ...]:
    head = f"{_MARKS[device.health]} {device.device}: {device.status}"
    more = (str(device.advice) if device.advice else "", str(device.detail))
    return (
        *_lines(head, "", bold=True),
        *(line for text in more for line in _lines(text, _INDENT)),
    )


def _of_fact(fact: Known) -> tuple[Line, ...]:
    return _lines(f"{fact.label!s:<{_LABEL}}: {fact.value}", "", rest=" " * (_LABEL + 2))


def _lines(text: str, first: str, bold: bool = False, rest: str = _INDENT) -> tuple[Line, ...]:
    """Broken between words, and indented from the second line on."""
    lines = textwrap.wrap(text, COLUMNS, initial_indent=first, subsequent_indent=rest)
    return tuple(Line(line, bold) for line in lines)
