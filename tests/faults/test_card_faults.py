"""Every fault of a card or its reader at every stage of a visit: what the screen says, what the
journal says, and what is left of the visit.

The rules that hold in every cell: who is in mid-visit goes on, whatever other card is held to the
reader or becomes of it, unless that card is another resident's, whose visit then begins with
nothing of the first; a fault that is over is forgotten; what the screen called accepted is kept,
once; and no new screen, nor the journal, tells anything of anybody.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from firmware.core import view
from firmware.core.notices import UNREADABLE
from hw.protocols import CardTrouble
from hw.virtual.reader import VirtualReader
from tests.core.samples import card, profile
from tests.faults.card_bench import ANSWER, CardBench, InMemory, OnPcscd
from tests.firmware import people

Act = Callable[[CardBench], object]


# ---------------------------------------------------------------- a visit and its stages


def stand_before(bench: CardBench) -> None:
    bench.screen.await_screen(view.Attract)


def begin_pin(bench: CardBench) -> None:
    stand_before(bench)
    bench.tap()
    bench.screen.says(view.Digit(int(people.PIN[0])))
    bench.screen.await_view(lambda s: isinstance(s.screen, view.Pin) and s.screen.dots == 1)


def enter_pin(bench: CardBench, already: int = 0) -> view.Home:
    for digit in people.PIN[already:]:
        bench.screen.says(view.Digit(int(digit)))
    home: view.Home = bench.screen.await_screen(view.Home)
    return home


def begin_form(bench: CardBench) -> None:
    begin_pin(bench)
    enter_pin(bench, already=1)
    bench.screen.says(view.NewLetter())
    bench.screen.await_screen(view.LetterList)
    bench.screen.says(view.ChooseLetter("keterangan-usaha"))
    bench.screen.await_screen(view.Form)
    bench.screen.says(view.Answer("nama_usaha", ANSWER))
    bench.screen.await_view(
        lambda s: isinstance(s.screen, view.Form) and s.screen.question.value == ANSWER
    )


def fill_in(bench: CardBench) -> None:
    """From the first question to the last word before it is sent."""
    bench.screen.says(view.Next())
    bench.screen.await_view(
        lambda s: isinstance(s.screen, view.Form) and s.screen.question.name == "keperluan"
    )
    bench.screen.says(view.Answer("keperluan", "Pengajuan pinjaman"))
    bench.screen.says(view.Next())
    bench.screen.await_screen(view.Review)


def begin_storing(bench: CardBench) -> None:
    begin_form(bench)
    fill_in(bench)
    bench.screen.says(view.Next())


def begin_ticket(bench: CardBench) -> None:
    begin_storing(bench)
    bench.screen.await_screen(view.Ticket)


def send(bench: CardBench) -> None:
    fill_in(bench)
    bench.screen.says(view.Next())
    bench.screen.await_screen(view.Ticket)


@dataclass(frozen=True)
class Stage:
    """How a visitor comes there, and how they go on as if nothing had been."""

    name: str
    begin: Act
    go_on: Act
    attended: bool = True


STAGES = (
    Stage("before tap", stand_before, lambda bench: bench.tap(2), attended=False),
    Stage("during the read", stand_before, lambda bench: bench.tap(1), attended=False),
    Stage("at PIN", begin_pin, lambda bench: enter_pin(bench, 1)),
    Stage("at form", begin_form, send),
    Stage("while storing", begin_storing, lambda bench: bench.screen.await_screen(view.Ticket)),
    Stage("at ticket", begin_ticket, lambda bench: bench.screen.await_screen(view.Ticket)),
)


# ---------------------------------------------------------------- faults and what they must do


Fault = Callable[[CardBench, Stage], None]


def refused(trouble: CardTrouble, manner: str, uid: bytes | None = None) -> Fault:
    """A card that cannot be read, and is taken away."""

    def happen(bench: CardBench, stage: Stage) -> None:
        before = len(bench.told("card.unreadable", trouble=trouble.value))
        owner = 2 if stage.name == "before tap" else 1
        bench.hands.insert(card(owner).uid if uid is None else uid, manner)
        bench.await_journal("card.unreadable", before, trouble=trouble.value)
        if not stage.attended:
            assert bench.screen.await_screen(view.Notice) == UNREADABLE[trouble]
        bench.hands.remove()
        stage.go_on(bench)

    return happen


def swapped(bench: CardBench, stage: Stage) -> None:
    """Another resident's card: their visit, with nothing of the one before."""
    if stage.name == "during the read":
        bench.hands.insert(card(1).uid)
        bench.hands.remove()
    bench.hands.insert(card(2).uid)
    if stage.name == "while storing":
        bench.screen.await_view(lambda s: isinstance(s.screen, view.Ticket | view.Pin))
        bench.hands.remove()
        return
    bench.screen.await_view(lambda s: isinstance(s.screen, view.Pin) and s.screen.dots == 0)
    bench.hands.remove()
    theirs = len(bench.screen.all)
    assert enter_pin(bench).name == profile(2).nama
    shown = repr(bench.screen.all[theirs:])
    assert profile(1).nama not in shown
    assert ANSWER not in shown


def busy(bench: CardBench, stage: Stage) -> None:
    """Another program has the card, and lets go of it while it lies there. (With pcscd the two
    would race for the card; see the contract of card readers.)
    """
    assert isinstance(bench, InMemory)
    before = len(bench.told("card.unreadable", trouble="busy"))
    bench.hands.hold()
    bench.hands.insert(card(1).uid)
    bench.await_journal("card.unreadable", before, trouble="busy")
    if not stage.attended:
        assert bench.screen.await_screen(view.Notice) == UNREADABLE[CardTrouble.BUSY]
    bench.hands.let_go()
    if stage.attended:
        stage.go_on(bench)
    else:
        bench.screen.await_screen(view.Pin)
    bench.hands.remove()


def gone(break_it: Act, mend_it: Act) -> Fault:
    """The reader is away for a while."""

    def happen(bench: CardBench, stage: Stage) -> None:
        away = len(bench.told("card.reader", online=False))
        if stage.name == "during the read":
            bench.hands.insert(card(1).uid, "pulled")
            bench.hands.remove()
        break_it(bench)
        bench.await_journal("card.reader", away, online=False)
        bench.screen.await_view(lambda s: not s.lights.reader)
        if stage.attended:
            stage.go_on(bench)
        else:
            with bench.impatience():  # a notice may be in the way
                bench.screen.await_screen(view.OutOfService)
        back = len(bench.told("card.reader", online=True))
        mend_it(bench)
        bench.await_journal("card.reader", back, online=True)

    return happen


def killed(bench: CardBench, _stage: Stage) -> None:
    """The controller loses its power, and has it again."""
    assert isinstance(bench, OnPcscd)
    bench.kill()
    bench.hands.remove()
    bench.start()


def killed_and_unplugged(bench: CardBench, stage: Stage) -> None:
    """Both, one after the other: the reader's daemon first."""
    bench.hands.kill_daemon()
    bench.hands.start_daemon()
    killed(bench, stage)


def unplug(bench: CardBench) -> None:
    bench.hands.kill_daemon()


def plug(bench: CardBench) -> None:
    bench.hands.start_daemon()


def freeze(bench: CardBench) -> None:
    assert isinstance(bench, OnPcscd)
    bench.reader.freeze_daemon()


def thaw(bench: CardBench) -> None:
    assert isinstance(bench, OnPcscd)
    bench.reader.thaw_daemon()


FAULTS: dict[str, Fault] = {
    "pulled": refused(CardTrouble.PULLED, "pulled"),
    "mute": refused(CardTrouble.MUTE, "mute"),
    "random UID": refused(CardTrouble.RANDOM_UID, "well", b"\x08\x01\x02\x03"),
    "unknown kind": refused(CardTrouble.UNKNOWN_KIND, "well", b""),
    "swapped": swapped,
    "busy": busy,
    "unplugged": gone(unplug, plug),
}
ON_PCSCD: dict[str, Fault] = {
    **{name: fault for name, fault in FAULTS.items() if name != "busy"},
    "pcscd hangs": gone(freeze, thaw),
    "controller killed": killed,
    "pcscd restarted, controller killed": killed_and_unplugged,
}


def suffer(bench: CardBench, fault: Fault, stage: Stage) -> None:
    """One cell of the table."""
    accepted = set(bench.accepted)
    stage.begin(bench)
    fault(bench, stage)
    bench.rest()
    assert bench.leftovers() == []
    kept = bench.kept()
    assert len(kept) == len(set(kept)), "a request is kept twice"
    assert bench.accepted <= set(kept), "an accepted request is lost"
    if stage.name == "at ticket":
        assert len(bench.accepted) == len(accepted) + 1


# ---------------------------------------------------------------- the tables


@pytest.fixture(scope="module")
def in_memory() -> Iterator[CardBench]:
    folder = Path(tempfile.mkdtemp(prefix="kartu-"))  # a short path: it holds sockets
    bench = InMemory(folder)
    bench.start()
    yield bench
    bench.close()
    shutil.rmtree(folder)


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault(in_memory: CardBench, fault: str, stage: Stage) -> None:
    suffer(in_memory, FAULTS[fault], stage)


@pytest.fixture(scope="module")
def on_pcscd(virtual_reader: VirtualReader) -> Iterator[CardBench]:
    folder = Path(tempfile.mkdtemp(prefix="kartu-"))
    bench = OnPcscd(folder, virtual_reader)
    bench.start()
    yield bench
    bench.close()
    shutil.rmtree(folder)


DAILY_FAULTS = ("controller killed", "pcscd restarted, controller killed")
DAILY = {("swapped", "at form"), ("pulled", "during the read")}
"""Cells that every run tries on a real pcscd."""


def _is_daily(fault: str, stage: Stage) -> bool:
    return fault in DAILY_FAULTS or (fault, stage.name) in DAILY


CELLS = [
    pytest.param(
        *(fault, stage),
        id=f"{fault}-{stage.name}",
        marks=[] if _is_daily(fault, stage) else pytest.mark.long,
    )
    for fault in ON_PCSCD
    for stage in STAGES
]


@pytest.mark.parametrize(("fault", "stage"), CELLS)
def test_a_fault_on_pcscd(on_pcscd: CardBench, fault: str, stage: Stage) -> None:
    suffer(on_pcscd, ON_PCSCD[fault], stage)
