"""catalogue.toml: the groups of the letters, and the lists that their questions suggest from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from firmware.core.letters import Group, LetterType
from regency.letters.files import Mistake, read_toml
from regency.letters.reading import Lines, nearest


class Shared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What all letters share, of catalogue.toml. ``groups`` stand in the order they are shown."""

    groups: tuple[Group, ...] = ()
    lists: dict[str, tuple[str, ...]] = {}


def read_shared(folder: Path) -> tuple[Shared, tuple[Mistake, ...]]:
    """catalogue.toml beside the letters; without one nothing is shared."""
    file = folder / "catalogue.toml"
    if not file.exists():
        return Shared(), ()
    read = read_toml(file)
    if isinstance(read, Mistake):
        return Shared(), (read,)
    try:
        return msgspec.convert(read[1], Shared), ()
    except msgspec.ValidationError as error:
        return Shared(), (Mistake(file, 0, f"this is not what letters share: {error}"),)


def shared_mistakes(
    folder: Path, letters: tuple[LetterType, ...], shared: Shared
) -> Iterator[Mistake]:
    """Groups and lists that letters name and catalogue.toml does not have."""
    groups = {group.id for group in shared.groups}
    for letter in letters:
        file = folder / letter.id / "letter.toml"
        lines = Lines(file.read_text(encoding="utf-8"))
        if letter.group and letter.group not in groups:
            text = f"there is no group {letter.group!r}{nearest(letter.group, tuple(groups))}"
            yield Mistake(file, lines.find(None, "group"), text)
        for index, field in enumerate(letter.fields):
            name = field.suggest
            if isinstance(name, str) and name not in shared.lists:
                text = f"there is no list {name!r}{nearest(name, tuple(shared.lists))}"
                yield Mistake(file, lines.find(index, "suggest"), text)
