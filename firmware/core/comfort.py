"""How a visitor wants the screen: language, size, colours, voice. For this visit only."""

from __future__ import annotations

from dataclasses import replace

from firmware.core import view
from firmware.core.letters import LANGUAGE
from firmware.core.state import AT_TECHNICIAN, ATTENDED, Phase, State
from firmware.core.transition import Result, Transition, row

_CHOOSING = ATTENDED | AT_TECHNICIAN | {Phase.ATTRACT, Phase.NOTICE}
_SLOWER: dict[str, float] = {"normal": 1.0, "large": 1.5, "largest": 2.0}
LOUDEST = 5


def _adjust(state: State, intent: view.Adjust) -> Result:
    return replace(state, adjusting=intent.open and state.phase in _CHOOSING), ()


def _prefer(state: State, intent: view.Prefer) -> Result:
    chosen = intent.preferences
    is_good = 1 <= chosen.volume <= LOUDEST and LANGUAGE.fullmatch(chosen.language)
    if state.phase not in _CHOOSING or not is_good:
        return state, ()
    return replace(state, chosen=chosen), ()


def forget(state: State) -> State:
    """At rest, what somebody chose who then went away goes back."""
    if state.phase is not Phase.ATTRACT or state.now - state.touched_at <= state.policy.idle:
        return state
    return replace(state, chosen=None, adjusting=False)


def idle(state: State) -> float:
    """Seconds without a touch until the visitor is asked: who reads slowly has longer."""
    return state.policy.idle * _patience(state)


def answer(state: State) -> float:
    """Seconds to answer that question."""
    return state.policy.answer * _patience(state)


def _patience(state: State) -> float:
    wanted = state.preferences
    return max(_SLOWER[wanted.text_size], 2.0 if wanted.voice else 1.0)


CHOICES: dict[type, Transition] = {view.Adjust: row(_adjust), view.Prefer: row(_prefer)}
"""For the session's table: what is done in every phase."""
