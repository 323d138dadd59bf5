"""Who comes without a card: help, a letter by its ticket's code, a letter that is to be checked.
``WALK_IN`` is its part of the session's table. The same pages serve a visitor who is at home.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from firmware.core import view
from firmware.core.asking import go_home
from firmware.core.citizen import AGAIN, FINISH, PRINT_LETTER, TAKEN
from firmware.core.claim import read_claim_code, show_claim_code
from firmware.core.commands import CloseVault, FindCode
from firmware.core.events import CardFailed, CardTaken, CardTapped, CodeFound, CodeNotFound
from firmware.core.finds import FoundLetter, FoundRequest
from firmware.core.notices import UNREADABLE
from firmware.core.state import Errand, Phase, State
from firmware.core.transition import Result, Transition, arrive, rest, row
from firmware.core.view import ReadyItem, Say

P = Phase
MOST_CHARACTERS = 12
"""Ten, and what people put between them."""

_NOT_A_CODE: dict[str, Say] = {
    "collect": Say("Kode itu belum benar. Periksa lagi sepuluh huruf dan angka pada tiket."),
    "check": Say("Kode itu belum benar. Periksa lagi sepuluh huruf dan angka di kaki surat."),
}
_UNKNOWN: dict[str, Say] = {
    "collect": Say(
        "Belum ada permohonan dengan kode ini di kabupaten. Kalau tiketnya baru, coba lagi nanti."
    ),
    "check": Say(
        "Tidak ada surat dengan kode ini. Periksa lagi kodenya, atau tanyakan kepada petugas."
    ),
}
_NOT_ASKED: dict[str, Say] = {
    "offline": Say("Jaringan sedang terputus, jadi kode belum dapat dicari. Coba lagi nanti."),
    "limited": Say("Terlalu banyak kode dicoba di sini. Coba lagi satu jam lagi."),
}


def errand_of(state: State) -> Errand:
    """What the visitor looks for; only in phases that have one."""
    errand = state.guest.errand
    assert errand is not None
    return errand


def _with(state: State, **changes: Any) -> State:
    return state.with_guest(errand=replace(errand_of(state), **changes))


def _come(state: State) -> State:
    """A visit without a card, unless the visitor has one already."""
    return arrive(state, None) if state.visit is None else state


def _help(state: State, _intent: view.AskHelp) -> Result:
    return _come(state).enter(P.HELP), ()


def _enter_code(state: State, intent: view.EnterCode) -> Result:
    return _come(state).with_guest(errand=Errand(intent.purpose)).enter(P.CODE), ()


def back(state: State, intent: object) -> Result:
    """To the visitor's own page; who has none is back where they came from, and what they chose
    for the screen still holds.
    """
    if state.guest.profile is not None:
        return go_home(state, intent)
    resting = rest(state)
    if resting.phase is P.ATTRACT:
        resting = replace(resting, chosen=state.chosen, touched_at=state.now)
    return resting, (CloseVault(),)


def _type(state: State, intent: view.TypeCode) -> Result:
    typed = "".join(sign for sign in intent.value.upper() if sign.isascii() and sign.isalnum())
    return _with(state, code=typed[:MOST_CHARACTERS], problem=None), ()


def _find(state: State, _intent: view.Next) -> Result:
    errand = errand_of(state)
    code = read_claim_code(errand.code)
    if code is None:
        return _with(state, problem=_NOT_A_CODE[errand.purpose]), ()
    if not state.link_online:
        return _with(state, problem=_NOT_ASKED["offline"]), ()
    return state.enter(P.FINDING), (FindCode(state.guest.number, errand.purpose, code),)


def _not_found(state: State, event: CodeNotFound) -> Result:
    problem = _NOT_ASKED.get(event.why) or _UNKNOWN[errand_of(state).purpose]
    return replace(_with(state, problem=problem), touched_at=state.now).enter(P.CODE), ()


def _found(state: State, event: CodeFound) -> Result:
    state = replace(_with(state, found=event.found), touched_at=state.now)
    if isinstance(event.found, FoundLetter):
        return state.enter(P.CHECKED), ()
    found = event.found
    item = ReadyItem(found.request_id, found.title, found.number, 0)
    others = tuple(one for one in state.guest.ready if one.request_id != found.request_id)
    ready = (*others, item) if event.printable else others
    return state.with_guest(ready=ready).enter(P.FOUND), ()


def _another_code(state: State, _intent: view.Back) -> Result:
    return state.with_guest(errand=Errand(errand_of(state).purpose)).enter(P.CODE), ()


def is_printable(state: State) -> bool:
    """Whether the letter of the request that was found can be printed now."""
    found = errand_of(state).found
    return isinstance(found, FoundRequest) and any(
        item.request_id == found.request_id for item in state.guest.ready
    )


def shown_code(state: State) -> str:
    """What was typed, in two groups once it is whole."""
    code = errand_of(state).code
    return show_claim_code(code) if len(code) > 5 else code


def _card_failed(state: State, event: CardFailed) -> Result:
    """A card that cannot be read takes nobody from what they are typing."""
    return _with(state, problem=UNREADABLE[event.trouble].title), ()


_HOME_OR_AWAY = row(back, P.HOME, P.ATTRACT, P.OUT_OF_SERVICE)

WALK_IN: dict[tuple[Phase, type], Transition] = {
    (P.ATTRACT, view.AskHelp): row(_help, P.HELP),
    (P.ATTRACT, view.EnterCode): row(_enter_code, P.CODE),
    (P.HOME, view.AskHelp): row(_help, P.HELP),
    (P.HOME, view.EnterCode): row(_enter_code, P.CODE),
    (P.HELP, view.Back): _HOME_OR_AWAY,
    (P.HELP, view.EnterCode): row(_enter_code, P.CODE),
    (P.HELP, view.Finish): FINISH,
    (P.HELP, CardTapped): AGAIN,
    (P.HELP, CardTaken): TAKEN,
    (P.CODE, view.TypeCode): row(_type),
    (P.CODE, view.Next): row(_find, P.FINDING),
    (P.CODE, view.Back): _HOME_OR_AWAY,
    (P.CODE, view.Finish): FINISH,
    (P.CODE, CardTapped): AGAIN,
    (P.CODE, CardFailed): row(_card_failed),
    (P.CODE, CardTaken): TAKEN,
    (P.FINDING, CodeFound): row(_found, P.FOUND, P.CHECKED),
    (P.FINDING, CodeNotFound): row(_not_found, P.CODE),
    (P.FINDING, CardTapped): AGAIN,
    (P.FINDING, CardTaken): TAKEN,
    (P.FOUND, view.PrintLetter): PRINT_LETTER,
    (P.FOUND, view.Back): row(_another_code, P.CODE),
    (P.FOUND, view.GoHome): _HOME_OR_AWAY,
    (P.FOUND, view.Finish): FINISH,
    (P.FOUND, CardTapped): AGAIN,
    (P.FOUND, CardTaken): TAKEN,
    (P.CHECKED, view.Back): row(_another_code, P.CODE),
    (P.CHECKED, view.GoHome): _HOME_OR_AWAY,
    (P.CHECKED, view.Finish): FINISH,
    (P.CHECKED, CardTapped): AGAIN,
    (P.CHECKED, CardTaken): TAKEN,
    (P.COLLECT, view.GoHome): _HOME_OR_AWAY,
}
"""(phase, event or intent) -> what is done. COLLECT is the citizen's, with another way out."""
