"""Sets Kivy up before Kivy is imported: the panel, one mouse, no settings, no files of its own."""

from __future__ import annotations

import logging
import os


def prepare(width: int, height: int, dpi: float) -> None:
    """Fix the window to ``width`` x ``height`` pixels and the density to ``dpi``.

    Must run before the first import of anything of Kivy but its configuration.
    """
    _set_variables(dpi)
    _configure(width, height)


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


def _configure(width: int, height: int) -> None:
    # Kivy warns with a traceback of every input library that is not there; we want none.
    logging.getLogger("kivy").setLevel(logging.ERROR)
    from kivy.config import Config

    graphics = {
        "width": width,
        "height": height,
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
    Config.set("kivy", "log_level", "error")
    Config.set("kivy", "exit_on_escape", 0)
    Config.set("kivy", "keyboard_mode", "")
    Config.set("kivy", "kivy_clock", "interrupt")  # a line from the controller wakes the loop
    # One provider: with a second one for the same panel every touch would count twice.
    for name, _ in Config.items("input"):
        Config.remove_option("input", name)
    Config.set("input", "mouse", "mouse,disable_multitouch")
