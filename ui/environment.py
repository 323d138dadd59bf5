"""Sets Kivy up before Kivy is imported: the panel, one mouse, no settings, no files of its own."""

from __future__ import annotations

import logging
import os


def prepare(width: int, height: int, dpi: float, rotate: int = 0) -> None:
    """Fix the window to ``width`` x ``height`` pixels and the density to ``dpi``. The picture is
    turned by ``rotate`` degrees (0, 90, 180, 270) for a panel that is mounted so.

    Must run before the first import of anything of Kivy but its configuration.
    """
    _set_variables(dpi)
    _configure(width, height, rotate)


def _set_variables(dpi: float) -> None:
    os.environ.update(
        KIVY_NO_ARGS="1",
        KIVY_NO_CONFIG="1",
        KIVY_NO_FILELOG="1",
        KIVY_LOG_MODE="PYTHON",
        KIVY_WINDOW="sdl2",
        KIVY_DPI=str(dpi),
        KIVY_METRICS_DENSITY="1",
        KIVY_METRICS_FONTSCALE="1",
    )
    # Left to itself without a display, SDL draws nowhere and says nothing.
    os.environ.setdefault("SDL_VIDEODRIVER", "x11" if "DISPLAY" in os.environ else "KMSDRM")


def _configure(width: int, height: int, rotate: int) -> None:
    logging.getLogger("kivy").addFilter(_one_line_of_trouble)
    from kivy.config import Config

    graphics = {
        "width": width,
        "height": height,
        "rotation": rotate,
        "borderless": 1,
        "fullscreen": 0,
        "resizable": 0,
        "position": "custom",
        "left": 0,
        "top": 0,
        "show_cursor": 0,
        "multisamples": 0,  # our shapes smooth their own edges
    }
    for key, value in graphics.items():
        Config.set("graphics", key, value)
    Config.set("kivy", "exit_on_escape", 0)
    Config.set("kivy", "keyboard_mode", "")
    Config.set("kivy", "kivy_clock", "interrupt")  # a line from the controller wakes the loop
    # One provider: with a second one for the same panel every touch would count twice.
    for name, _ in Config.items("input"):
        Config.remove_option("input", name)
    Config.set("input", "mouse", "mouse,disable_multitouch")


def _one_line_of_trouble(record: logging.LogRecord) -> bool:
    """Kivy tells every step, and warns with a traceback of each library that we do not want."""
    record.msg = str(record.msg).partition("\n")[0]
    return record.levelno >= logging.ERROR
