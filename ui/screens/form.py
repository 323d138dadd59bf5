"""One question a page, or all of them: typed, chosen, a day, or figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.core.window import Window
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, StringProperty

from firmware.core.view import Answer, Arrange, Back, Form, Next, OpenQuestion, Question, Say
from ui import dates, figures, theme
from ui.dates import Part
from ui.echo import Echo
from ui.keyboard import NumberPad, beside_keys
from ui.layout import Column, Row, changed
from ui.page import Page, Send, load_kv, rows_of
from ui.screens import answering
from ui.texts import shown, tr
from ui.widgets import TouchButton

_LONG = 56
"""Letters of a question above a keyboard that need all the width."""


class Body(Column):
    """The middle of the page for one kind of question."""

    title = StringProperty("")
    progress = StringProperty("")
    question = StringProperty("")
    hint = StringProperty("")
    known = ListProperty([])
    value = StringProperty("")
    can_go_on = BooleanProperty(False)
    one_page = BooleanProperty(False)
    __events__: tuple[str, ...] = ("on_answer", "on_next", "on_back", "on_arrange", "on_open")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ids.strip.bind(on_open=lambda _, name: self.dispatch("on_open", name))

    def update(self, screen: Form, value: str, settled: bool) -> None:
        """Draw the question as it stands; ``value`` is what the visitor has before the eyes."""
        question = screen.question
        self.title, self.progress = screen.title, _progress(question)
        self.question, self.hint = question.question, question.hint
        self.known = rows_of(screen.known)
        self.value = value
        self.one_page = bool(screen.rows)
        self.can_go_on = settled and (self.one_page or question.problem is None)
        self.ids.strip.tell(screen.rows, question.name)

    def on_answer(self, value: str) -> None:
        """The visitor changed the answer. The event's default: nothing."""

    def on_next(self) -> None:
        """The event's default: nothing."""

    def on_back(self) -> None:
        """The event's default: nothing."""

    def on_arrange(self) -> None:
        """One question a page, or all of them. The event's default: nothing."""

    def on_open(self, name: str) -> None:
        """Another question was touched. The event's default: nothing."""


def _progress(question: Question) -> str:
    if not question.total:
        return ""
    place = {"number": str(question.position), "total": str(question.total)}
    return tr(Say("Pertanyaan {number} dari {total}", place))


class TextBody(Body):
    """A line of text, what it may become, and our keyboard under it."""

    side = NumericProperty(0)
    is_long = BooleanProperty(False)
    is_narrow = BooleanProperty(False)
    shown = StringProperty("")
    __events__ = ("on_choices",)

    def __init__(self, screen: Form, value: str, **kwargs: Any) -> None:
        self.side, self.is_narrow = beside_keys(), answering.is_narrow()
        super().__init__(**kwargs)
        self._is_choice = screen.question.kind == "choice"
        if not self._is_choice:
            self.ids.choices.parent.remove_widget(self.ids.choices.__self__)
        if self.is_narrow and not screen.rows:
            self.ids.arrange.parent.remove_widget(self.ids.arrange.__self__)
        self.is_long = len(screen.question.question) > _LONG
        keyboard = self.ids.keyboard
        keyboard.order, keyboard.capitals = screen.keys, screen.question.capitals
        keyboard.start(value)
        keyboard.bind(on_typed=lambda keyboard: self.dispatch("on_answer", keyboard.value))
        self.ids.suggestions.bind(on_choose=lambda _, text: self._choose(text))

    def update(self, screen: Form, value: str, settled: bool) -> None:
        """The keyboard goes on from the value shown."""
        super().update(screen, value, settled)
        self.shown = self._end_of(value)
        keyboard = self.ids.keyboard
        keyboard.order = screen.keys
        if value != keyboard.value:
            keyboard.start(value)
        self.ids.verdict.judge(screen.question, value, settled)
        if settled:
            self.ids.suggestions.tell(screen.question.suggestions)

    def _end_of(self, value: str) -> str:
        """As much of it as the line holds in the smallest type; typing goes on at its end."""
        share = 1.0 if self.is_long or theme.is_upright() else 0.56
        beside = theme.mm(46 if self._is_choice else 12)
        room = int((Window.width * share - beside) / (theme.floor() * 0.6))
        return value if len(value) <= room else "…" + value[1 - room :]

    def _choose(self, text: str) -> None:
        self.ids.keyboard.start(text)
        self.dispatch("on_answer", text)

    def on_choices(self) -> None:
        """Back from typing to the choices. The event's default: nothing."""


class ChoiceBody(Body):
    """Tiles. The last one opens the keyboard when there may be another answer."""

    __events__ = ("on_other",)

    def __init__(self, question: Question, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._tiles = {
            choice.value: _tile(f"choice-{n}", shown(choice.text), self._answering(choice.value))
            for n, choice in enumerate(question.choices)
        }
        tiles = list(self._tiles.values())
        if question.other:
            tiles.append(self._other_tile())
        for tile in tiles:
            self.ids.tiles.add_widget(tile)

    def _answering(self, choice: str) -> Callable[..., None]:
        return lambda *_: self.dispatch("on_answer", choice)

    def _other_tile(self) -> TouchButton:
        tile = _tile("choice-other", tr("Tulis sendiri"), lambda *_: self.dispatch("on_other"))
        tile.icon, tile.bold = "keyboard", True
        return tile

    def update(self, screen: Form, value: str, settled: bool) -> None:
        """The chosen tile has a check, not only another colour."""
        super().update(screen, value, settled)
        for choice, tile in self._tiles.items():
            chosen = choice == value
            tile.choose(chosen)
            tile.bold = chosen

    def on_other(self) -> None:
        """None of these. The event's default: nothing."""


def _tile(target_id: str, text: str, act: Callable[..., None]) -> TouchButton:
    tile = TouchButton(target_id=target_id, text=text, bold=False, halign="left")
    tile.bind(on_tap=act)
    return tile


class Wheel(Row):
    """A part of a date between "less" and "more". ``on_turn(by)``."""

    name = StringProperty("day")
    shown = StringProperty("")
    less = StringProperty("")
    more = StringProperty("")
    __events__ = ("on_turn",)

    def on_turn(self, by: int) -> None:
        """The event's default: nothing."""


_TOLD: dict[Part, tuple[Say, Say]] = {
    "day": (Say("Satu hari lebih awal"), Say("Satu hari lebih lambat")),
    "month": (Say("Satu bulan lebih awal"), Say("Satu bulan lebih lambat")),
    "year": (Say("Satu tahun lebih awal"), Say("Satu tahun lebih lambat")),
}


class DateBody(Body):
    """A day: chosen at once, by wheels, or by digits; the dashes come by themselves."""

    shown = StringProperty("")
    typing = BooleanProperty(False)

    def __init__(self, question: Question, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._start = question.start
        self._touched = False
        self._days: dict[str, TouchButton] = {}
        self._wheels = {part: self._wheel(part) for part in _TOLD}
        self._pad = NumberPad(prefix="key-", erase_id="key-backspace", stretch=1)
        self._pad.bind(on_digit=lambda _, digit: self._add(digit))
        self._pad.bind(on_erase=lambda *_: self._erase())
        self.type_instead(False)

    def type_instead(self, typing: bool) -> None:
        """Digits take the wheels' place, or give it back."""
        self.typing = typing
        self.ids.wheels.clear_widgets()
        for part in [self._pad] if typing else self._wheels.values():
            self.ids.wheels.add_widget(part)
        changed(self.ids.wheels)

    def update(self, screen: Form, value: str, settled: bool) -> None:
        """The same day in words for those who read words better."""
        super().update(screen, value, settled)
        self.shown = dates.template(value)
        self._tell_wheels(value if dates.parts_of(value) else self._start)
        self._tell_shortcuts(screen.question, value)
        if 0 < len(value) < dates.LENGTH:
            verdict = self.ids.verdict
            verdict.text = tr("Ketik tanggal, bulan, lalu tahun.")
            verdict.icon, verdict.ink = "info", theme.MUTED
        else:
            self.ids.verdict.judge(screen.question, value, settled, dates.in_words(value))

    def _tell_wheels(self, value: str) -> None:
        parts = dates.parts_of(value)
        if parts is not None:
            day, month, year = parts
            self._wheels["day"].shown = str(day)
            self._wheels["month"].shown = dates.month_in_words(month)
            self._wheels["year"].shown = str(year)

    def _tell_shortcuts(self, question: Question, value: str) -> None:
        if list(self._days) != [day.value for day in question.shortcuts]:
            self.ids.shortcuts.clear_widgets()
            self._days = {
                day.value: _tile(f"day-{n}", tr(day.shown), self._answering(day.value))
                for n, day in enumerate(question.shortcuts)
            }
            for tile in self._days.values():
                self.ids.shortcuts.add_widget(tile)
        for day, tile in self._days.items():
            tile.choose(day == value)

    def _answering(self, day: str) -> Callable[..., None]:
        return lambda *_: self._say(day)

    def _wheel(self, part: Part) -> Wheel:
        less, more = _TOLD[part]
        wheel = Wheel(name=part, less=tr(less), more=tr(more))
        wheel.bind(on_turn=lambda _, by: self._turn(part, by))
        return wheel

    def _turn(self, part: Part, by: int) -> None:
        self._touched = True
        began = self.value if dates.parts_of(self.value) else self._start
        self._say(dates.stepped(began, part, by))

    def _add(self, digit: int) -> None:
        # A day that the form proposed gives way to the first digit typed.
        begun = self.value if self._touched else ""
        self._touched = True
        self._say(dates.add_digit(begun, digit))

    def _erase(self) -> None:
        self._touched = True
        self._say(dates.drop_digit(self.value))

    def _say(self, value: str) -> None:
        if value != self.value:
            self.value = value
            self.dispatch("on_answer", value)


class FiguresBody(Body):
    """A number, an amount, or another thing of digits alone."""

    shown = StringProperty("")

    def __init__(self, question: Question, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._kind = question.kind
        pad = self.ids.pad
        pad.has_noughts = question.kind == "amount"
        pad.bind(on_digit=lambda _, digit: self._add(str(digit)))
        pad.bind(on_noughts=lambda *_: self._add("000"))
        pad.bind(on_erase=lambda *_: self._say(self.value[:-1]))

    def update(self, screen: Form, value: str, settled: bool) -> None:
        """In groups, and in words where there are any."""
        super().update(screen, value, settled)
        self.shown = figures.spaced(self._kind, value)
        self.ids.verdict.judge(screen.question, value, settled, screen.question.reading)

    def _add(self, digits: str) -> None:
        self._say(figures.added(self._kind, self.value, digits))

    def _say(self, value: str) -> None:
        if value != self.value:
            self.value = value
            self.dispatch("on_answer", value)


class FormPage(Page):
    """Holds the body for the question at hand."""

    def __init__(self, send: Send, **kwargs: Any) -> None:
        super().__init__(send, **kwargs)
        self._echo = Echo()
        self._typing = False
        self._screen: Form | None = None
        self._body: Body | None = None

    def show(self, screen: Form) -> None:
        """Another question gets another body; the same one is only brought up to date."""
        fresh = screen.question.name != self._echo.name
        self._screen = screen
        self._echo.hear(screen.question.name, screen.question.value)
        own_words = self._echo.settled and self._is_own_words(screen.question)
        if fresh or (own_words and not self._typing):
            self._typing = own_words
            self._make_body()
        self._update()

    def _is_own_words(self, question: Question) -> bool:
        value = question.value
        return (
            question.other and bool(value) and all(value != one.value for one in question.choices)
        )

    def _make_body(self) -> None:
        assert self._screen is not None
        self.clear_widgets()
        self._body = body = self._body_for(self._screen)
        body.bind(on_answer=lambda _, value: self._answer(value))
        body.bind(on_next=lambda *_: self.send(Next()), on_back=lambda *_: self.send(Back()))
        body.bind(on_arrange=lambda *_: self._rearrange())
        body.bind(on_open=lambda _, name: self.send(OpenQuestion(name)))
        self.add_widget(body)

    def _body_for(self, screen: Form) -> Body:
        question = screen.question
        if question.kind == "date":
            return DateBody(question)
        if question.kind in figures.LONGEST:
            return FiguresBody(question)
        if question.kind == "choice" and not self._typing:
            choices = ChoiceBody(question)
            choices.bind(on_other=lambda *_: self._type_instead(True))
            return choices
        text = TextBody(screen, self._echo.value)
        text.bind(on_choices=lambda *_: self._type_instead(False))
        return text

    def _type_instead(self, typing: bool) -> None:
        self._typing = typing
        if self._echo.value:
            self._answer("")
        self._make_body()
        self._update()

    def _rearrange(self) -> None:
        assert self._screen is not None
        self.send(Arrange(one_page=not self._screen.rows))

    def _answer(self, value: str) -> None:
        self._echo.type(value)
        self.send(Answer(self._echo.name, value))
        self._update()

    def _update(self) -> None:
        assert self._screen is not None and self._body is not None
        self._body.update(self._screen, self._echo.value, self._echo.settled)


load_kv(__file__)
