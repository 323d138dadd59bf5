"""Files that a person wrote or a card spoilt: configuration, letters, the catalogue.

Whatever is in them, it is used or refused with one sentence.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
from datetime import date
from functools import cache
from pathlib import Path

import msgspec

from firmware.config import load_config as load_kiosk
from firmware.core import letters
from firmware.core.answers import check_answer, default_answer
from firmware.core.errors import LONGEST_SENTENCE, CatalogueError, ConfigurationError
from provisioning.layout import Devices, Ports, Regency
from regency.config import load_config as load_regency
from regency.letters import LETTERS_DIR, load_catalogue, read_all

DAYS = (date(2026, 11, 24), date(2028, 2, 29))


def workplace() -> Path:
    """A folder that is gone when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="files-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def _house() -> tuple[Path, Path]:
    """kiosk.toml and regency.toml in good order, with all that they name."""
    folder = workplace()
    regency = Regency(folder / "regency")
    regency.create(Ports(1, 2))
    kiosk = regency.add_kiosk(
        "3510192001-1", "Desa Contoh", folder / "kiosk", ("127.0.0.1", 1), Devices()
    )
    return kiosk, regency.config


@cache
def good_kiosk() -> str:
    return _house()[0].read_text()


@cache
def good_regency() -> str:
    return _house()[1].read_text()


def _is_one_sentence(error: Exception) -> None:
    text = str(error)
    assert text.strip(), "an empty sentence"
    assert text.isprintable(), f"not one clean line: {text!r}"
    assert len(text) <= LONGEST_SENTENCE, f"a sentence of {len(text)} characters"
    assert "Traceback" not in text


def feed_kiosk(data: bytes) -> None:
    """kiosk.toml is used or refused with one sentence."""
    good_kiosk()
    file = _house()[0]
    file.write_bytes(data)
    try:
        config = load_kiosk(file)
    except ConfigurationError as error:
        _is_one_sentence(error)
    else:
        assert "hidden" in repr(config)


def feed_regency(data: bytes) -> None:
    """regency.toml is used or refused with one sentence."""
    good_regency()
    file = _house()[1]
    file.write_bytes(data)
    try:
        config = load_regency(file)
    except ConfigurationError as error:
        _is_one_sentence(error)
    else:
        assert "hidden" in repr(config)


GOOD_CATALOGUE = msgspec.json.encode(load_catalogue())


def feed_catalogue(data: bytes) -> None:
    """What a kiosk takes as a catalogue, it can ask every question of."""
    try:
        catalogue = letters.decode_catalogue(data)
    except CatalogueError as error:
        _is_one_sentence(error)
        return
    assert catalogue.letters and msgspec.json.encode(catalogue)
    for letter in catalogue.letters:
        assert catalogue.get(letter.id) is not None
        for field in letter.fields:
            _ask(field)


def _ask(field: letters.Field) -> None:
    for today in DAYS:
        proposal = default_answer(field, today)
        for value in ("", proposal, "31-12-9999", "01-01-0001", "Warung", "x" * 300, "\x00"):
            answers = {field.name: value, field.not_before: "31-12-2026"}
            check_answer(field, answers, today)


GOOD_LETTER = (LETTERS_DIR / "keterangan-usaha" / "letter.toml").read_text()


@cache
def _letters_folder() -> Path:
    folder = workplace()
    (folder / "contoh").mkdir()
    (folder / "contoh" / "letter.typ").write_text("#letter")
    shutil.copy(LETTERS_DIR / "catalogue.toml", folder)
    return folder


def feed_letter(data: bytes) -> None:
    """A letter.toml is a letter, or its mistakes are named; and a kiosk takes what is right."""
    folder = _letters_folder()
    (folder / "contoh" / "letter.toml").write_bytes(data)
    found, shared, mistakes = read_all(folder)
    assert found or mistakes
    for mistake in mistakes:
        assert str(mistake).isprintable() and mistake.line >= 0
    if not mistakes:
        catalogue = letters.Catalogue(1, found, shared.groups, shared.lists)
        feed_catalogue(msgspec.json.encode(catalogue))
        letters.decode_catalogue(msgspec.json.encode(catalogue))
