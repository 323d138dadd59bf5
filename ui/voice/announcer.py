"""Decides what is said when: a new page whole, an old one's changes, and where the keys stand.

It knows no screen and no loudspeaker: it is shown sights and gives speeches.
"""

from __future__ import annotations

from dataclasses import dataclass

from firmware.core.view import Attract, Done, Notice, Pin, Preferences, Say, Screen, Ticket
from ui.texts import tr
from ui.voice.outline import Outline, Phrases, Spot, changes, item_phrases, page_phrases, wrote
from ui.voice.protocols import Earcon, Speech, Voice


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen now. ``turn`` grows when another page, question or warning is there.
    ``spot``: where the keys stand, if they are used. ``private``: only the visitor hears.
    """

    turn: int
    screen: Screen | None
    strip: Outline
    page: Outline
    spot: Spot | None
    wishes: Preferences
    private: bool = False


_NOTHING = Sight(-1, None, Outline(), Outline(), None, Preferences())


class Announcer:
    """Speaks by ``voice``. ``sounds``: short sounds are made, with and without words."""

    def __init__(self, voice: Voice, sounds: bool = True) -> None:
        self._voice = voice
        self._sounds = sounds
        self._told = _NOTHING
        self._seen = _NOTHING

    def see(self, sight: Sight, by_key: bool = False, moved: bool = False) -> None:
        """Something was drawn, or a key was pressed. Says what is new; and where the keys stand
        when they ``moved``, though it be the same place again.
        """
        before, self._seen = self._seen, sight
        earcon = _earcon(before.screen, sight.screen)
        if by_key and not earcon:
            earcon = "key"
        if sight.wishes.voice:
            self._tell(sight, earcon, by_key, moved)
            self._told = sight
            return
        if self._told is not _NOTHING:
            self._voice.hush()
            self._told = _NOTHING
        self._speak((), earcon, at_once=True)

    def repeat(self) -> None:
        """All of the page once more, then where the keys stand."""
        self._speak((*page_phrases(self._seen.page), *self._spot_phrases()), "", at_once=True)

    def help(self) -> None:
        """How the keys are used, what the strip says, and all of the page."""
        strip = page_phrases(self._seen.strip)
        page = page_phrases(self._seen.page)
        count = tr(Say("Di halaman ini ada {count} pilihan.", {"count": self._pressable}))
        words = (*_how_to_use(), *strip, *page, count, *self._spot_phrases())
        self._speak(words, "", at_once=True)

    @property
    def _pressable(self) -> str:
        return str(sum(item.enabled for item in self._seen.page.items))

    def _tell(self, sight: Sight, earcon: Earcon, by_key: bool, moved: bool) -> None:
        told = self._told
        is_new = told.turn != sight.turn
        greeting = (tr("Suara menyala."),) if told is _NOTHING else ()
        is_same_language = told.wishes.language == sight.wishes.language
        strip = changes(told.strip, sight.strip) if is_same_language or told is _NOTHING else ()
        if is_new:
            words = (*page_phrases(sight.page), *self._secrecy(sight))
        else:
            words = changes(told.page, sight.page)
        if sight.spot is not None and (is_new or moved or sight.spot != told.spot):
            words += item_phrases(sight.spot, sight.private)
        at_once = is_new or by_key or wrote(told.page, sight.page)
        self._speak((*greeting, *strip, *words), earcon, at_once)

    def _secrecy(self, sight: Sight) -> Phrases:
        """How a PIN is typed by who must not be overheard."""
        if sight.private or not any(item.kind == "secret" for item in sight.page.items):
            return ()
        return (
            tr("Angka tidak disebutkan, supaya tidak didengar orang lain."),
            tr(
                "Mulai dari angka pertama, hitung tiap langkah. Setelah dipilih, mulai lagi dari"
                " angka pertama."
            ),
        )

    def _spot_phrases(self) -> Phrases:
        spot = self._seen.spot
        return item_phrases(spot, self._seen.private) if spot is not None else ()

    def _speak(self, words: Phrases, earcon: Earcon, at_once: bool) -> None:
        sound = earcon if self._sounds else ""
        if not words and not sound:
            return
        wishes, private = self._seen.wishes, self._seen.private
        speech = Speech(words, wishes.language, wishes.volume, private, sound)
        if at_once:
            self._voice.say(speech)
        else:
            self._voice.add(speech)


def _how_to_use() -> Phrases:
    return (
        tr("Anjungan ini dapat dipakai dengan empat tombol."),
        tr("Sebelumnya dan Berikutnya: pindah dari satu pilihan ke pilihan lain."),
        tr("Pilih: menekan pilihan itu."),
        tr("Ulangi: mendengar halaman ini lagi. Tahan Ulangi untuk mendengar bantuan ini."),
    )


def _earcon(before: Screen | None, now: Screen | None) -> Earcon:
    """A card was read, something went well, something did not."""
    if now is None or before is None or before == now:
        return ""
    if _is_trouble(now) and not _is_trouble(before):
        return "error"
    if type(before) is type(now):
        return ""
    if isinstance(now, Ticket) or (isinstance(now, Done) and now.look == "success"):
        return "done"
    return "card" if isinstance(before, Attract) else ""


def _is_trouble(screen: Screen) -> bool:
    return isinstance(screen, Notice) or (isinstance(screen, Pin) and screen.message is not None)
