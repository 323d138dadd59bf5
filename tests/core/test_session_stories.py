"""Visits as they go: the good one, and those that end otherwise. Each ends with a clean screen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from firmware.core import commands, events, view
from firmware.core.projection import view_of
from firmware.core.session import step
from firmware.core.state import Phase, Policy, State
from hw.protocols import CardTrouble, Fault, Pattern
from tests.core.samples import TODAY, card, profile, resting

READY = (view.ReadyItem("r1", "Surat Keterangan Usaha", "503/001/3510192001/XI/2026", 0),)


class Visit:
    """A state, and what has been asked for so far."""

    def __init__(self, **changes: Any) -> None:
        self.state: State = resting(**changes)
        self.asked: list[commands.Command] = []
        self.seconds = 0.0

    def happens(self, *happenings: events.Event) -> Visit:
        for event in happenings:
            self.state, asked = step(self.state, event)
            self.asked += asked
        return self

    def presses(self, *intents: view.Intent) -> Visit:
        return self.happens(*(events.Said(intent) for intent in intents))

    def waits(self, seconds: float) -> Visit:
        self.seconds += seconds
        return self.happens(events.Tick(self.seconds, TODAY))

    def types_pin(self) -> Visit:
        return self.presses(*(view.Digit(digit) for digit in (2, 4, 6, 8, 1, 0)))

    def at_home(self, person: int = 1) -> Visit:
        self.happens(events.CardTapped(card(person)))
        self.happens(events.CardKnown(self.number, 0.0)).types_pin()
        return self.happens(events.VaultOpened(self.number, profile(person), READY, ()))

    def at_review(self) -> Visit:
        self.at_home().presses(view.NewLetter(), view.ChooseLetter("keterangan-usaha"))
        self.presses(view.Answer("nama_usaha", "Warung  Contoh "), view.Next())
        return self.presses(view.Answer("keperluan", "Izin usaha"), view.Next())

    def at_ticket(self) -> Visit:
        self.at_review().presses(view.Next())
        return self.happens(events.RequestStored(self.number, "q1", "1-00001", "0123456789"))

    @property
    def number(self) -> int:
        return self.state.visits

    @property
    def screen(self) -> Any:
        return view_of(self.state, 1).screen

    def last(self, kind: type) -> Any:
        return next(command for command in reversed(self.asked) if isinstance(command, kind))

    def is_clean(self) -> bool:
        """Nobody is known, and the vault was told to forget."""
        return self.state.visit is None and isinstance(self.last(commands.CloseVault), object)


def test_a_visit_from_tap_to_goodbye() -> None:
    visit = Visit().at_review()
    assert visit.screen.answers[0] == view.Answered("nama_usaha", "Nama usaha", "Warung Contoh")
    visit.presses(view.Next())
    assert visit.last(commands.Submit).answers["keperluan"] == "Izin usaha"
    assert isinstance(visit.screen, view.Wait)
    visit.happens(events.RequestStored(visit.number, "q1", "1-00001", "0123456789"))
    assert visit.last(commands.PrintTicket) == commands.PrintTicket("q1")
    assert (visit.screen.print_state, visit.screen.delivered) == ("printing", False)
    visit.happens(events.Delivered("q1"), events.PrintReported("q1", "printed"))
    assert (visit.screen.print_state, visit.screen.delivered) == ("printed", True)
    visit.presses(view.Finish()).waits(5)
    assert visit.state.phase is Phase.ATTRACT
    assert visit.is_clean()


def test_the_pin_leaves_the_state_with_its_last_digit() -> None:
    visit = Visit().happens(events.CardTapped(card(1)), events.CardKnown(1, 0.0)).types_pin()
    assert visit.last(commands.OpenVault).pin == "246810"
    assert visit.state.guest.pin == ""
    assert "246810" not in repr(visit.asked) + repr(visit.state)


def test_a_wrong_pin_says_so_and_the_wait_is_kept() -> None:
    visit = Visit().happens(events.CardTapped(card(1)), events.CardKnown(1, 0.0)).types_pin()
    visit.happens(events.PinRefused(1, 10, 15.0))
    assert "Masih ada 10 kesempatan" in str(visit.screen.message)
    assert visit.screen.wait_seconds == 15
    visit.presses(view.Digit(1))
    assert visit.screen.dots == 0
    visit.waits(15.1).presses(view.Digit(1))
    assert visit.screen.dots == 1


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        (events.CardUnknown(1, revoked=False), "Kartu ini belum terdaftar"),
        (events.CardUnknown(1, revoked=True), "Kartu ini tidak dapat dipakai"),
        (events.CardLocked(1), "Kartu ini terkunci"),
    ],
)
def test_a_card_that_cannot_be_served(answer: events.Event, title: str) -> None:
    visit = Visit().happens(events.CardTapped(card(1)), answer)
    assert str(visit.screen.title) == title
    assert visit.is_clean()
    assert visit.waits(31).waits(5).state.phase is Phase.ATTRACT


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        (events.CardUnknown(1, revoked=True), "Kartu ini tidak dapat dipakai"),
        (events.VaultDamaged(1), "Data Anda belum dapat dibuka"),
        (events.CardLocked(1), "Kartu ini terkunci"),
    ],
)
def test_a_pin_that_opens_nothing(answer: events.Event, title: str) -> None:
    visit = Visit().happens(events.CardTapped(card(1)), events.CardKnown(1, 0.0)).types_pin()
    assert str(visit.happens(answer).screen.title) == title
    assert visit.is_clean()


@pytest.mark.parametrize("trouble", CardTrouble)
def test_a_card_that_cannot_be_read_says_what_to_do(trouble: CardTrouble) -> None:
    visit = Visit().happens(events.CardFailed(trouble))
    assert str(visit.screen.next_step)
    assert visit.happens(events.CardTapped(card(1))).state.phase is Phase.LOOKING_UP


def test_a_visitor_who_walks_away_is_asked_and_then_forgotten() -> None:
    visit = Visit().at_home().waits(61)
    assert view_of(visit.state, 1).idle_seconds == 29
    visit.presses(view.StillHere()).waits(1)
    assert view_of(visit.state, 1).idle_seconds is None
    visit.waits(61).waits(31)
    assert visit.state.phase is Phase.GOODBYE
    assert visit.is_clean()


def test_nobody_is_sent_away_while_paper_is_coming() -> None:
    visit = Visit().at_ticket()
    for _ in range(11):
        visit.waits(10)
    assert visit.state.phase is Phase.TICKET
    assert view_of(visit.state, 1).idle_seconds is None
    visit.happens(events.PrintReported("q1", "printed")).waits(50)
    assert visit.state.phase is Phase.TICKET
    assert visit.waits(50).state.phase is Phase.GOODBYE


@pytest.mark.parametrize("must_stay", [True, False])
def test_the_card_is_taken_in_mid_visit(must_stay: bool) -> None:
    policy = Policy("Desa Contoh", card_must_stay=must_stay)
    visit = Visit(policy=policy).at_home().happens(events.CardTaken())
    assert visit.state.phase is (Phase.GOODBYE if must_stay else Phase.HOME)


def test_another_citizen_taps_in_mid_visit() -> None:
    visit = Visit().at_review().happens(events.CardTapped(card(2)))
    assert visit.state.guest.profile is None
    assert visit.state.guest.answers == {}
    assert isinstance(visit.asked[-3], commands.CloseVault)
    late = events.VaultOpened(1, profile(1), READY, ())
    assert visit.happens(late).state.phase is Phase.LOOKING_UP


def test_the_same_card_again_changes_nothing() -> None:
    visit = Visit().at_review()
    before = replace(visit.state, touched_at=0)
    assert replace(visit.happens(events.CardTapped(card(1))).state, touched_at=0) == before


def test_the_disk_is_full_when_the_request_is_sent() -> None:
    visit = Visit().at_review().presses(view.Next())
    visit.happens(events.RequestNotStored(visit.number))
    assert str(visit.screen.title) == "Permohonan belum diterima"
    visit.presses(view.Retry())
    assert visit.state.phase is Phase.REVIEW
    assert visit.screen.answers[0].value == "Warung Contoh"


def test_send_is_pressed_twice() -> None:
    visit = Visit().at_review().presses(view.Next(), view.Next())
    assert sum(isinstance(command, commands.Submit) for command in visit.asked) == 1


def test_paper_ends_in_mid_ticket_and_the_citizen_tries_again() -> None:
    visit = Visit().at_ticket()
    visit.happens(events.PrintReported("q1", "blocked", Fault.PAPER_OUT))
    assert (visit.screen.print_state, str(visit.screen.message)) == ("blocked", "Kertas habis.")
    visit.presses(view.Retry())
    assert visit.screen.print_state == "printing"
    visit.happens(events.PrintReported("q1", "printed")).presses(view.Retry())
    assert sum(isinstance(command, commands.PrintTicket) for command in visit.asked) == 2


def test_a_letter_that_is_ready_is_printed_and_one_of_nobody_s_is_not() -> None:
    visit = Visit().at_home().presses(view.PrintLetter("somebody else's"))
    assert visit.state.phase is Phase.HOME
    visit.presses(view.PrintLetter("r1"))
    assert visit.last(commands.PrintSigned) == commands.PrintSigned(1, "r1")
    assert visit.screen.number == READY[0].number
    visit.happens(events.PrintReported("r1", "printed")).presses(view.GoHome())
    assert isinstance(visit.last(commands.RefreshLetters), commands.RefreshLetters)


def test_midnight_passes_between_the_form_and_sending() -> None:
    visit = Visit().at_review()
    later = TODAY.replace(day=TODAY.day + 1)
    visit.happens(events.Tick(1.0, later)).presses(view.Next())
    assert visit.state.phase is Phase.FORM
    assert visit.screen.question.name == "dari"
    assert "sudah lewat" in str(visit.screen.question.problem)


def test_the_reader_goes_away_at_rest_and_in_mid_visit() -> None:
    visit = Visit().happens(events.ReaderChanged(online=False))
    assert isinstance(visit.screen, view.OutOfService)
    visit = Visit().at_home().happens(events.ReaderChanged(online=False))
    assert visit.state.phase is Phase.HOME
    assert visit.presses(view.Finish()).waits(5).state.phase is Phase.OUT_OF_SERVICE


def test_the_kiosk_is_slow_and_says_so() -> None:
    visit = Visit().happens(events.CardTapped(card(1)), events.CardKnown(1, 0.0)).types_pin()
    visit.waits(21)
    assert str(visit.screen.title) == "Anjungan sedang lambat"
    assert visit.is_clean()


def test_lamps_follow_the_visit() -> None:
    visit = Visit().at_ticket()
    shown = [c.pattern for c in visit.asked if isinstance(c, commands.ShowLamps)]
    assert shown[0] is Pattern.BUSY
    assert shown[-1] is Pattern.TAKE_PAPER


def test_what_was_typed_cannot_hold_control_characters_or_go_on_for_ever() -> None:
    visit = Visit().at_home().presses(view.NewLetter(), view.ChooseLetter("keterangan-usaha"))
    visit.presses(view.Answer("nama_usaha", "\x1b@" + "W" * 5000))
    assert visit.screen.question.value == "@" + "W" * 199
    visit.presses(view.Next())
    assert visit.state.phase is Phase.FORM
