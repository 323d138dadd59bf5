"""The power is cut while a citizen changes the PIN: the old one or the new one opens all, never
none, never both; and what was told as changed is.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from firmware.core import events, wire
from tests.firmware import people
from tests.firmware.vault_bench import Kiosk
from tests.reliability.powercut.disk import Disk, Image, lay_out, read_in
from tests.reliability.powercut.new_pin import NEW_PIN
from tests.reliability.powercut.recording import Operation, record_program
from tests.reliability.powercut.survey import quick_place

TORN = 3


class Change:
    """The recorded change."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.state = folder, folder / "state"
        self.state.mkdir()
        kiosk = Kiosk(self.state)
        kiosk.store.take_entry(people.entry(1))
        kiosk.store.take_letter(people.letter(1, "r1", 2))
        kiosk.type_pin(people.PIN)
        kiosk.submit()
        kiosk.store.close()
        self._begin = read_in(self.state)
        self.operations = record_program(folder, "new_pin", self.state / "kiosk.db")

    def images(self, torn: int) -> Iterator[tuple[Operation, str, Image, set[str]]]:
        """What each cut leaves, and which marks were set by then."""
        disk, marks = Disk(self._begin), set[str]()
        for op in self.operations:
            disk.take(op)
            if op.kind == "mark":
                marks.add(op.path)
            yield op, "synced", disk.synced(), marks
            yield op, "written", disk.written(), marks
            for seed in range(torn):
                yield op, f"torn {seed}", disk.torn(Random(f"{seed} {op.number}")), marks


def opens(kiosk: Kiosk, pin: str) -> bool:
    """Whether the PIN opens profile, letter and request, all of them."""
    told = kiosk.type_pin(pin, visit=9)
    if not isinstance(told, events.VaultOpened):
        return False
    ready, pending = [i.request_id for i in told.ready], [i.title for i in told.pending]
    return (ready, pending) == (["r1"], ["Biodata Penduduk"])


def broken(folder: Path, marks: set[str]) -> Iterator[str]:
    """Start on what is left, and try both PINs."""
    kiosk = Kiosk(folder)
    tries = kiosk.store.wrong_pins(people.tag(1))
    if "refused" in marks and "typed" not in marks and tries < 1:
        yield "a wrong PIN is forgotten"
    waiting = [wire.decode_event(m.payload) for m in kiosk.store.outgoing(10) if m.kind == "evt"]
    old, new = opens(kiosk, people.PIN), opens(kiosk, NEW_PIN)
    if old == new:
        yield f"the old PIN opens: {old}, the new one: {new}"
    if "changed" in marks and not new:
        yield "the screen said that the PIN is changed, and it is not"
    if len(waiting) != int(new):
        yield f"the new PIN opens: {new}; the regency will be told {len(waiting)} times"
    kiosk.store.close()


@pytest.fixture(scope="module")
def change() -> Iterator[Change]:
    with tempfile.TemporaryDirectory(dir=quick_place()) as folder:
        yield Change(Path(folder))


def cut(change: Change, torn: int, every: int) -> int:
    found, count = [], 0
    for number, (op, variant, image, marks) in enumerate(change.images(torn)):
        if op.kind not in ("sync", "mark") and number % every:
            continue
        folder = change.folder / f"cut{number}"
        lay_out(image, change.state, folder)
        found += [f"{variant} after {op.name}: {what}" for what in broken(folder, marks)]
        count += 1
    assert not found, "\n".join(found)
    return count


def test_cut_while_a_pin_is_changed(change: Change) -> None:
    assert cut(change, torn=1, every=3) > 50


@pytest.mark.long
def test_cut_at_every_step_of_a_new_pin(change: Change) -> None:
    count = cut(change, TORN, every=1)
    print(f"new PIN: {count} cuts")
    assert count > 200
