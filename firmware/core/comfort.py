"""How a visitor wants the screen: language, size, colours, voice. For this visit only."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from firmware.core import view
from firmware.core.events import HeadphoneChanged
from firmware.core.letters import LANGUAGE
from firmware.core.state import LISTENING, Phase, State
from firmware.core.transition import Result, Transition, row

_SLOWER: dict[str, float] = {"normal": 1.0, "large": 1.5, "largest": 2.0}


def _adjust(state: State, intent: view.Adjust) -> Result:
    return replace(state, adjusting=intent.open and state.phase in LISTENING), ()


def _prefer(state: State, intent: view.Prefer) -> Result:
    chosen = intent.preferences
    is_good = 1 <= chosen.volume <= view.LOUDEST and LANGUAGE.fullmatch(chosen.language)
    if state.phase not in LISTENING or not is_good:
        return state, ()
    return replace(state, chosen=chosen), ()


def _headphone(state: State, event: HeadphoneChanged) -> Result:
    """The voice comes with the plug and goes with it, so that nothing is told aloud of what was
    told to one alone.
    """
    cabinet = replace(state.cabinet, headphone=event.plugged)
    state = replace(state, cabinet=cabinet, touched_at=state.now)
    if state.chosen is None:
        return state, ()
    return replace(state, chosen=msgspec.structs.replace(state.chosen, voice=event.plugged)), ()


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


_LONGEST_REASON = 200


def _sound_failed(state: State, intent: view.SoundFailed) -> Result:
    """For the technician's screen; whoever is served goes on by eye."""
    return replace(state, sound_trouble=intent.reason[:_LONGEST_REASON]), ()


CHOICES: dict[type, Transition] = {
    view.Adjust: row(_adjust),
    view.Prefer: row(_prefer),
    HeadphoneChanged: row(_headphone),
    view.SoundFailed: row(_sound_failed),
}
"""For the session's table: what is done in every phase."""
