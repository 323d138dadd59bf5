"""One question a page: typed, chosen, or a day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    ListProperty,
    NumericProperty,
    StringProperty,
)

from firmware.core.view import Answer, Back, Form, Next, Question, Say
from ui import dates, theme
from ui.echo import Echo
from ui.layout import Box, Column, Fit, Footer, Row
from ui.page import Page, Send, load_kv, rows_of
from ui.texts import shown, tr
from ui.widgets import Panel, TouchButton


class Verdict(Row):
    """What to mend, or that it is good; the hint while nothing stands there yet."""

    text = StringProperty("")
    icon = StringProperty("info")
    ink = ColorProperty()
    largest_mm = NumericProperty(4.4)
    lines = NumericProperty(0)

    def judge(self, question: Question, value: str, settled: bool, good: str = "") -> None:
        """Say what the controller found, unless it has not seen ``value`` yet.

        ``good``: what to say of a good answer.
        """
        if not value:
            self.text, self.icon, self.ink = question.hint, "info", theme.MUTED
        elif not settled:
            return
        elif question.problem is not None:
            self.text, self.icon, self.ink = tr(question.problem), "warning", theme.RED
        else:
            self.text, self.icon, self.ink = good or tr("Sudah benar"), "success", theme.GREEN


class Aside(Panel):
    """Shown only where there is space to spare."""

    def need(self, _width: float, _fit: Fit) -> float:
        """It asks for none."""
        return 0

    def put(self, box: Box, fit: Fit) -> None:
        """In the largest type that fits, or not at all."""
        for factor in (fit.factor, 0.8, 0.7, 0.62):
            if super().need(box.width, Fit(factor)) <= box.height:
                break
        else:
            factor, self.opacity = 0.62, 0
            super().put(box, Fit(factor))
            return
        self.opacity = 1
        super().put(box, Fit(factor))


class FormFooter(Footer):
    """Back and on; on only when the answer is good."""

    can_go_on = BooleanProperty(False)
    __events__ = ("on_next", "on_back")

    def on_next(self) -> None:
        """The event's default: nothing."""

    def on_back(self) -> None:
        """The event's default: nothing."""


class Body(Column):
    """The middle of the page for one kind of question."""

    title = StringProperty("")
    progress = StringProperty("")
    question = StringProperty("")
    hint = StringProperty("")
    known = ListProperty([])
    value = StringProperty("")
    can_go_on = BooleanProperty(False)
    __events__: tuple[str, ...] = ("on_answer", "on_next", "on_back")

    def update(self, screen: Form, value: str, settled: bool) -> None:
        """Draw the question as it stands; ``value`` is what the visitor has before the eyes."""
        question = screen.question
        self.title = screen.title
        place = {"number": str(question.position), "total": str(question.total)}
        self.progress = tr(Say("Pertanyaan {number} dari {total}", place))
        self.question, self.hint = question.question, question.hint
        self.known = rows_of(screen.known)
        self.value = value
        self.can_go_on = settled and question.problem is None

    def on_answer(self, value: str) -> None:
        """The visitor changed the answer. The event's default: nothing."""

    def on_next(self) -> None:
        """The event's default: nothing."""

    def on_back(self) -> None:
        """The event's default: nothing."""


class TextBody(Body):
    """A line of text and our keyboard under it."""

    choosable = BooleanProperty(False)
    __events__ = ("on_choices",)

    def __init__(self, value: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        keyboard = self.ids.keyboard
        keyboard.start(value)
        keyboard.bind(on_typed=lambda keyboard: self.dispatch("on_answer", keyboard.value))

    def update(self, screen: Form, value: str, settled: bool) -> None:
        """The keyboard goes on from the value shown."""
        super().update(screen, value, settled)
        if value != self.ids.keyboard.value:
            self.ids.keyboard.start(value)
        self.ids.verdict.judge(screen.question, value, settled)

    def on_choices(self) -> None:
        """Back from typing to the choices. The event's default: nothing."""


class ChoiceBody(Body):
    """Tiles. The last one opens the keyboard when there may be another answer."""

    __events__ = ("on_other",)

    def __init__(self, question: Question, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._tiles = {
            choice.value: self._tile(
                f"choice-{number}", shown(choice.text), self._answering(choice.value)
            )
            for number, choice in enumerate(question.choices)
        }
        tiles = list(self._tiles.values())
        if question.other:
            tiles.append(self._other_tile())
        for tile in tiles:
            self.ids.tiles.add_widget(tile)

    def _tile(self, target_id: str, text: str, act: Callable[..., None]) -> TouchButton:
        tile = TouchButton(target_id=target_id, text=text, bold=False, halign="left")
        tile.bind(on_tap=act)
        return tile

    def _answering(self, choice: str) -> Callable[..., None]:
        return lambda *_: self.dispatch("on_answer", choice)

    def _other_tile(self) -> TouchButton:
        tile = self._tile("choice-other", tr("Tulis sendiri"), lambda *_: self.dispatch("on_other"))
        tile.icon, tile.bold = "keyboard", True
        return tile

    def update(self, screen: Form, value: str, settled: bool) -> None:
        """The chosen tile has a check, not only another colour."""
        super().update(screen, value, settled)
        for choice, tile in self._tiles.items():
            chosen = choice == value
            tile.look = "chosen" if chosen else "plain"
            tile.icon = "success" if chosen else ""
            tile.bold = chosen

    def on_other(self) -> None:
        """None of these. The event's default: nothing."""


class DateBody(Body):
    """A day, by digits; the dashes come by themselves."""

    shown = StringProperty("")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._touched = False
        pad = self.ids.pad
        pad.bind(on_digit=lambda _, digit: self._add(digit))
        pad.bind(on_erase=lambda *_: self._erase())

    def update(self, screen: Form, value: str, settled: bool) -> None:
        """Digits, and the same day in words for those who read words better."""
        super().update(screen, value, settled)
        self.shown = dates.template(value)
        if 0 < len(value) < dates.LENGTH:
            verdict = self.ids.verdict
            verdict.text = tr("Ketik tanggal, bulan, lalu tahun.")
            verdict.icon, verdict.ink = "info", theme.MUTED
        else:
            self.ids.verdict.judge(screen.question, value, settled, dates.in_words(value))

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
        self._body = body = self._body_for(self._screen.question)
        body.bind(on_answer=lambda _, value: self._answer(value))
        body.bind(on_next=lambda *_: self.send(Next()), on_back=lambda *_: self.send(Back()))
        self.add_widget(body)

    def _body_for(self, question: Question) -> Body:
        if question.kind == "date":
            return DateBody()
        if question.kind == "choice" and not self._typing:
            choices = ChoiceBody(question)
            choices.bind(on_other=lambda *_: self._type_instead(True))
            return choices
        text = TextBody(self._echo.value, choosable=question.kind == "choice")
        text.bind(on_choices=lambda *_: self._type_instead(False))
        return text

    def _type_instead(self, typing: bool) -> None:
        self._typing = typing
        if self._echo.value:
            self._answer("")
        self._make_body()
        self._update()

    def _answer(self, value: str) -> None:
        self._echo.type(value)
        self.send(Answer(self._echo.name, value))
        self._update()

    def _update(self) -> None:
        assert self._screen is not None and self._body is not None
        self._body.update(self._screen, self._echo.value, self._echo.settled)


load_kv(__file__)
