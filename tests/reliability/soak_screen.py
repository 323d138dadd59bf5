"""``python -m tests.reliability.soak_screen VISITS EVERY``: the screen, touched through visit after
visit, drawn where nobody looks. A JSON object a line: what it holds after so many visits.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from pathlib import Path

from ui import environment, theme

# As large as 1280 x 800 at 149 dpi, in a quarter of the dots: most of the time goes into drawing.
environment.prepare(640, 400, 74.5)
os.environ["SDL_VIDEODRIVER"] = "offscreen"
# Mesa's software renderer draws in threads of its own, and what it holds grows in steps with them,
# the more the busier the machine. That is not ours to hold flat: see docs/reliability.md.
os.environ.setdefault("LP_NUM_THREADS", "0")

from kivy.config import Config  # noqa: E402

Config.set("graphics", "maxfps", 0)  # nobody watches: no frame waits for the next
theme.configure(74.5)

import msgspec  # noqa: E402
from kivy.uix.widget import Widget  # noqa: E402

from firmware.core import view  # noqa: E402
from tests.ui.looking import tap  # noqa: E402
from ui.offscreen import Studio  # noqa: E402
from ui.samples import view_states  # noqa: E402

VISIT: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("attract", ()),
    ("pin", ("digit-1",)),
    ("pin-wrong", ("digit-9",)),
    ("home", ("new-letter",)),
    ("letters", ("letter-keterangan-usaha",)),
    ("form-choice", ("choice-2",)),
    ("form-choice-made", ("next",)),
    ("review", ("next",)),
    ("ticket-printed", ("home",)),
    ("home", ("print-r0",)),
    ("collect-printed", ("finish",)),
    ("goodbye", ()),
)
"""Screens as the controller would show them, and what is touched on each."""


def visit(studio: Studio, number: int, views: dict[str, view.ViewState]) -> int:
    """One visit, of somebody with a name of their own; how many touches the screen passed on."""
    studio.intents.clear()
    for step, (name, touches) in enumerate(VISIT):
        shown = views[name]
        if isinstance(shown.screen, view.Home):
            screen = msgspec.structs.replace(shown.screen, name=f"Warga Contoh {number}")
            shown = msgspec.structs.replace(shown, screen=screen)
        studio.stage.show(msgspec.structs.replace(shown, serial=number * 100 + step))
        studio.settle()
        for target in touches:
            tap(studio, target)
    return len(studio.intents)


def footprint() -> dict[str, int]:
    """Memory, widgets and files of this process."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {
        "memory_kib": pages * os.sysconf("SC_PAGE_SIZE") // 1024,
        "widgets": sum(issubclass(type(thing), Widget) for thing in gc.get_objects()),
        "files": len(list(Path("/proc/self/fd").iterdir())),
        "threads": len(list(Path("/proc/self/task").iterdir())),
    }


def main() -> None:
    visits, every = int(sys.argv[1]), int(sys.argv[2])
    studio, views, said = Studio(), view_states(), 0
    for number in range(1, visits + 1):
        said += visit(studio, number, views)
        if number % every == 0:
            print(json.dumps({"visits": number, "touches": said, **footprint()}), flush=True)
    studio.close()


if __name__ == "__main__":
    main()
