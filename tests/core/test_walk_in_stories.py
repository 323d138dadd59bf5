"""Who comes without a card: help, a ticket's code, a letter that is to be checked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from firmware.core import commands, events, view
from firmware.core.claim import make_claim_code
from firmware.core.finds import FoundLetter, FoundRequest
from firmware.core.projection import view_of
from firmware.core.request import RequestState
from firmware.core.session import step
from firmware.core.state import Phase, State
from tests.core.samples import TODAY, card, profile, resting

CODE = make_claim_code(12345678901)
READY = FoundRequest("r1", "Surat Keterangan Usaha", "3510192001-1-00012", RequestState.READY)
LETTER = FoundLetter("Surat Keterangan Usaha", "503/1", "Desa Contoh", "24-11-2026", "C. W.", "Bu")


def say(state: State, *intents: view.Intent) -> tuple[State, tuple[commands.Command, ...]]:
    done: tuple[commands.Command, ...] = ()
    for intent in intents:
        state, done = step(state, events.Said(intent))
    return state, done


def asked(purpose: str = "collect", state: State | None = None) -> State:
    """Somebody has typed a code and waits."""
    begin = view.EnterCode(purpose)  # type: ignore[arg-type]
    state, done = say(state or resting(), begin, view.TypeCode(CODE.lower()), view.Next())
    assert commands.FindCode(state.guest.number, purpose, CODE) in done  # type: ignore[arg-type]
    assert state.phase is Phase.FINDING
    return state


def hear(state: State, event: events.Event) -> State:
    return step(state, event)[0]


def test_a_letter_is_collected_with_the_ticket_s_code() -> None:
    state = asked()
    state = hear(state, events.CodeFound(state.guest.number, READY, printable=True))
    screen = view_of(state, 1).screen
    assert isinstance(screen, view.FoundRequest)
    assert screen.ready
    state, done = say(state, view.PrintLetter("r1"))
    assert commands.PrintSigned(state.guest.number, "r1") in done
    state = hear(state, events.PrintReported("r1", "printed"))
    assert isinstance(view_of(state, 1).screen, view.Collect)
    state, done = say(state, view.GoHome())
    assert state.phase is Phase.ATTRACT
    assert state.visit is None
    assert commands.CloseVault() in done


def test_a_letter_that_is_not_ready_says_who_has_it() -> None:
    waiting = FoundRequest("r1", "Surat", "1", RequestState.AWAITING_SIGNATURE)
    state = asked()
    state = hear(state, events.CodeFound(state.guest.number, waiting))
    screen = view_of(state, 1).screen
    assert isinstance(screen, view.FoundRequest)
    assert not screen.ready
    assert "tanda tangan" in str(screen.state)
    assert say(state, view.PrintLetter("r1"))[0].phase is Phase.FOUND


def test_a_letter_is_checked() -> None:
    state = asked("check")
    state = hear(state, events.CodeFound(state.guest.number, LETTER))
    screen = view_of(state, 1).screen
    assert isinstance(screen, view.CheckedLetter)
    assert view.Known(view.Say("Untuk"), "C. W.") in screen.facts
    assert say(state, view.Back())[0].phase is Phase.CODE
    assert say(state, view.Finish())[0].phase is Phase.GOODBYE


@pytest.mark.parametrize("why", ["unknown", "limited", "offline"])
def test_a_code_that_is_not_found_may_be_typed_again(why: events.WhyNotFound) -> None:
    state = asked()
    state = hear(state, events.CodeNotFound(state.guest.number, why))
    screen = view_of(state, 1).screen
    assert isinstance(screen, view.CodeEntry)
    assert screen.problem is not None
    assert screen.value.replace("-", "") == CODE
    assert say(state, view.TypeCode(""))[0].guest.errand.problem is None  # type: ignore[union-attr]


def test_a_mistyped_code_is_never_sent() -> None:
    wrong = ("A" if CODE[0] != "A" else "B") + CODE[1:]
    state, done = say(resting(), view.EnterCode("collect"), view.TypeCode(wrong), view.Next())
    assert state.phase is Phase.CODE
    assert done == ()
    assert view_of(state, 1).screen.problem is not None  # type: ignore[union-attr]


def test_without_a_line_nothing_is_asked() -> None:
    state = resting(link_online=False)
    state, done = say(state, view.EnterCode("collect"), view.TypeCode(CODE), view.Next())
    assert done == ()
    assert "terputus" in str(view_of(state, 1).screen.problem)  # type: ignore[union-attr]


def test_nobody_answers() -> None:
    state = asked()
    state = hear(state, events.Tick(state.now + state.policy.busy + 1, TODAY))
    assert state.phase is Phase.NOTICE
    assert state.visit is None


def test_help_leads_back_and_keeps_what_was_chosen() -> None:
    chosen = view.Preferences(language="jv")
    state, _ = say(resting(), view.Prefer(chosen), view.AskHelp())
    assert view_of(state, 1).screen == view.Help(with_card=False)
    state, _ = say(state, view.Back())
    assert state.phase is Phase.ATTRACT
    assert state.preferences == chosen


def test_a_kiosk_that_serves_nobody_keeps_no_former_visitor_s_choices() -> None:
    """Else the screen could stay dark, with nothing that lifts the cover."""
    hidden = view.Preferences(language="jv", hidden=True)
    state, _ = say(resting(), view.AskHelp(), view.Prefer(hidden))
    state = hear(state, events.ReaderChanged(online=False))
    state, _ = say(state, view.Back())
    assert state.phase is Phase.OUT_OF_SERVICE
    assert state.preferences == state.policy.preferences


def test_a_card_takes_over_from_a_code() -> None:
    state, _ = say(resting(), view.EnterCode("collect"), view.TypeCode(CODE[:4]))
    state = hear(state, events.CardTapped(card(1)))
    assert state.phase is Phase.LOOKING_UP
    assert state.guest.errand is None


def test_a_visitor_with_a_card_comes_back_to_their_own_page() -> None:
    state = hear(resting(), events.CardTapped(card(1)))
    state = replace(state.with_guest(profile=profile(1)), phase=Phase.HOME)
    state, _ = say(state, view.AskHelp())
    assert view_of(state, 1).screen == view.Help(with_card=True)
    state, _ = say(state, view.Back(), view.EnterCode("check"), view.Back())
    assert state.phase is Phase.HOME
    assert state.guest.errand is None
    state = asked("collect", state)
    state = hear(state, events.CodeFound(state.guest.number, READY, printable=True))
    assert say(state, view.GoHome())[0].phase is Phase.HOME


def test_an_answer_to_somebody_who_left_is_not_shown() -> None:
    state = asked()
    late = events.CodeFound(state.guest.number, READY, printable=True)
    state = hear(state, events.CardTapped(card(1)))
    assert hear(state, late).phase is Phase.LOOKING_UP


def test_a_code_is_hidden_from_logs() -> None:
    state = asked()
    assert CODE not in repr(state)
    assert CODE not in repr(commands.FindCode(1, "collect", CODE))
    assert CODE not in repr(events.Said(view.TypeCode(CODE)))
    assert CODE not in repr(view.CodeEntry("collect", CODE, None))
    assert "Surat" not in repr(events.CodeFound(1, READY))
