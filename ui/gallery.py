"""``python -m ui.gallery --out DIR``: every screen as a picture, to be looked at.

Drawn offscreen from the sample views. Without options each screen is drawn once, as a visitor
finds it; ``--all`` draws every language, size of text, theme and panel.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from msgspec.structs import replace
from PIL import Image

from firmware.core.view import Preferences, TextSize, Theme, ViewState
from ui import environment, texts
from ui.panels import PANELS
from ui.sample_words import in_language

if TYPE_CHECKING:
    from ui.offscreen import Studio

_SHEET_WIDTH = 2400
_SHEET_ROWS = 6


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw what is asked for. Returns the exit code."""
    options = _parser().parse_args(arguments)
    os.environ["SDL_VIDEODRIVER"] = "offscreen"
    first = PANELS[_panels(options)[0]]
    longest = max(side for panel in PANELS.values() for side in panel.size)
    environment.prepare(longest, longest, first.dpi)  # a window shrinks, but does not grow

    from ui import theme

    theme.configure(first.dpi, first.size)

    from ui.offscreen import Studio

    count = 0
    for name in _panels(options):
        studio = Studio.on(PANELS[name])
        for wish in _wishes(options):
            count += _draw(studio, wish, options, name)
        studio.close()
    print(f"{count} pictures in {options.out}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ui.gallery", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for the pictures")
    languages = [language.tag for language in texts.languages()]
    parser.add_argument("--language", choices=languages, action="append")
    parser.add_argument("--text-size", choices=get_args(TextSize), action="append")
    parser.add_argument("--theme", choices=get_args(Theme), action="append")
    parser.add_argument("--panel", choices=PANELS, action="append")
    parser.add_argument("--screen", action="append", help="only the views of these names")
    parser.add_argument("--all", action="store_true", help="in every way that there is")
    parser.add_argument("--sheets", action="store_true", help="many on one picture, side by side")
    return parser


def _panels(options: argparse.Namespace) -> list[str]:
    return options.panel or (list(PANELS) if options.all else ["10-inch-1280x800"])


def _wishes(options: argparse.Namespace) -> Iterator[Preferences]:
    every = options.all
    languages = [language.tag for language in texts.languages()]
    ways = product(
        options.language or (languages if every else ["id"]),
        options.text_size or (get_args(TextSize) if every else ["normal"]),
        options.theme or (get_args(Theme) if every else ["normal"]),
    )
    for language, text_size, theme in ways:
        yield Preferences(language=language, text_size=text_size, theme=theme)


def _draw(studio: Studio, wish: Preferences, options: argparse.Namespace, panel: str) -> int:
    from ui.samples import view_states

    folder = options.out / f"{panel}-{wish.language}-{wish.text_size}-{wish.theme}"
    if not options.sheets:
        folder.mkdir(parents=True, exist_ok=True)
    pictures: list[Image.Image] = []
    for name, state in view_states().items():
        if options.screen and name not in options.screen:
            continue
        studio.stage.prepare()
        studio.stage.show(_as_wished(state, wish))
        picture = studio.picture()
        if options.sheets:
            pictures.append(picture)
        else:
            picture.save(folder / f"{name}.png")
    if options.sheets:
        _save_sheets(pictures, folder)
        return len(pictures)
    return len(list(folder.glob("*.png")))


def _as_wished(state: ViewState, wish: Preferences) -> ViewState:
    own = replace(state.preferences, text_size=wish.text_size, theme=wish.theme)
    return in_language(replace(state, preferences=own), wish.language)


def _save_sheets(pictures: list[Image.Image], stem: Path) -> None:
    stem.parent.mkdir(parents=True, exist_ok=True)
    columns = 5 if pictures[0].width > pictures[0].height else 10
    each = columns * _SHEET_ROWS
    for number, at in enumerate(range(0, len(pictures), each)):
        _sheet(pictures[at : at + each], columns).save(f"{stem}-{number + 1}.png")


def _sheet(pictures: list[Any], columns: int) -> Image.Image:
    width = _SHEET_WIDTH // columns
    height = round(width * pictures[0].height / pictures[0].width)
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * width, rows * height))
    for place, picture in enumerate(pictures):
        small = picture.resize((width - 4, height - 4), Image.Resampling.LANCZOS)
        sheet.paste(small, (place % columns * width, place // columns * height))
    return sheet


if __name__ == "__main__":
    sys.exit(main())
