"""What the regency orders of the kiosk's face. A visitor is never disturbed: all of it waits until
nobody is there.
"""

from __future__ import annotations

from dataclasses import replace

from firmware.core.events import IdentifyAsked, ServiceModeSet, SettingsCame
from firmware.core.state import Calling, Phase, State
from firmware.core.transition import Result, rest, row

AT_REST = (Phase.ATTRACT, Phase.OUT_OF_SERVICE)


def _identify(state: State, event: IdentifyAsked) -> Result:
    """Somebody looks for this kiosk. The time counts from now, in a visit too."""
    return replace(state, calling=Calling(event.kiosk, state.now + event.seconds)), ()


def _service_mode(state: State, event: ServiceModeSet) -> Result:
    """Only where nobody is served: a visit that has begun may end in peace."""
    state = replace(state, in_service_mode=event.on)
    return rest(state) if state.phase in AT_REST else state, ()


def _settings(state: State, event: SettingsCame) -> Result:
    return replace(state, coming=(event.policy, event.catalogue)), ()


def settle(state: State) -> State:
    """Take up what waited for the end of a visit, and forget a call that is over."""
    if state.coming is not None and state.phase in AT_REST:
        policy, catalogue = state.coming
        state = replace(state, policy=policy, catalogue=catalogue, coming=None)
        state = rest(state)
    if state.calling is not None and state.now >= state.calling.until:
        state = replace(state, calling=None)
    return state


ORDERS = {
    IdentifyAsked: row(_identify),
    ServiceModeSet: row(_service_mode, *AT_REST),
    SettingsCame: row(_settings, *AT_REST),
}
"""The part of session.ANYWHERE that comes from afar."""
