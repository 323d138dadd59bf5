"""``python -m ui.gallery --out DIR``: every screen as a picture, to be looked at."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ui import environment
from ui.__main__ import add_panel_options


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw all sample views offscreen. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="ui.gallery", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    add_panel_options(parser)
    options = parser.parse_args(arguments)
    os.environ["SDL_VIDEODRIVER"] = "offscreen"
    width, height = options.size
    environment.prepare(width, height, options.dpi)

    from ui import theme

    theme.configure(options.dpi)

    from ui.offscreen import Studio
    from ui.samples import view_states

    options.out.mkdir(parents=True, exist_ok=True)
    studio = Studio()
    studio.picture().save(options.out / "preparing.png")
    for name, state in view_states().items():
        studio.stage.prepare()
        studio.stage.show(state)
        studio.picture().save(options.out / f"{name}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
