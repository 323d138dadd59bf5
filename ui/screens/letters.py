"""Choose a letter by what one wants, not by its name."""

from __future__ import annotations

from typing import Any

from kivy.properties import StringProperty

from firmware.core.view import (
    ChooseGroup,
    ChooseLetter,
    Intent,
    LetterGroup,
    LetterItem,
    LetterList,
    Say,
)
from ui.page import Page, Send, load_kv
from ui.texts import tr
from ui.widgets import Touchable

_FEW = 4


class NeedTile(Touchable):
    """Something that people come for, in their words; below it smaller what offices call it."""

    icon = StringProperty("letter")
    need_words = StringProperty("")
    title = StringProperty("")
    proofs = StringProperty("")

    def __init__(self, target_id: str, says: Intent, send: Send, **kwargs: Any) -> None:
        super().__init__(target_id=target_id, look="plain", **kwargs)
        self.bind(on_tap=lambda *_: send(says))


class NeedCard(NeedTile):
    """The picture above the words."""


class NeedRow(NeedTile):
    """The picture beside the words, where there are many."""


class LettersPage(Page):
    """Large cards: letters, and groups of them where there are many."""

    heading = StringProperty("")
    _kind: type[NeedTile] = NeedCard

    def show(self, screen: LetterList) -> None:
        """Draw the letters, or the groups that lead to them."""
        cards = self.ids.cards
        cards.clear_widgets()
        is_short = not screen.groups and not screen.more and len(screen.items) <= _FEW
        self._kind = NeedCard if is_short else NeedRow
        made = [self._group(group) for group in screen.groups]
        made += [self._letter(item) for item in screen.items]
        if screen.more:
            made.append(self._others())
        cards.most = 3 if len(made) > 4 else 2
        for card in made:
            cards.add_widget(card)
        for sheet in self.sheets():
            sheet.leaf = 0
        self.heading = screen.title or tr("Apa yang Anda perlukan?")

    def _letter(self, item: LetterItem) -> NeedTile:
        card = self._kind(f"letter-{item.id}", ChooseLetter(item.id), self.send)
        card.icon, card.need_words, card.title = item.icon, item.need, item.title
        if item.proofs:
            card.proofs = tr(Say("Bawa: {things}", {"things": ", ".join(item.proofs)}))
        return card

    def _group(self, group: LetterGroup) -> NeedTile:
        card = self._kind(f"group-{group.id}", ChooseGroup(group.id), self.send)
        card.icon, card.need_words, card.title = group.icon, group.title, group.hint
        return card

    def _others(self) -> NeedTile:
        card = self._kind("other-letters", ChooseGroup(""), self.send)
        card.icon, card.need_words = "list", tr("Keperluan lain")
        card.title = tr("Lihat semua surat")
        return card


load_kv(__file__)
