"""What a person at the bench can do to a virtual printer, as the keys of a JSON object.

The same words work for every cable; ``python -m hw.virtual.printer --help`` lists them.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from hw.protocols import Paper
from hw.virtual.condition import ALL_ANSWERS, UNIT_KEYS, Condition
from hw.virtual.mechanism import DOTS_PER_MM, Mechanism

Control = dict[str, Any]
ACTIONS = {"ask", "power", "tear", "power_off_after_bytes", "reads"}


def changed(condition: Condition, key: str, value: Any) -> Condition:
    """``condition`` after one key; an action changes nothing here. Unknown is a ValueError."""
    match key, value:
        case "paper", "full" | "low" | "out":
            return dataclasses.replace(condition, paper=Paper(value), paper_left_dots=None)
        case "paper_left_mm", int() if value >= 0:
            return dataclasses.replace(condition, paper_left_dots=value * DOTS_PER_MM)
        case "cover", "open" | "closed":
            return dataclasses.replace(condition, cover_open=value == "open")
        case "cutter", "well":
            return dataclasses.replace(condition, is_jammed=False, jams_at_cut=False)
        case "cutter", "jammed":
            return dataclasses.replace(condition, is_jammed=True, cutter_error=True)
        case "jams_at_cut", bool():
            return dataclasses.replace(condition, jams_at_cut=value)
        case "heat", "well" | "hot":
            return dataclasses.replace(condition, is_hot=value == "hot")
        case "hot_after_mm", int() if value >= 0:
            return dataclasses.replace(condition, hot_after_dots=value * DOTS_PER_MM)
        case "broken", bool():
            return dataclasses.replace(condition, is_broken=value)
        case "unit", dict() if set(value) <= set(UNIT_KEYS):
            words = ((UNIT_KEYS[name], str(word)) for name, word in value.items())
            return dataclasses.replace(condition, unit=tuple(words))
        case "online", bool():
            return dataclasses.replace(condition, online=value)
        case "mute", bool():
            return dataclasses.replace(condition, mute=value)
        case "answers", str() if value in ALL_ANSWERS:
            return dataclasses.replace(condition, answers=value)
        case "no_confirm", bool():
            return dataclasses.replace(condition, answers="none" if value else "processId")
    if key in ACTIONS:
        return condition
    raise ValueError(f"{key} = {value!r} is nothing that this printer can do")


def state_of(mechanism: Mechanism, has_power: bool) -> Control:
    """What the bench is told of the printer."""
    state = mechanism.condition
    return {
        "paper": state.paper.value,
        "cover": "open" if state.cover_open else "closed",
        "cutter": "jammed" if state.is_jammed else "well",
        "cutter_error": state.cutter_error,
        "jams_at_cut": state.jams_at_cut,
        "heat": "hot" if state.is_hot else "well",
        "broken": state.is_broken,
        "online": state.online,
        "mute": state.mute,
        "answers": state.answers,
        "power": "on" if has_power else "off",
        "slips": mechanism.slips,
    }
