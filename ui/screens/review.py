"""Everything once more before it is sent."""

from __future__ import annotations

from kivy.properties import ListProperty, StringProperty

from firmware.core.view import OpenQuestion, Review, Say
from ui import lettering  # noqa: F401  (review.kv names its class)
from ui.page import Page, load_kv, rows_of
from ui.screens.answering import RowCard
from ui.texts import tr


class ReviewPage(Page):
    """The answers, each to be touched; beside them the letter's words and what was known."""

    title = StringProperty("")
    proofs = StringProperty("")
    known = ListProperty([])

    def on_kv_post(self, _base: object) -> None:
        """The ids are weak: what leaves the tree must be held to come back."""
        self._letter, self._words = self.ids.letter.__self__, self.ids.words.__self__
        self._sides = self._letter.parent

    def show(self, screen: Review) -> None:
        """Draw them. The panel of words is there only where there is something to say."""
        self.title = screen.title
        self.known = rows_of(screen.known)
        self.ids.answers.clear_widgets()
        for row in screen.answers:
            card = RowCard(f"mend-{row.name}")
            card.tell(row)
            card.bind(on_tap=lambda _, name=row.name: self.send(OpenQuestion(name)))
            self.ids.answers.add_widget(card)
        self._words.pieces = list(screen.words)
        things = ", ".join(screen.proofs)
        self.proofs = tr(Say("Bawa: {things}", {"things": things})) if things else ""
        says_something = bool(screen.words or screen.proofs)
        if says_something and self._letter.parent is None:
            self._sides.add_widget(self._letter, len(self._sides.children))
        elif not says_something and self._letter.parent is not None:
            self._sides.remove_widget(self._letter)


load_kv(__file__)
