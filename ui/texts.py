"""The one door through which every text for the citizen passes.

The Indonesian source string is the key into the catalogue of the visitor's language (ui/locale).
What no catalogue has stays Indonesian.
"""

from __future__ import annotations

import functools
import logging
from gettext import NullTranslations
from pathlib import Path
from typing import NamedTuple

from firmware.core.view import Say
from ui.locale import po

_log = logging.getLogger(__name__)

SOURCE = "id"
OWN_NAME = ("own name", "Bahasa Indonesia")
"""Context and source of what a language is called in itself."""
COUNT = "n"
"""The place of a sentence's count: it decides between singular and plural."""
LOCALES = Path(__file__).parent / "locale"
_PLACE = Path("LC_MESSAGES") / "anjungan.po"


class Language(NamedTuple):
    """A language that the screen can speak: its tag (BCP 47) and its name in itself."""

    tag: str
    name: str


_in_use: tuple[str, NullTranslations] = (SOURCE, NullTranslations())


def languages(folder: Path | None = None) -> tuple[Language, ...]:
    """What can be offered: Indonesian first, then all that have a catalogue in ``folder``,
    LOCALES where none is named.
    """
    others = []
    for file in sorted((folder or LOCALES).glob(str(Path("*") / _PLACE))):
        spoken = _catalogue(file)
        if spoken is not None:
            others.append(Language(file.parts[-3], spoken.pgettext(*OWN_NAME)))
    return (Language(SOURCE, OWN_NAME[1]), *sorted(others, key=lambda one: one.name))


def use(language: str, folder: Path | None = None) -> bool:
    """Speak ``language`` from now on, Indonesian where it has no catalogue. Returns whether
    that is another one than before: then all texts must be asked for anew.
    """
    global _in_use
    before = _in_use
    file = (folder or LOCALES) / language / _PLACE
    spoken = _catalogue(file) if language.isalnum() and file.exists() else None
    _in_use = (SOURCE, NullTranslations()) if spoken is None else (language, spoken)
    return before[0] != _in_use[0]


def in_use() -> str:
    """The tag of the language that is spoken now."""
    return _in_use[0]


def tr(say: Say | str) -> str:
    """``say`` in the visitor's language, its places filled in."""
    if isinstance(say, str):
        return _in_use[1].gettext(say) if say else ""
    words = {name: tr(part) if isinstance(part, Say) else part for name, part in say.params.items()}
    count = words.get(COUNT, "")
    if count.isdecimal():
        text = _in_use[1].ngettext(say.text, say.text, int(count))
    else:
        text = tr(say.text)
    return text.format(**words)


def shown(text: Say | str) -> str:
    """What a view says (Say), or what it only names: a village, a letter, a number (str)."""
    return tr(text) if isinstance(text, Say) else text


@functools.cache
def _catalogue(file: Path) -> NullTranslations | None:
    """None for one that cannot be read: it is not offered, and the others are."""
    try:
        return po.read(file)
    except po.PoError as error:
        _log.error("a language is left out: %s", error)
        return None
