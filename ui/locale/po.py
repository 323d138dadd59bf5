"""Reads a .po file as gettext lays it down (GNU gettext manual, "The Format of PO Files").

The screen reads its catalogues as translators write them: nothing is compiled beforehand, and
a language is added by adding a file.
"""

from __future__ import annotations

import gettext
import io
import re
import string
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

_KEYWORD = re.compile(r"(msgctxt|msgid_plural|msgid|msgstr)(?:\[([0-9])\])?\s+(\".*\")")
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"")
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}
_COUNTS = 200
_MAGIC = 0x950412DE
_CONTEXT = "\x04"
_UTF8 = re.compile(r"^Content-Type:.*charset=utf-?8", re.IGNORECASE | re.MULTILINE)


def places(text: str) -> set[str]:
    """The names in ``{braces}``."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return {"a brace that stands alone"}


class PoError(ValueError):
    """The file is not a catalogue; says where."""


@dataclass
class Entry:
    """One sentence and its translations: several where it has a plural."""

    context: str | None = None
    id: str = ""
    plural: str | None = None
    texts: dict[int, str] = field(default_factory=dict)
    fuzzy: bool = False

    @property
    def is_usable(self) -> bool:
        """Translated with the same places, and not marked as doubtful."""
        if not self.texts or self.fuzzy:
            return False
        return all(text and places(text) == places(self.id) for text in self.texts.values())

    def key(self) -> str:
        """As .mo files name it."""
        key = self.id if self.context is None else self.context + _CONTEXT + self.id
        return key if self.plural is None else f"{key}\0{self.plural}"

    def value(self) -> str:
        """As .mo files hold it."""
        return "\0".join(self.texts[number] for number in sorted(self.texts))


def read(path: Path) -> gettext.GNUTranslations:
    """The catalogue in ``path``; what is untranslated or doubtful, or has other places than the
    sentence, is left out. Raises PoError.
    """
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PoError(f"{path} cannot be read: {error}") from error
    try:
        found = [one for one in entries(source) if one.is_usable]
        if not any(one.id == "" and _UTF8.search(one.value()) for one in found):
            raise PoError("its header does not say charset=UTF-8")
        catalogue = gettext.GNUTranslations(io.BytesIO(_as_mo(found)))
        for one in [one for one in found if one.plural is not None][:1]:
            for count in range(_COUNTS):  # whether Plural-Forms can be reckoned
                catalogue.ngettext(one.id, one.plural or "", count)
    except (ValueError, LookupError, ArithmeticError, RecursionError) as error:  # of the header
        raise PoError(f"{path}: {error}") from error
    return catalogue


def entries(source: str) -> list[Entry]:
    """All that stands in a .po file, the header (of an empty id) and doubtful ones included."""
    found: list[Entry] = []
    now, last, fuzzy = Entry(), "", False
    for number, line in enumerate(map(str.strip, source.splitlines()), start=1):
        if line.startswith("#"):
            fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
            continue
        if not line:
            continue
        match = _KEYWORD.fullmatch(line)
        if match is None and not (line.startswith('"') and last):
            raise PoError(f"line {number} is not understood")
        if match is not None:
            if _begins_another(match[1], last):
                now, fuzzy = Entry(fuzzy=fuzzy), False
                found.append(now)
            last = match[1]
        _add(now, last, match, _unquoted(match[3] if match else line, number))
    return found


def _begins_another(word: str, last: str) -> bool:
    return word == "msgctxt" or (word == "msgid" and last != "msgctxt")


def _add(entry: Entry, word: str, match: re.Match[str] | None, text: str) -> None:
    """A keyword's text, or (no ``match``) more of the last one's."""
    if word == "msgctxt":
        entry.context = (entry.context or "") + text
    elif word == "msgid":
        entry.id += text
    elif word == "msgid_plural":
        entry.plural = (entry.plural or "") + text
    elif match is not None:
        entry.texts[int(match[2] or 0)] = text
    else:
        number = next(reversed(entry.texts))
        entry.texts[number] += text


def _unquoted(text: str, line: int) -> str:
    match = _QUOTED.fullmatch(text)
    if match is None:
        raise PoError(f"a quotation mark is missing in line {line}")
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), match[1])


def _as_mo(found: Iterable[Entry]) -> bytes:
    """What ``msgfmt`` would make of it ("The Format of GNU MO Files"), without a hash table."""
    pairs = sorted((one.key().encode(), one.value().encode()) for one in found)
    table = 28
    place = table + 16 * len(pairs)
    heads: list[list[int]] = [[], []]
    body = b""
    for column in (0, 1):
        for pair in pairs:
            heads[column] += (len(pair[column]), place + len(body))
            body += pair[column] + b"\0"
    numbers = (_MAGIC, 0, len(pairs), table, table + 8 * len(pairs), 0, 0, *heads[0], *heads[1])
    return struct.pack(f"<{len(numbers)}I", *numbers) + body
