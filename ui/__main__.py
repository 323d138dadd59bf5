"""``python -m ui``: the screen of a kiosk, joined to its controller by a Unix socket."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from firmware.closed_memory import close_memory
from ui import environment
from ui.ears import add_ear_options, ears_of


def main(arguments: Sequence[str] | None = None) -> int:
    """Show the window until it is closed. Returns the exit code."""
    close_memory()
    os.umask(0o077)
    options = _parser().parse_args(arguments)
    try:
        ears = ears_of(options)
    except ValueError as error:
        return _refuse(str(error))
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    width, height = options.size
    environment.prepare(width, height, options.dpi, options.rotate)

    from kivy.core.window import Window

    if Window is None:
        driver = os.environ["SDL_VIDEODRIVER"]
        return _refuse(f"no window on {driver}: set DISPLAY, or SDL_VIDEODRIVER=KMSDRM on a panel")

    from ui import theme

    theme.configure(options.dpi, seen_size(options.size, options.rotate))

    from ui.app import AnjunganApp
    from ui.inspect import Inspector

    try:
        inspector = Inspector(options.inspect) if options.inspect else None
    except OSError as error:
        return _refuse(f"--inspect: cannot listen at {options.inspect} ({error})")
    AnjunganApp(options.socket, inspector, ears).run()
    return 0


def _refuse(sentence: str) -> int:
    print(f"anjungan-ui: {sentence}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="anjungan-ui", description=__doc__)
    parser.add_argument("--socket", type=Path, required=True, help="the controller's socket")
    parser.add_argument("--inspect", type=Path, help="serve targets and pictures at this socket")
    add_panel_options(parser)
    parser.add_argument(
        "--rotate",
        type=int,
        choices=(0, 90, 180, 270),
        default=0,
        help="degrees by which the picture is turned, for a panel that is mounted otherwise",
    )
    add_ear_options(parser)
    return parser


def seen_size(size: tuple[int, int], rotate: int) -> tuple[int, int]:
    """The panel's pixels as the visitor sees them."""
    return (size[1], size[0]) if rotate in (90, 270) else size


def add_panel_options(parser: argparse.ArgumentParser) -> None:
    """The panel: its pixels and how close they are."""
    parser.add_argument("--size", type=panel_size, default=(1280, 800), metavar="WxH")
    parser.add_argument("--dpi", type=float, default=149.0, help="pixels per inch of the panel")


def panel_size(text: str) -> tuple[int, int]:
    """``1280x800`` as two numbers; ValueError when it is not of that shape."""
    width, height = (int(part) for part in text.lower().split("x"))
    return width, height


if __name__ == "__main__":
    sys.exit(main())
