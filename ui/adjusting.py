"""The panel of preferences, in place of the page, and the cover where nothing is to be seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from kivy.properties import StringProperty
from msgspec.structs import replace

from firmware.core.view import LOUDEST, Adjust, KeyOrder, Prefer, Preferences, Say, TextSize, Theme
from ui import palettes, texts, theme
from ui.layout import Column, Root, Tiles
from ui.page import Page, Send, load_kv
from ui.texts import tr
from ui.widgets import TouchButton

_SIZES: dict[TextSize, Say] = {
    "normal": Say("Huruf biasa"),
    "large": Say("Huruf lebih besar"),
    "largest": Say("Huruf paling besar"),
}
_THEMES: dict[Theme, Say] = {
    "normal": Say("Terang"),
    "dark": Say("Gelap"),
    "contrast": Say("Hitam dan kuning"),
}
_KEYS: dict[KeyOrder, str] = {"abc": "A B C D E F", "qwerty": "Q W E R T Y"}
_TILE_MM = 4.8


class Choice(TouchButton):
    """A way that can be chosen; the chosen one has a check."""

    def __init__(self, is_chosen: bool, act: Callable[[], None], **kwargs: Any) -> None:
        super().__init__(icon_mm=5, **kwargs)
        self.choose(is_chosen)
        self.bind(on_tap=lambda *_: act())


class ThemeChoice(Choice):
    """In the colours that it would bring."""

    palette = StringProperty("normal")

    def _paint(self, *_: object) -> None:
        super()._paint(*_)
        colours = palettes.PALETTES[self.palette]
        self.face, self.ink, self.edge = colours.PAPER, colours.INK, colours.INK

    def on_palette(self, *_: object) -> None:
        """Its colours are another's."""
        self._paint()


class Group(Column):
    """What is chosen, and the tiles to choose from."""

    title = StringProperty("")
    whole = True


class AdjustingPage(Page):
    """Everything that a visitor can have another way. It is all taken back after the visit."""

    def show(self, wish: Preferences) -> None:
        """Draw what is chosen now."""
        self._wish = wish
        self.ids.groups.clear_widgets()
        self._languages()
        self._sizes()
        self._themes()
        self._voice()
        self._ways()

    def go_on(self, before: Page) -> None:
        """Where the panel ``before`` was turned to, if it is one: only the look is another."""
        if isinstance(before, AdjustingPage):
            for sheet, old in zip(self.sheets(), before.sheets(), strict=True):
                sheet.leaf = old.leaf

    def done(self) -> None:
        """Back to the page."""
        self.send(Adjust(False))

    def _prefer(self, **changes: Any) -> None:
        self.send(Prefer(replace(self._wish, **changes)))

    def _group(self, title: str) -> Tiles:
        group = Group(title=title)
        self.ids.groups.add_widget(group)
        tiles: Tiles = group.ids.tiles
        return tiles

    def _choice(
        self, tiles: Tiles, target_id: str, text: str, is_chosen: bool, **changes: Any
    ) -> None:
        tiles.add_widget(self._tile(target_id, text, is_chosen, changes))

    def _tile(
        self,
        target_id: str,
        text: str,
        is_chosen: bool,
        changes: dict[str, Any],
        kind: type[Choice] = Choice,
        largest_mm: float = _TILE_MM,
        **looks: Any,
    ) -> Choice:
        return kind(
            is_chosen,
            lambda: self._prefer(**changes),
            target_id=target_id,
            text=text,
            largest_mm=largest_mm,
            **looks,
        )

    def _languages(self) -> None:
        tiles = self._group(tr("Bahasa"))
        for language in texts.languages():
            chosen = language.tag == self._wish.language
            self._choice(
                tiles, f"language-{language.tag}", language.name, chosen, language=language.tag
            )

    def _sizes(self) -> None:
        tiles = self._group(tr("Besar huruf"))
        for size, words in _SIZES.items():
            own = _TILE_MM * 0.8 * theme.TEXT_SCALES[size] / theme.text_scale()
            chosen, change = size == self._wish.text_size, {"text_size": size}
            tile = self._tile(f"text-{size}", tr(words), chosen, change, largest_mm=own)
            tiles.add_widget(tile)

    def _themes(self) -> None:
        tiles = self._group(tr("Warna layar"))
        for name, words in _THEMES.items():
            chosen, change = name == self._wish.theme, {"theme": name}
            tile = self._tile(f"theme-{name}", tr(words), chosen, change, ThemeChoice, palette=name)
            tiles.add_widget(tile)

    def _voice(self) -> None:
        wish = self._wish
        tiles = self._group(tr("Suara"))
        self._choice(tiles, "voice", tr("Bacakan layar"), wish.voice, voice=not wish.voice)
        place = {"level": str(wish.volume), "loudest": str(LOUDEST)}
        louder = tr(Say("Lebih keras ({level}/{loudest})", place))
        softer, loud = max(1, wish.volume - 1), min(LOUDEST, wish.volume + 1)
        self._choice(tiles, "softer", tr("Lebih pelan"), False, volume=softer)
        self._choice(tiles, "louder", louder, False, volume=loud)

    def _ways(self) -> None:
        wish = self._wish
        tiles = self._group(tr("Papan ketik dan isian"))
        for order in get_args(KeyOrder):
            self._choice(tiles, f"keys-{order}", _KEYS[order], order == wish.keys, keys=order)
        one = tr("Semua pertanyaan sekaligus")
        self._choice(tiles, "one-page", one, wish.one_page, one_page=not wish.one_page)
        tiles = self._group(tr("Rahasia"))
        shuffled = tr("Acak angka PIN")
        self._choice(tiles, "shuffled", shuffled, wish.shuffled, shuffled=not wish.shuffled)
        self._choice(tiles, "hidden", tr("Gelapkan layar"), wish.hidden, hidden=not wish.hidden)


class Cover(Root):
    """Nothing is seen, for who finishes the visit by ear; one large button brings it back."""

    def __init__(self, send: Send, wish: Preferences, **kwargs: Any) -> None:
        self._send, self._wish = send, wish
        super().__init__(**kwargs)

    def reveal(self) -> None:
        """Show the screen again."""
        self._send(Prefer(replace(self._wish, hidden=False)))

    def on_touch_down(self, touch: Any) -> bool:
        """Nothing under it can be touched."""
        super().on_touch_down(touch)
        return True


load_kv(__file__)
