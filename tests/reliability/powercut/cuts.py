"""Every moment at which the power can be cut, and what is found afterwards."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.core.samples import card, profile
from tests.firmware import people
from tests.reliability.powercut.cabinet import Blueprint
from tests.reliability.powercut.checks import Promises, broken, readable
from tests.reliability.powercut.disk import Disk, Image
from tests.reliability.powercut.life import live_on
from tests.reliability.powercut.office import CITIZEN, LETTER, ROLL, Moment
from tests.reliability.powercut.recording import Operation
from tests.reliability.powercut.visit import (
    PURPOSE,
    SHOP,
    WRONG_PIN,
    FirstCut,
    Recording,
    record_restart,
)

VARIANTS = ("synced", "written", "torn", "killed")
"""``synced``: only what was synced is on the disk. ``written``: all is. ``torn``: some of the
rest is, by a seed. ``killed``: the power stayed, the program was killed; all is there, and so is
what lies in ``run``.
"""


@dataclass(frozen=True, slots=True, repr=False)
class Cut:
    """The power is cut after ``operation``. ``disk`` is the disk then, until the next cut."""

    operation: Operation
    variant: str
    disk: Disk
    image: Image
    promises: Promises
    moment: Moment

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.variant} after {self.operation.name}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one cut brought to light: every promise that was ``broken``."""

    cut: str
    operation: Operation
    variant: str
    broken: tuple[str, ...]


Wanted = Callable[[Operation, str], bool]


def cuts(recording: Recording, wanted: Wanted, seed: int = 1) -> Iterator[Cut]:
    """The cuts that are wanted, in the order of the visit."""
    state = str(recording.folder / "state")
    disk, promises = copy.deepcopy(recording.begin), recording.promised
    for operation in recording.operations:
        disk.take(operation)
        promises = promises.after(operation)
        for variant in VARIANTS:
            if not wanted(operation, variant):
                continue
            random = Random(f"{seed} {operation.number} {variant}")
            image = _image(disk, variant, random, state)
            moment = _moment(recording.moments, promises, variant, random)
            yield Cut(operation, variant, disk, image, promises, moment)


def _image(disk: Disk, variant: str, random: Random, state: str) -> Image:
    if variant == "killed":
        return disk.written()
    whole = {"synced": disk.synced, "written": disk.written}.get(variant)
    image = whole() if whole else disk.torn(random)
    return {path: data for path, data in image.items() if path.startswith(state)}


def _moment(moments: list[Moment], promises: Promises, variant: str, random: Random) -> Moment:
    """The regency as it was then. Messages that nothing has answered yet may be lost."""
    messages = promises.messages
    if variant == "torn":
        messages = random.randint(promises.surely, promises.messages)
    fits = [m for m in moments if m.messages <= messages and m.acts <= promises.acts]
    return fits[-1]


def look(folder: Path, blueprint: Blueprint, recording: Recording, cut: Cut) -> Finding:
    """Live on after a cut, in ``folder``, which is gone afterwards."""
    after = live_on(folder, blueprint, cut.image, recording.folder, cut.moment)
    shutil.rmtree(folder)
    kept = broken(cut.promises, after, cut.variant != "killed")
    open_to_read = readable(cut.image, needles(recording))
    return Finding(cut.name, cut.operation, cut.variant, (*kept, *open_to_read))


def needles(recording: Recording) -> dict[str, bytes]:
    """Personal data of this visit, by what it is."""
    person = profile(CITIZEN)
    uid = card(CITIZEN).uid
    texts = {
        "the NIK": person.nik,
        "the name": person.nama,
        "the address": person.alamat,
        "an answer": SHOP,
        "the purpose": PURPOSE,
        "the PIN": people.PIN,
        "a wrong PIN": WRONG_PIN,
        "the card's UID": uid.hex(),
        "the claim code": recording.claim_code,
    }
    raw = {"the card's raw UID": uid, "the letter": LETTER, "the letter's picture": ROLL}
    return {what: text.encode() for what, text in texts.items()} | raw


def cut_again(folder: Path, blueprint: Blueprint, recording: Recording, first: Cut) -> Recording:
    """Let the kiosk start again after a first cut, and record that."""
    disk = copy.deepcopy(first.disk)
    if first.variant != "killed":
        disk = Disk(first.image)
    here = str(folder / "kiosk")
    disk.move(str(recording.folder), here)
    image = {path.replace(str(recording.folder), here): data for path, data in first.image.items()}
    left = FirstCut(disk, image, first.promises, first.moment, recording.claim_code)
    return record_restart(folder, blueprint, left)
