"""What the screen shows of help and of codes. Pure."""

from __future__ import annotations

from collections.abc import Callable

from firmware.core import view
from firmware.core.finds import FoundLetter, FoundRequest
from firmware.core.request import STATE_WORDS
from firmware.core.state import Phase, State
from firmware.core.view import Known, Say
from firmware.core.walk_in import errand_of, is_printable, shown_code


def _help(state: State) -> view.Screen:
    return view.Help(state.guest.profile is not None)


def _code(state: State) -> view.Screen:
    errand = errand_of(state)
    return view.CodeEntry(errand.purpose, shown_code(state), errand.problem)


def _finding(_state: State) -> view.Screen:
    return view.Wait(Say("Sebentar, kode sedang dicari di kabupaten…"))


def _found(state: State) -> view.Screen:
    found = errand_of(state).found
    assert isinstance(found, FoundRequest)
    words = STATE_WORDS[found.state]
    title = state.title(found.title)
    return view.FoundRequest(found.request_id, title, found.number, words, is_printable(state))


def _checked(state: State) -> view.Screen:
    found = errand_of(state).found
    assert isinstance(found, FoundLetter)
    facts = (
        Known(Say("Nomor surat"), found.number),
        Known(Say("Diterbitkan oleh"), found.village),
        Known(Say("Tanggal"), found.signed_on),
        Known(Say("Untuk"), found.initials),
        Known(Say("Ditandatangani oleh"), found.signer),
    )
    title = state.title(found.title)
    return view.CheckedLetter(title, facts)


WALK_IN_SCREENS: dict[Phase, Callable[[State], view.Screen]] = {
    Phase.HELP: _help,
    Phase.CODE: _code,
    Phase.FINDING: _finding,
    Phase.FOUND: _found,
    Phase.CHECKED: _checked,
}
