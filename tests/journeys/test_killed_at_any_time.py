"""The controller is killed at every step of a visit, and at random moments around the one that
matters. What a screen called accepted is in the outbox, once; and the kiosk serves on.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator

import pytest

from firmware.core import view
from tests.firmware import people
from tests.journeys.kiosk import Kiosk, Screen, a_kiosk

Step = tuple[str, Callable[[Kiosk, Screen], object]]


def type_pin(_kiosk: Kiosk, screen: Screen) -> None:
    screen.await_screen(view.Pin)
    for digit in people.PIN:
        screen.says(view.Digit(int(digit)))


def answer(name: str, value: str) -> Callable[[Kiosk, Screen], None]:
    def do(_kiosk: Kiosk, screen: Screen) -> None:
        screen.await_view(lambda s: isinstance(s.screen, view.Form) and on(s, name))
        screen.says(view.Answer(name, value))
        screen.says(view.Next())

    return do


def on(state: view.ViewState, name: str) -> bool:
    return isinstance(state.screen, view.Form) and state.screen.question.name == name


def press(after: type, intent: view.Intent) -> Callable[[Kiosk, Screen], None]:
    def do(_kiosk: Kiosk, screen: Screen) -> None:
        screen.await_screen(after)
        screen.says(intent)

    return do


VISIT: list[Step] = [
    ("tap", lambda kiosk, screen: (screen.await_screen(view.Attract), kiosk.tap())),
    ("pin", type_pin),
    ("new letter", press(view.Home, view.NewLetter())),
    ("choose", press(view.LetterList, view.ChooseLetter("keterangan-usaha"))),
    ("name", answer("nama_usaha", "Warung Contoh")),
    ("purpose", answer("keperluan", "Pengajuan pinjaman")),
    ("send", press(view.Review, view.Next())),
    ("ticket", lambda kiosk, screen: screen.await_screen(view.Ticket)),
    ("printed", lambda kiosk, screen: screen.await_view(is_printed)),
    ("finish", press(view.Ticket, view.Finish())),
]


def is_printed(state: view.ViewState) -> bool:
    return isinstance(state.screen, view.Ticket) and state.screen.print_state == "printed"


def play(kiosk: Kiosk, steps: list[Step]) -> None:
    assert kiosk.screen is not None
    for _, do in steps:
        do(kiosk, kiosk.screen)


@pytest.fixture(scope="module")
def kiosk() -> Iterator[Kiosk]:
    with a_kiosk() as kiosk:
        yield kiosk


def check(kiosk: Kiosk) -> None:
    kept = kiosk.kept()
    assert len(kept) == len(set(kept)), "a request is kept twice"
    assert kiosk.shown_as_accepted() <= set(kept), "an accepted request is lost"


@pytest.mark.parametrize("last", range(1, len(VISIT) + 1), ids=[name for name, _ in VISIT])
def test_killed_after_each_step(kiosk: Kiosk, last: int) -> None:
    kiosk.start()
    play(kiosk, VISIT[:last])
    kiosk.kill()
    check(kiosk)


@pytest.mark.parametrize("seed", range(8))
def test_killed_at_a_random_moment_around_sending(kiosk: Kiosk, seed: int) -> None:
    kiosk.start()
    sending = [name for name, _ in VISIT].index("send")
    play(kiosk, VISIT[: sending + 1])
    time.sleep(random.Random(seed).uniform(0, 0.12))
    kiosk.kill()
    check(kiosk)


def test_after_all_this_a_whole_visit_works_and_says_so(kiosk: Kiosk) -> None:
    before = len(kiosk.kept())
    kiosk.start()
    play(kiosk, VISIT)
    kiosk.kill()
    check(kiosk)
    assert len(kiosk.kept()) == before + 1
    assert kiosk.shown_as_accepted()
