"""A page as it is heard: its lines in reading order, and what can be pressed.

Pure. ``ui.voice.reading`` makes an outline of what is drawn; here it becomes phrases.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from firmware.core.view import Say
from ui.texts import tr
from ui.voice.characters import spoken_character

LineKind = Literal["words", "entry", "stars"]
"""``entry``: what the visitor writes. ``stars``: how much of a secret was typed."""
ItemKind = Literal["button", "choice", "key", "secret"]
"""``key`` types what stands on it; of a ``secret`` one only a headphone may tell what it is."""


@dataclass(frozen=True, slots=True)
class Line:
    """A text that is drawn. For ``stars``: how many of ``total``. A ``countdown`` changes each
    second by itself.
    """

    text: str
    kind: LineKind = "words"
    total: int = 0
    countdown: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """Something to be pressed. ``position`` of ``total`` among choices, from 1."""

    id: str
    name: str
    kind: ItemKind = "button"
    chosen: bool = False
    enabled: bool = True
    position: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """Keys that stand in a row: chosen first, then a key in it."""

    keys: tuple[Item, ...]


Spot = Item | Row
Phrases = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """All of a page."""

    lines: tuple[Line, ...] = ()
    items: tuple[Item, ...] = ()


def page_phrases(outline: Outline) -> Phrases:
    """Everything that stands on the page beside what can be pressed."""
    return tuple(phrase for line in outline.lines for phrase in line_phrases(line))


def line_phrases(line: Line) -> Phrases:
    """One line."""
    if line.kind == "stars":
        return (_count(line),)
    if line.kind == "entry":
        return (tr("Isian:"), line.text.strip() or tr("masih kosong"))
    return (line.text,)


def _count(line: Line) -> str:
    places = {"typed": line.text, "total": str(line.total)}
    return tr(Say("{typed} dari {total} angka", places))


def item_phrases(spot: Spot, private: bool) -> Phrases:
    """What is pressed if one presses now. A secret key says nothing aloud."""
    if isinstance(spot, Row):
        first, last = (spoken_character(spot.keys[at].name) for at in (0, -1))
        return (tr(Say("Baris {first} sampai {last}", {"first": first, "last": last})),)
    if spot.kind == "secret" and not private:
        return ()
    if spot.kind in ("key", "secret"):
        return (spoken_character(spot.name),)
    if spot.kind == "choice":
        return (spot.name, *_place(spot), *_state(spot))
    return (tr("Tombol"), spot.name, *_state(spot))


def _place(item: Item) -> Phrases:
    places = {"at": str(item.position), "total": str(item.total)}
    return (tr(Say("pilihan {at} dari {total}", places)),)


def _state(item: Item) -> Phrases:
    chosen = (tr("terpilih"),) if item.chosen else ()
    return chosen if item.enabled else (*chosen, tr("belum bisa dipakai"))


def changes(before: Outline, now: Outline) -> Phrases:
    """What is new on a page that was told already. A countdown is told now and then."""
    entries = _entry_changes(before, now)
    known = Counter(line.text for line in before.lines if line.kind == "words")
    countdowns = {_without_digits(line.text): line.text for line in before.lines if line.countdown}
    fresh: list[str] = []
    for line in now.lines:
        if line.kind != "words":
            continue
        if known[line.text]:
            known[line.text] -= 1
        elif not (line.countdown and _is_between(countdowns, line.text)):
            fresh.append(line.text)
    return (*entries, *fresh)


def wrote(before: Outline, now: Outline) -> bool:
    """Whether what the visitor writes became another."""
    return bool(_entry_changes(before, now))


def _entry_changes(before: Outline, now: Outline) -> Phrases:
    old, new = ([line for line in page.lines if line.kind != "words"] for page in (before, now))
    phrases: list[str] = []
    for was, line in zip(old, new, strict=False):
        if was != line:
            phrases += _typed(was, line)
    return tuple(phrases)


def _typed(was: Line, line: Line) -> Sequence[str]:
    if line.kind == "stars":
        more = int(line.text) > int(was.text)
        return (tr("bintang") if more else tr("dihapus"), _count(line))
    if line.text.startswith(was.text) and len(line.text) == len(was.text) + 1:
        return (spoken_character(line.text[-1]),)
    if was.text.startswith(line.text) and len(line.text) == len(was.text) - 1:
        return (tr("dihapus"), spoken_character(was.text[-1]))
    return line_phrases(line)


_NUMBER = re.compile(r"\d+")
_TELL_EVERY = 10


def _without_digits(text: str) -> str:
    return _NUMBER.sub("#", text)


def _is_between(countdowns: Mapping[str, str], now: str) -> bool:
    """Whether ``now`` goes on with one of ``countdowns`` and is not yet worth a word."""
    before = countdowns.get(_without_digits(now))
    if before is None:
        return False
    olds, news = _NUMBER.findall(before), _NUMBER.findall(now)
    moved = [(int(old), int(new)) for old, new in zip(olds, news, strict=True) if old != new]
    return len(moved) == 1 and moved[0][0] > moved[0][1] and moved[0][1] % _TELL_EVERY != 0
