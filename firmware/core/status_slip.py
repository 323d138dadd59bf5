"""The status slip: how a kiosk is, on paper, for a technician without a screen. It holds nothing
of any citizen. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from firmware.core.view import DeviceLine, Known
from hw.protocols import Align, Cut, Feed, Line, Rule, Slip, SlipPart

_MARKS = {"asked": "?", "well": " ", "needsPerson": "!", "notThere": "X"}
_LABEL = 16


def status_slip(facts: Sequence[Known], devices: Sequence[DeviceLine]) -> Slip:
    """``!`` wants a person, ``X`` is not there, ``?`` has not answered yet."""
    return (
        Line("ANJUNGAN SURAT MANDIRI", bold=True, align=Align.CENTER),
        Line("KEADAAN ANJUNGAN", bold=True, align=Align.CENTER),
        Rule(),
        *(Line(f"{fact.label:<{_LABEL}}: {fact.value}") for fact in facts),
        Rule(),
        *(part for device in devices for part in _of(device)),
        Rule(),
        Line("! perlu petugas, X tidak ada, ? belum menjawab"),
        Line("Slip ini tidak memuat data warga."),
        Feed(4),
        Cut(),
    )


def _of(device: DeviceLine) -> tuple[SlipPart, ...]:
    head = Line(f"{_MARKS[device.health]} {device.device}: {device.status}", bold=True)
    more = (str(device.advice) if device.advice else "", device.detail)
    return (head, *(Line(f"  {text}") for text in more if text))
