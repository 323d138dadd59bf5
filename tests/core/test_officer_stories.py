"""An officer's visit on the screen: enrolment from the NIK to the regency's word, and unlocking."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from firmware.core import commands, events, view
from firmware.core.nik import nik_problem
from firmware.core.projection import view_of
from firmware.core.session import step
from firmware.core.state import Phase, State
from hw.protocols import CardTrouble
from tests.core.samples import CATALOGUE, PLAIN, TODAY, card, profile, resting
from tests.core.test_new_pin import play, typed

OFFICER, CITIZEN = card(9), card(2)
BIRTH = msgspec.structs.replace(PLAIN, id="kelahiran", title="Surat Kelahiran", assisted=True)
WITH_BIRTH = msgspec.structs.replace(CATALOGUE, letters=(*CATALOGUE.letters, BIRTH))
NIK, NEW = profile(2).nik, "735028"


def shown(state: State) -> view.Screen:
    return view_of(state, 1).screen


@pytest.fixture
def office() -> State:
    state, _ = play(
        resting(),
        events.CardTapped(OFFICER),
        events.CardKnown(1, 0.0),
        *typed("481902"),
        events.OfficerOpened(1, "Dewi Lestari", ()),
    )
    assert state.phase is Phase.OFFICER
    return state


@pytest.fixture
def card_wanted(office: State) -> State:
    state, asked = play(
        office, events.Said(view.EnrolCard()), *typed(NIK), events.Said(view.Next())
    )
    assert asked == [commands.AwaitTaps(1)]
    return state


def item(state: str, reason: str = "") -> tuple[view.EnrolmentItem, ...]:
    return (view.EnrolmentItem("e1", NIK, state, reason),)  # type: ignore[arg-type]


def test_two_taps_a_pin_and_the_regency_s_word(card_wanted: State) -> None:
    titles = []
    for awaits in ("firstTap", "removal", "secondTap"):
        card_wanted, _ = play(card_wanted, events.TapAwaited(1, awaits))  # type: ignore[arg-type]
        screen = shown(card_wanted)
        assert isinstance(screen, view.TapCard)
        titles.append(str(screen.title))
    assert len(set(titles)) == 3
    state, _ = play(card_wanted, events.CardAgreed(1, CITIZEN), events.CardTapped(CITIZEN))
    screen = shown(state)
    assert isinstance(screen, view.Pin) and screen.asks == "new"
    state, asked = play(state, *typed(NEW), *typed(NEW))
    assert asked == [commands.Enrol(1, NIK, CITIZEN, NEW)]
    state, _ = play(
        state, events.EnrolmentStored(1, "e1"), events.EnrolmentsSeen(1, item("waiting"))
    )
    done = shown(state)
    assert isinstance(done, view.Done) and done.look == "clock"
    assert "belum berlaku" in str(done.meaning)
    offline, _ = play(state, events.LinkChanged(online=False))
    assert "tidak tersambung" in str(shown(offline))
    accepted, _ = play(state, events.EnrolmentsSeen(1, item("accepted")))
    done = shown(accepted)
    assert isinstance(done, view.Done) and done.look == "success"
    refused, _ = play(state, events.EnrolmentsSeen(1, item("refused", "nik")))
    done = shown(refused)
    assert isinstance(done, view.Done) and done.look == "warning"
    assert "NIK tidak dikenal" in str(done.meaning)
    state, _ = play(refused, events.Said(view.GoHome()))
    screen = shown(state)
    assert isinstance(screen, view.OfficerScreen)
    assert [(str(row.label), str(row.value)) for row in screen.enrolments] == [
        (f"NIK {NIK}", "ditolak: NIK tidak dikenal")
    ]


def test_the_birth_date_of_the_nik_is_no_pin(card_wanted: State) -> None:
    state, _ = play(card_wanted, events.CardAgreed(1, CITIZEN), *typed(NIK[6:12]))
    screen = shown(state)
    assert isinstance(screen, view.Pin)
    assert screen.message is not None and "tanggal lahir" in str(screen.message)


@pytest.mark.parametrize("why", ["different", "notRemoved", "randomUid", "officerCard"])
def test_a_card_that_will_not_do_is_asked_for_again(card_wanted: State, why: str) -> None:
    state, asked = play(card_wanted, events.CardNotAgreed(1, why), events.TapAwaited(1, "firstTap"))
    assert asked == [commands.AwaitTaps(1)]
    screen = shown(state)
    assert isinstance(screen, view.TapCard) and screen.problem is not None
    state, _ = play(state, events.TapAwaited(1, "removal"))
    screen = shown(state)
    assert isinstance(screen, view.TapCard) and screen.problem is None


@pytest.mark.parametrize("nik", ["", "351019010190000", "3510193201900001", "3510190113900001"])
def test_what_cannot_be_a_nik_goes_no_further(office: State, nik: str) -> None:
    state, asked = play(
        office, events.Said(view.EnrolCard()), *typed(nik), events.Said(view.Next())
    )
    screen = shown(state)
    assert isinstance(screen, view.NikEntry)
    assert screen.problem is not None
    assert asked == []


def test_a_woman_s_nik_is_one() -> None:
    assert nik_problem("3510195708850003") is None
    assert nik_problem("3510197208850003") is not None


def test_the_citizen_s_card_begins_no_visit_of_its_own(card_wanted: State) -> None:
    state, asked = play(card_wanted, events.CardTapped(CITIZEN), events.CardTaken())
    assert (state.phase, asked) == (Phase.ENROL_CARD, [])


def test_a_locked_card_is_unlocked(office: State) -> None:
    state, _ = play(office, events.Said(view.UnlockCard()))
    state, asked = play(state, events.CardFailed(CardTrouble.PULLED), events.CardTapped(CITIZEN))
    assert asked == [commands.UnlockCard(1, CITIZEN)]
    state, _ = play(state, events.CardUnlocked(1, "unlocked"))
    screen = shown(state)
    assert isinstance(screen, view.TapCard) and screen.news is not None
    state, _ = play(state, events.Said(view.Back()))
    assert state.phase is Phase.OFFICER


def test_the_own_pin_is_changed_and_the_officer_s_page_comes_back(office: State) -> None:
    state, _ = play(office, events.Said(view.ChangePin()))
    back, asked = play(state, events.Said(view.Back()))
    assert (back.phase, asked, back.guest.new_pin) == (Phase.OFFICER, [], None)
    state, _ = play(state, *typed("481902"), events.PinChecked(1), *typed("345678"))
    screen = shown(state)
    assert isinstance(screen, view.Pin) and screen.message is not None
    state, asked = play(state, *typed(NEW), *typed(NEW))
    assert asked == [commands.ChangePin(1, OFFICER, NEW)]
    state, _ = play(state, events.EnrolmentsSeen(1, item("waiting")), events.PinChanged(1))
    assert isinstance(shown(state), view.Done)
    state, asked = play(state, events.Said(view.GoHome()))
    screen = shown(state)
    assert isinstance(screen, view.OfficerScreen) and len(screen.enrolments) == 1
    assert asked == []


def test_an_officer_who_walks_away_leaves_nothing_open(card_wanted: State) -> None:
    state, asked = play(card_wanted, events.Tick(100.0, TODAY))
    assert state.visit is None
    assert asked == [commands.CloseVault()]


def test_what_could_not_be_stored_is_said(card_wanted: State) -> None:
    state, _ = play(card_wanted, events.CardAgreed(1, CITIZEN), *typed(NEW), *typed(NEW))
    failed, _ = step(state, events.EnrolmentNotStored(1))
    assert "belum ada yang dikirim" in str(shown(failed))
    late, _ = step(state, events.Tick(100.0, TODAY))
    assert "Belum pasti" in str(shown(late))


def test_a_forgotten_pin_is_chosen_anew(office: State) -> None:
    state, asked = play(office, events.Said(view.ResetPin()), *typed(NIK), events.Said(view.Next()))
    assert asked == [commands.AwaitTaps(1)]
    state, asked = play(state, events.CardAgreed(1, CITIZEN), *typed(NEW), *typed(NEW))
    assert asked == [commands.Enrol(1, NIK, CITIZEN, NEW)]
    state, _ = play(
        state, events.EnrolmentStored(1, "e1"), events.EnrolmentsSeen(1, item("accepted"))
    )
    screen = shown(state)
    assert isinstance(screen, view.Done)
    assert "PIN" in str(screen.title)
    assert shown(play(state, events.Said(view.GoHome()), events.Said(view.EnrolCard()))[0]) == (
        view.NikEntry("", None)
    )


def assisted(office: State) -> State:
    """The citizen has come, with their own card and PIN."""
    state, _ = play(office, events.Said(view.AssistCitizen()), events.CardTapped(CITIZEN))
    assert state.phase is Phase.LOOKING_UP
    opened = events.VaultOpened(2, profile(2), (), ())
    return play(state, events.CardKnown(2, 0.0), *typed("604213"), opened)[0]


def test_an_officer_stands_beside_a_citizen(office: State) -> None:
    office = replace(office, catalogue=WITH_BIRTH)
    state = assisted(office)
    screen = shown(state)
    assert isinstance(screen, view.Home)
    assert screen.helper == "Dewi Lestari"
    state, _ = play(state, events.Said(view.NewLetter()))
    screen = shown(state)
    assert isinstance(screen, view.LetterList)
    assert BIRTH.id in {item.id for item in screen.items}
    _, asked = play(state, events.Said(view.ChooseLetter(BIRTH.id)), events.Said(view.Next()))
    submit = asked[-1]
    assert isinstance(submit, commands.Submit)
    assert submit.helper == OFFICER


def test_a_citizen_alone_cannot_ask_for_what_needs_an_officer() -> None:
    opened = events.VaultOpened(1, profile(2), (), ())
    state, _ = play(
        resting(catalogue=WITH_BIRTH),
        events.CardTapped(CITIZEN),
        events.CardKnown(1, 0.0),
        *typed("604213"),
        opened,
        events.Said(view.NewLetter()),
    )
    screen = shown(state)
    assert isinstance(screen, view.LetterList)
    assert BIRTH.id not in {item.id for item in screen.items}
    assert play(state, events.Said(view.ChooseLetter(BIRTH.id)))[0].phase is Phase.LETTERS


def test_an_officer_does_not_help_themselves(office: State) -> None:
    state, asked = play(office, events.Said(view.AssistCitizen()), events.CardTapped(OFFICER))
    assert state.phase is Phase.ASSIST
    assert asked == []


def test_the_next_citizen_has_no_officer_beside_them(office: State) -> None:
    state, _ = play(assisted(office), events.CardTapped(card(3)))
    assert state.guest.helper is None
