"""The window: a strip, the page of the present view, and over it the idle warning."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.clock import Clock, mainthread
from kivy.properties import BooleanProperty, ColorProperty, StringProperty
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from firmware.core.view import (
    Adjust,
    Attract,
    Form,
    Goodbye,
    LetterList,
    Lights,
    OutOfService,
    Pin,
    Preferences,
    Say,
    Screen,
    StillHere,
    ViewState,
)
from ui import keyboard, table, texts, theme  # noqa: F401  (the .kv files name these)
from ui.adjusting import AdjustingPage, Cover
from ui.bridge import Bridge
from ui.ears import Ears
from ui.guide import Guide
from ui.inspect import Inspector
from ui.layout import Fit, Root, Row
from ui.page import Page, Send, load_kv
from ui.screens import PAGES
from ui.screens.preparing import PreparingPage
from ui.texts import tr
from ui.voice.silence import NoVoice
from ui.widgets import ClothColumn, Text, em, forget_texts, text_extent

_log = logging.getLogger(__name__)

SETTLE_SECONDS = 0.3
"""A new page does not count touches for so long: the second tap of a double tap was meant for
the page before."""
FORGET_SECONDS = 0.5
"""Widgets refer to one another: a visitor's pages stay in memory until Python looks for such
circles. When the page of a visitor is gone for so long it is made to look."""
_NOBODY_HERE = (Attract, Goodbye, OutOfService)


class Light(Row):
    """A device's sign: an icon and a word, another icon when it does not work."""

    icon = StringProperty("reader")
    good = StringProperty("")
    bad = StringProperty("")
    works = BooleanProperty(True)
    compact = BooleanProperty(False)

    def own_width(self, fit: Fit) -> float:
        """What its parts need."""
        words: Text = self.ids.words
        icons = [icon for icon in (self.ids.device, self.ids.trouble) if icon.side_mm]
        parts = [icon.own_width(fit) for icon in icons]
        if words.text:
            parts.append(text_extent(words.text, em(words.largest_mm), None, **words.font)[0] + 2)
        return float(sum(parts) + self.spacing * (len(parts) - 1))


class Strip(ClothColumn, Root):
    """The village's name, what works now, and the button for the preferences."""

    place = StringProperty("")
    compact = BooleanProperty(False)
    offers = BooleanProperty(False)

    def __init__(self, send: Send, **kwargs: Any) -> None:
        self.send = send
        super().__init__(**kwargs)

    def on_kv_post(self, _base: object) -> None:
        """The mains is a sign only while it is gone: most cabinets have no battery."""
        self._mains = self.ids.mains.__self__
        self._mains.works = False
        self.ids.lights.remove_widget(self._mains)

    def adjust(self) -> None:
        """Open the panel of preferences."""
        self.send(Adjust(True))

    def show(self, place: str, lights: Lights | None, offers: bool = False) -> None:
        """``lights`` is None while nobody knows; ``offers``: the screen may be chosen now."""
        self.place = place
        self.offers = offers
        signs = self.ids.lights
        signs.opacity = 0 if lights is None else 1
        if lights is not None:
            self.ids.reader.works = lights.reader
            self.ids.printer.works = lights.printer
            self.ids.link.works = lights.link
            self._show_mains(lights.mains)
        self.arrange_soon()

    def _arrange(self, *_: object) -> None:
        """Words beside the signs only where there is space for them."""
        self.compact = False
        name = theme.mm(46) * theme.text_scale()
        self.compact = self._signs() + name > self.width
        super()._arrange(*_)

    def _signs(self) -> float:
        fit, lights = Fit(), self.ids.lights
        apart = lights.spacing + 3 * self.ids.row.spacing
        return float(lights.own_width(fit) + apart + self.ids.adjust.own_width(fit))

    def _show_mains(self, works: bool) -> None:
        signs = self.ids.lights
        if works and self._mains.parent is not None:
            signs.remove_widget(self._mains)
        elif not works and self._mains.parent is None:
            signs.add_widget(self._mains)


class Signs(Row):
    """The signs, as wide as they are."""

    def own_width(self, fit: Fit) -> float:
        """Of all signs."""
        widths = [light.own_width(fit) for light in self.children]
        return float(sum(widths) + self.spacing * max(0, len(widths) - 1))


class IdleWarning(Root):
    """Over the page: is anybody still here? It takes all touches."""

    countdown = StringProperty("")

    def __init__(self, send: Send, **kwargs: Any) -> None:
        self.send = send
        super().__init__(**kwargs)

    def still_here(self) -> None:
        """The visitor answers."""
        self.send(StillHere())

    def show(self, seconds: int) -> None:
        """How long there is to answer."""
        self.countdown = tr(
            Say(
                "Layar ditutup dalam {n} detik untuk menjaga data Anda.",
                {"n": str(seconds)},
            )
        )

    def on_touch_down(self, touch: Any) -> bool:
        """Nothing under the warning can be touched."""
        super().on_touch_down(touch)
        return True


class Stage(FloatLayout):
    """All of the window. ``show`` draws a view; ``prepare`` is where nobody is connected.

    ``on_drawn``: something else may be seen now. ``on_finger``: somebody touches. ``turn`` counts
    pages, questions and warnings that came.
    """

    __events__ = ("on_drawn", "on_finger")

    ground = ColorProperty()

    def __init__(self, send: Send, settle_seconds: float = SETTLE_SECONDS, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ground = theme.CREAM
        self._send = send
        self._settle_seconds = settle_seconds
        self._settled = True
        self._waiting: list[Callable[[], None]] = []
        self._settle = Clock.create_trigger(self._be_settled, settle_seconds)
        self._forget = Clock.create_trigger(self._forget_all, FORGET_SECONDS)
        self._view: ViewState | None = None
        self._page: Page | None = None
        self._shown: Screen | None = None
        self._warning: IdleWarning | None = None
        self._cover: Cover | None = None
        self._strip = self._make_strip()
        self.turn = 0
        self.prepare()

    def prepare(self) -> None:
        """There is no controller: nothing of any visitor stays."""
        self._view = self._shown = None
        self._dress(Preferences())
        self._strip.show("", None)
        self._warn(None)
        self._hide(Preferences())
        self._turn_to(PreparingPage(self._send))
        self._forget()
        self.dispatch("on_drawn")

    def show(self, view: ViewState) -> None:
        """Draw ``view``."""
        self._dress(view.preferences)
        self._strip.show(view.place, view.lights, view.adjustable)
        if view.adjusting:
            self._adjust(view.preferences)
        else:
            self._draw(view.screen)
        self._warn(view.idle_seconds)
        self._hide(view.preferences)
        self._view = view
        self.dispatch("on_drawn")

    @property
    def view(self) -> ViewState | None:
        """What is shown; None without a controller."""
        return self._view

    @property
    def strip(self) -> Strip:
        """What stands above every page."""
        return self._strip

    @property
    def settled(self) -> bool:
        """Whether touches count."""
        return self._settled

    @property
    def is_secret(self) -> bool:
        """Whether what is typed now is a secret."""
        return self._warning is None and self._page is not None and self._page.secret

    def on_drawn(self) -> None:
        """The event's default: nothing."""

    def on_finger(self) -> None:
        """The event's default: nothing."""

    def look(self) -> tuple[int, str, Widget]:
        """For the inspector: serial, screen, and the part that takes touches."""
        over = self._warning or self.ids.body
        if self._view is None:
            return -1, "preparing", over
        if self._view.adjusting:
            return self._view.serial, "adjusting", over
        return self._view.serial, str(type(self._view.screen).__struct_config__.tag), over

    def reach(self) -> list[Widget]:
        """For keys: the part that takes touches, and the strip where nothing lies over the page."""
        is_covered = self._warning is not None or isinstance(self._page, AdjustingPage)
        here = self.look()[2]
        stands_alone = is_covered or self._strip.parent is None
        return [here] if stands_alone else [here, self._strip]

    def at_rest(self, act: Callable[[], None]) -> None:
        """Call ``act`` when touches count: now, or soon."""
        if self._settled:
            act()
        else:
            self._waiting.append(act)

    def on_touch_down(self, touch: Any) -> bool:
        """Touches count when the page has stood for a moment."""
        self.dispatch("on_finger")
        return bool(super().on_touch_down(touch)) if self._settled else True

    def _dress(self, wish: Preferences) -> None:
        """Words, colours and sizes are read when a widget is made: with others, all are made
        anew.
        """
        looks_other = theme.use(wish.theme, wish.text_size)
        if not texts.use(wish.language) and not looks_other:
            return
        self.ground = theme.CREAM
        self.ids.all.remove_widget(self._strip)
        self._strip = self._make_strip()
        self._warn(None)
        self._page = None

    def _make_strip(self) -> Strip:
        strip = Strip(self._send)
        self._put_above(strip)
        return strip

    def _put_above(self, strip: Strip) -> None:
        self.ids.all.add_widget(strip, len(self.ids.all.children))

    def on_touch_up(self, touch: Any) -> bool:
        """What a touch did to the page is drawn by now."""
        taken = bool(super().on_touch_up(touch))
        self.dispatch("on_drawn")
        return taken

    def _forget_all(self, *_: object) -> None:
        forget_texts()
        gc.collect()

    def _adjust(self, wish: Preferences) -> None:
        """The panel in place of the page, which is made anew when the panel is closed."""
        self._shown = None
        panel = self._page
        if not isinstance(panel, AdjustingPage):
            (before,) = self.ids.body.children
            panel = AdjustingPage(self._send)
            panel.go_on(before)
            self._turn_to(panel, is_new=not isinstance(before, AdjustingPage))
        panel.show(wish)

    def _hide(self, wish: Preferences) -> None:
        """Cover all of it; what lies under the cover is still there for keys and ears."""
        if self._cover is not None:
            self.remove_widget(self._cover)
            self._cover = None
        if wish.hidden:
            self._cover = Cover(self._send, wish)
            self.add_widget(self._cover)

    def _draw(self, screen: Screen) -> None:
        before, self._shown = self._shown, screen
        if self._page is None or type(before) is not type(screen):
            page = PAGES[type(screen)](self._send)
            page.show(screen)
            self._turn_to(page)
            if isinstance(screen, _NOBODY_HERE):
                self._forget()
        elif screen != before:
            self._page.show(screen)
            if _is_another_question(before, screen):
                self._unsettle()

    def _turn_to(self, page: Page, is_new: bool = True) -> None:
        body = self.ids.body
        body.clear_widgets()
        if self._strip.parent is None:
            self._put_above(self._strip)
        page.size, page.pos = body.size, body.pos  # else it is first laid out in Kivy's 100 x 100
        body.add_widget(page)
        page.fbind("crowded", self._make_room)
        self._page = page
        if is_new:
            self._unsettle()

    def _make_room(self, page: Page, crowded: bool) -> None:
        """On a small panel a keyboard leaves no room for the strip; it is back on the next page.
        Before all is laid out for the first time, no page has its room.
        """
        is_laid_out = self.ids.body.size == page.size and page.width == self.width
        if crowded and page is self._page and is_laid_out:
            self.ids.all.remove_widget(self._strip)

    def _warn(self, seconds: int | None) -> None:
        if seconds is None:
            if self._warning is not None:
                self.remove_widget(self._warning)
                self._warning = None
                self.turn += 1
            return
        if self._warning is None:
            self._warning = IdleWarning(self._send)
            self.add_widget(self._warning)
            self._unsettle()
        self._warning.show(seconds)

    def _unsettle(self) -> None:
        self.turn += 1
        if self._settle_seconds:
            self._settled = False
            self._settle.cancel()
            self._settle()

    def _be_settled(self, *_: object) -> None:
        self._settled = True
        waiting, self._waiting = self._waiting, []
        for act in waiting:
            act()


def _is_another_question(before: Screen | None, now: Screen) -> bool:
    if isinstance(before, Pin) and isinstance(now, Pin):
        return before.asks != now.asks
    if isinstance(now, LetterList):
        return True
    return (
        isinstance(before, Form)
        and isinstance(now, Form)
        and (before.question.name, bool(before.rows)) != (now.question.name, bool(now.rows))
    )


class AnjunganApp(App):
    """Ties the stage to the controller's socket, and the visitor's keys and ears to the stage."""

    def __init__(
        self,
        socket_path: Path,
        inspector: Inspector | None = None,
        ears: Ears | None = None,
    ) -> None:
        super().__init__()
        self._bridge = Bridge(socket_path, self._on_view, self._on_lost)
        self._inspector = inspector
        self._ears = ears or Ears(NoVoice())

    def build(self) -> Stage:
        """Make the stage; the controller fills it."""
        self._stage = Stage(self._bridge.send)
        self._guide = Guide(self._stage, self._bridge.send, self._ears)
        self._guide.listen()
        return self._stage

    def on_start(self) -> None:
        """The window stands: look for the controller."""
        if self._inspector is not None:
            self._inspector.start(self._stage.look, self._stage.at_rest)
        self._bridge.start()

    def on_stop(self) -> None:
        """Let go of the sockets, and fall silent."""
        self._bridge.close()
        self._guide.close()
        if self._inspector is not None:
            self._inspector.close()

    def open_settings(self, *_: object) -> bool:
        """A kiosk has no settings panel."""
        return False

    @mainthread
    def _on_view(self, view: ViewState) -> None:
        self._stage.show(view)

    @mainthread
    def _on_lost(self) -> None:
        self._stage.prepare()


load_kv(__file__)
