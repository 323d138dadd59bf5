"""``texts.jv.toml`` beside a letter.toml: its sentences in another language, one a line, the
Indonesian first: ``"Nama usaha" = "Asmanipun usaha"``.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from firmware.core.letters import LANGUAGE, LetterType, sentences
from regency.letters.files import Mistake, read_toml

_LONGEST = 300


def read_texts(place: Path, letter: LetterType) -> tuple[dict[str, dict[str, str]], list[Mistake]]:
    """All languages of the letter in ``place``, and all mistakes in their files."""
    texts: dict[str, dict[str, str]] = {}
    mistakes: list[Mistake] = []
    for file in sorted(place.glob("texts*.toml")):
        language = file.name.removeprefix("texts.").removesuffix(".toml")
        if LANGUAGE.fullmatch(language) is None:
            mistakes.append(Mistake(file, 0, "name it by its language, like texts.jv.toml"))
            continue
        read = read_toml(file)
        if isinstance(read, Mistake):
            mistakes.append(read)
            continue
        source, texts[language] = read
        mistakes += _mistakes(file, source.splitlines(), texts[language], sentences(letter))
    return texts, mistakes


def _mistakes(
    file: Path, lines: list[str], texts: dict[str, Any], wanted: tuple[str, ...]
) -> Iterator[Mistake]:
    for sentence, text in texts.items():
        line = next((n for n, one in enumerate(lines, start=1) if sentence in one), 0)
        if sentence not in wanted:
            near = get_close_matches(sentence, wanted, n=1)
            advice = f"did you mean {near[0]!r}?" if near else "take it out"
            yield Mistake(file, line, f"the letter does not say {sentence!r}; {advice}")
        elif not isinstance(text, str) or not text.strip() or len(text) > _LONGEST:
            yield Mistake(
                file, line, f"{sentence!r} must have a text in quotes, of {_LONGEST} signs at most"
            )
    for sentence in wanted:
        if sentence not in texts:
            yield Mistake(file, 0, f"{sentence!r} is not translated; add it")
