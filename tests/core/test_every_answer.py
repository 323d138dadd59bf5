"""Every answer of every work is heard where somebody waits for it: no screen waits for nothing."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import get_args

import pytest

from firmware.core import commands, events
from firmware.core.failures import failure_of
from firmware.core.session import TABLE, step
from firmware.core.state import WORKING, NewPin, OfficerWork, Phase, Policy, State, Visit
from hw.card.enrolment import Why
from hw.protocols import CardTrouble
from tests.core.samples import PLAIN, card, profile, resting

P = Phase
PIN_TRIED = {
    events.PinRefused,
    events.CardLocked,
    events.CardUnknown,
    events.VaultDamaged,
}
ANSWERS: dict[Phase, set[type]] = {
    P.LOOKING_UP: {events.CardKnown, events.CardUnknown, events.CardLocked, events.CardAsked},
    P.ASKING: {events.CardKnown, events.CardUnknown, events.CardLocked},
    P.OPENING: {events.VaultOpened, events.OfficerOpened, *PIN_TRIED},
    P.NEW_PIN: {events.EnrolmentsSeen},
    P.CHECKING_PIN: {
        events.PinChecked,
        events.PinNotChanged,
        events.EnrolmentsSeen,
        *PIN_TRIED,
    },
    P.CHANGING_PIN: {events.PinChanged, events.PinNotChanged, events.EnrolmentsSeen},
    P.FINDING: {events.CodeFound, events.CodeNotFound},
    P.STORING: {events.RequestStored, events.RequestNotStored},
    P.ENROLLING: {events.EnrolmentStored, events.EnrolmentNotStored},
    P.HOME: {events.LettersChanged},
    P.PIN_CHANGED: {events.LettersChanged, events.EnrolmentsSeen},
    P.OFFICER: {events.EnrolmentsSeen},
    P.ENROLLED: {events.EnrolmentsSeen},
    P.ENROL_CARD: {events.TapAwaited, events.CardAgreed, events.CardNotAgreed},
    P.UNLOCK: {events.CardUnlocked},
    P.TICKET: {events.PrintReported, events.Delivered},
    P.COLLECT: {events.PrintReported},
    P.DIAGNOSIS: {events.Examined, events.RollRenewed, events.PrintReported},
    P.TECHNICIAN: {events.Diagnosed, events.Examined, events.RollRenewed, events.PrintReported},
}
"""Phase -> what the work that was begun before it or in it may say."""


@pytest.mark.parametrize(
    ("phase", "answer"),
    [
        (phase, answer)
        for phase, answers in ANSWERS.items()
        for answer in sorted(answers, key=lambda answer: answer.__name__)
    ],
)
def test_an_answer_is_heard_where_it_is_awaited(phase: Phase, answer: type) -> None:
    assert (phase, answer) in TABLE


def test_every_answer_is_awaited_somewhere() -> None:
    """An answer names the visit, or the technician's visit, that asked."""
    answers = {
        event
        for event in get_args(events.Event)
        if {"visit", "service"} & {field.name for field in fields(event)}
    }
    assert answers <= set().union(*ANSWERS.values())
    assert set(ANSWERS) >= WORKING
    assert {(phase, event) for phase, event in TABLE if event in answers} == {
        (phase, event) for phase, all_ in ANSWERS.items() for event in all_ if event in answers
    }


@pytest.mark.parametrize(
    ("phase", "command"),
    [
        (P.CHECKING_PIN, commands.CheckPin(1, card(1), "")),
        (P.CHANGING_PIN, commands.ChangePin(1, card(1), "")),
        (P.STORING, commands.Submit(1, "biodata", profile(1), {})),
        (P.ENROLLING, commands.Enrol(1, "", card(1), "")),
        (P.TICKET, commands.PrintTicket("r1")),
        (P.COLLECT, commands.PrintSigned(1, "r1")),
        (P.TECHNICIAN, commands.PrintTestSlip("test-slip-1")),
        (P.TECHNICIAN, commands.RenewRoll(1)),
    ],
)
def test_that_it_failed_is_heard_too(phase: Phase, command: commands.Command) -> None:
    assert type(failure_of(command)) in ANSWERS[phase]


def in_visit(phase: Phase) -> State:
    """Resident 1 in a phase, at a kiosk whose visits end when the card is taken away."""
    visit = Visit(
        1,
        card(1),
        profile=profile(1),
        letter=PLAIN,
        new_pin=NewPin("old"),
        officer=OfficerWork("Petugas Contoh"),
    )
    state = resting(policy=Policy("Desa Contoh", card_must_stay=True))
    return replace(state, phase=phase, visit=visit)


@pytest.mark.parametrize("why", [*(why.value for why in Why), "officerCard"])
def test_whyever_a_card_is_not_enrolled_the_officer_reads_it(why: str) -> None:
    state, asked = step(in_visit(P.ENROL_CARD), events.CardNotAgreed(1, why))
    assert state.guest.officer is not None and state.guest.officer.problem is not None
    assert commands.AwaitTaps(1) in asked


def test_a_profile_that_breaks_in_mid_change_of_the_pin_is_told_at_once() -> None:
    state, _ = step(in_visit(P.CHECKING_PIN), events.VaultDamaged(1))
    assert state.phase is P.NOTICE
    assert state.notice is not None and state.visit is None


def test_where_the_card_must_stay_a_notice_s_visit_ends_with_it() -> None:
    state, _ = step(in_visit(P.STORING), events.RequestNotStored(1))
    assert state.notice is not None and state.notice.retry
    state, asked = step(state, events.CardTaken())
    assert (state.phase, state.visit) == (P.GOODBYE, None)
    assert commands.CloseVault() in asked


def test_where_the_card_may_go_a_notice_s_visit_goes_on() -> None:
    state, _ = step(in_visit(P.STORING), events.RequestNotStored(1))
    state = replace(state, policy=Policy("Desa Contoh"))
    assert step(state, events.CardTaken()) == (state, ())


def test_a_notice_without_a_visit_is_read_in_peace_when_the_card_goes() -> None:
    state = resting(policy=Policy("Desa Contoh", card_must_stay=True))
    state, _ = step(state, events.CardFailed(CardTrouble.MUTE))
    assert step(state, events.CardTaken()) == (state, ())
