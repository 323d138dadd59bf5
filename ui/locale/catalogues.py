"""The catalogues as files: brought up to date with the sentences in the code, and checked.

Needs Babel and a checkout; a kiosk reads the files with ``ui.locale.po`` alone.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages import extract
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import generate_po, read_po

from ui.locale import po
from ui.locale.extract import NotALiteralError
from ui.texts import LOCALES, OWN_NAME

ROOT = Path(__file__).parents[2]
NAME = Path("LC_MESSAGES") / "anjungan.po"
_SOURCES = ("ui/**/*.py", "ui/**/*.kv", "firmware/*.py", "firmware/core/*.py")
_NO_SOURCES = ("ui/samples.py", "ui/texts.py")
_WIDTH = 100
_HEADER = """\
# What the screen says in this language. docs/languages.md tells how to translate;
# `python -m ui.locale update` brings new sentences.
msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: {plurals};\\n"
"""
_OWN_NAME_COMMENT = "What this language is called in itself: Basa Jawa, English."


@functools.cache
def template(root: Path = ROOT) -> Catalog:
    """All sentences of the code, without translations. Raises NotALiteralError."""
    found = Catalog(charset="utf-8")
    found.add(OWN_NAME[1], context=OWN_NAME[0], auto_comments=[_OWN_NAME_COMMENT])
    for pattern in _SOURCES:
        for file in sorted(root.glob(pattern)):
            name = file.relative_to(root).as_posix()
            if name not in _NO_SOURCES:
                _add(found, file, name)
    return found


def _add(found: Catalog, file: Path, name: str) -> None:
    method = f"ui.locale.extract:{'kv' if file.suffix == '.kv' else 'python'}"
    try:
        for _, message, comments, context in extract.extract_from_file(method, file):
            found.add(message, locations=[(name, 0)], auto_comments=comments, context=context)
    except NotALiteralError as error:
        raise NotALiteralError(f"{name}: {error}") from error


def read(file: Path) -> Catalog:
    """A catalogue as it stands."""
    with file.open("rb") as opened:
        return read_po(opened, locale=None, abort_invalid=True)


def update(file: Path, wanted: Catalog) -> bool:
    """Take in new sentences and drop those that are said no more. Returns whether it changed."""
    before = file.read_text(encoding="utf-8")
    old = read(file)
    header = _HEADER.format(language=file.parts[-3], plurals=old.plural_forms.rstrip(";"))
    fresh = read_po(io.BytesIO(header.encode()), abort_invalid=True)
    for message in wanted:
        if message.id:
            have = old.get(message.id, message.context)
            fresh.add(
                message.id,
                have.string if have is not None else None,
                locations=message.locations,
                flags=have.flags if have is not None else (),
                auto_comments=message.auto_comments,
                user_comments=have.user_comments if have is not None else (),
                context=message.context,
            )
    write(file, fresh)
    return before != file.read_text(encoding="utf-8")


def write(file: Path, catalogue: Catalog) -> None:
    """A catalogue as a file, the same for the same sentences."""
    header = _HEADER.format(language=file.parts[-3], plurals=catalogue.plural_forms.rstrip(";"))
    lines = generate_po(catalogue, omit_header=True, include_lineno=False, width=_WIDTH)
    file.write_text(header + "\n" + "".join(lines).rstrip("\n") + "\n", encoding="utf-8")


def add(folder: Path, language: str, wanted: Catalog) -> Path:
    """Begin the catalogue of another language; one without plurals, like those of this country."""
    file = folder / language / NAME
    file.parent.mkdir(parents=True)
    header = _HEADER.format(language=language, plurals="nplurals=1; plural=0")
    file.write_text(header, encoding="utf-8")
    update(file, wanted)
    return file


def files(folder: Path = LOCALES) -> list[Path]:
    """All catalogues."""
    return sorted(folder.glob(str(Path("*") / NAME)))


def mistakes(file: Path, wanted: Catalog) -> Iterator[str]:
    """What a catalogue lacks, has too much, or says wrongly; one sentence each."""
    have = read(file)
    for message in wanted:
        if message.id:
            yield from _mistakes(message, have.get(message.id, message.context))
    for message in have:
        if message.id and wanted.get(message.id, message.context) is None:
            yield f"is said no more: {_name(message)!r}"
    for key in have.obsolete:
        yield f"is kept though it is said no more: {key!r}"


def _mistakes(wanted: Message, have: Message | None) -> Iterator[str]:
    if have is None:
        yield f"lacks {_name(wanted)!r}"
        return
    if have.fuzzy:
        yield f"is doubtful (fuzzy): {_name(wanted)!r}"
    texts = [have.string] if isinstance(have.string, str) else list(have.string or ("",))
    if not all(texts):
        yield f"is not translated: {_name(wanted)!r}"
        return
    for text in texts:
        if po.places(text) != po.places(_name(wanted)):
            yield f"has other {{places}} than {_name(wanted)!r}: {text!r}"
        if text != text.strip() or text.count("\n") != _name(wanted).count("\n"):
            yield f"has other spaces or lines than {_name(wanted)!r}: {text!r}"


def _name(message: Message) -> str:
    return str(message.id if isinstance(message.id, str) else message.id[0])
