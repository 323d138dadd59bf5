"""No sentence that a visitor reads is missing in a language, or comes past the catalogues."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from firmware.core.view import Form, Say, ViewState
from tests.ui.conftest import set_panel
from tests.ui.looking import texts as texts_of
from ui import texts
from ui.locale import catalogues, po
from ui.locale.__main__ import main
from ui.locale.extract import NotALiteralError, kv, python
from ui.offscreen import Studio
from ui.sample_words import in_language
from ui.samples import view_states

VIEWS = view_states()
WANTED = catalogues.template()
SENTENCES = {str(one.id if isinstance(one.id, str) else one.id[0]) for one in WANTED if one.id}
PSEUDO = "qps"
"""Its sentences are the Indonesian ones in brackets: what stands outside them came past it."""


@pytest.fixture(autouse=True)
def _indonesian_again() -> Iterator[None]:
    yield
    texts.use(texts.SOURCE)


@pytest.mark.parametrize("file", catalogues.files(), ids=lambda file: file.parts[-3])
def test_no_catalogue_lacks_a_sentence(file: Path) -> None:
    """For new sentences: ``python -m ui.locale update``, then translate (docs/languages.md)."""
    assert list(catalogues.mistakes(file, WANTED)) == []


@pytest.mark.parametrize("file", catalogues.files(), ids=lambda file: file.parts[-3])
def test_a_catalogue_stands_as_update_would_write_it(file: Path, tmp_path: Path) -> None:
    copy = tmp_path / file.parts[-3] / catalogues.NAME
    copy.parent.mkdir(parents=True)
    copy.write_bytes(file.read_bytes())
    assert not catalogues.update(copy, WANTED)


@pytest.mark.parametrize("file", catalogues.files(), ids=lambda file: file.parts[-3])
def test_the_screen_reads_a_catalogue_as_babel_does(file: Path) -> None:
    read = po.read(file)
    for message in catalogues.read(file):
        if not message.id:
            continue
        if isinstance(message.id, str):
            said = (
                read.pgettext(message.context, message.id)
                if message.context
                else read.gettext(message.id)
            )
            assert said == message.string
        else:
            assert read.ngettext(*message.id, 1) == message.string[0]
            assert read.ngettext(*message.id, 2) == message.string[-1]


def test_the_samples_say_what_the_kiosk_says() -> None:
    strangers = {
        say.text for state in VIEWS.values() for say in _says(state) if say.text not in SENTENCES
    }
    assert strangers == set()


def _says(part: Any) -> Iterator[Say]:
    if isinstance(part, Say):
        yield part
        for inner in part.params.values():
            yield from _says(inner)
    elif isinstance(part, msgspec.Struct):
        for name in part.__struct_fields__:
            yield from _says(getattr(part, name))
    elif isinstance(part, tuple):
        for one in part:
            yield from _says(one)


# ---------------------------------------------------------------- nothing comes past


@pytest.fixture(scope="module")
def pseudo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the pseudo-language."""
    folder = tmp_path_factory.mktemp("locale")
    file = catalogues.add(folder, PSEUDO, WANTED)
    filled = catalogues.read(file)
    for message in filled:
        if message.id:
            name = message.id if isinstance(message.id, str) else message.id[0]
            message.string = f"⟦{name}⟧" if message.id == name else (f"⟦{name}⟧",)
    catalogues.write(file, filled)
    return folder


@pytest.fixture(scope="module")
def one_studio() -> Iterator[Studio]:
    """One stage for all views: only their words are looked at, and those need no frame."""
    set_panel("10-inch-1280x800")
    studio = Studio()
    yield studio
    studio.close()


def _words(studio: Studio, state: ViewState, language: str) -> list[str]:
    studio.stage.show(in_language(state, language))
    return [text.text for text in texts_of(studio.stage)]


@pytest.mark.parametrize("name", VIEWS)
def test_every_text_comes_through_the_catalogue(
    one_studio: Studio, pseudo: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "LOCALES", pseudo)
    seen = _words(one_studio, VIEWS[name], PSEUDO)
    assert any(text.startswith("⟦") for text in seen)
    assert [text for text in seen if _came_past(text, VIEWS[name])] == []


def _came_past(text: str, state: ViewState) -> bool:
    """Whether words stand in ``text`` that neither are in brackets nor are what the view only
    names: people, places, numbers, and the letters' own texts.
    """
    own_names = [one.name for one in texts.languages()]
    if text.endswith("…") and any(name.startswith(text[:-1]) for name in _names(state)):
        return False  # a long answer, cut short
    text = text.removeprefix("Rp ")
    for name in sorted([*_names(state), *own_names], key=len, reverse=True):
        text = text.replace(name, "")
    while (bare := re.sub(r"⟦[^⟦⟧]*⟧", "", text)) != text:
        text = bare
    return re.search(r"[^\W\d_]{2,}", text) is not None


def _names(part: Any) -> Iterator[str]:
    """The plain strings of a view."""
    if isinstance(part, str):
        yield part
        yield f"{part[:5]}-{part[5:]}"  # a code, as it is read aloud
    elif isinstance(part, dict):
        for one in part.values():
            yield from _names(one)
    elif isinstance(part, Say):
        yield from _names(part.params)
    elif isinstance(part, msgspec.Struct):
        for name in part.__struct_fields__:
            yield from _names(getattr(part, name))
    elif isinstance(part, tuple):
        for one in part:
            yield from _names(one)


@pytest.mark.parametrize("language", [one.tag for one in texts.languages()[1:]])
def test_no_indonesian_sentence_is_left_on_any_screen(one_studio: Studio, language: str) -> None:
    texts.use(language)
    own = {text for text in SENTENCES if texts.tr(text) == text}
    texts.use(texts.SOURCE)
    for name, state in VIEWS.items():
        seen = set(_words(one_studio, state, language))
        named = set(_names(in_language(state, language)))
        assert seen & SENTENCES - own - named == set(), name


def test_samples_show_the_letters_in_their_own_words() -> None:
    state = VIEWS["form-choice"]
    spoken = in_language(state, "jv").screen
    assert isinstance(spoken, Form) and isinstance(state.screen, Form)
    assert spoken.question.question == "Serat punika kanggé menapa?"
    assert spoken.question.value == state.screen.question.value
    before, after = state.screen.question.choices[0], spoken.question.choices[0]
    assert after.value == before.value
    assert after.text == "Nyambut modal dhateng bank utawi koperasi"


# ---------------------------------------------------------------- how sentences are found


def test_sentences_are_found_in_code_and_layouts(tmp_path: Path) -> None:
    code = tmp_path / "code.py"
    code.write_text(
        'A = {1: Say("Satu")}\ntr(A[1] if A else "Dua")\n_wait("Tiga")\n# Translators: of days\n'
        'Say("{n} hari", {"n": "3"})\ntr(A[1])\nother("Empat")\n'
    )
    layout = tmp_path / "layout.kv"
    layout.write_text("text: tr('Lima') + tr(\"Enam\\nTujuh\") if root.x else ''\n")
    with code.open("rb") as file:
        found = [(line, text, comments) for line, _, text, comments in python(file, {}, (), {})]
    with layout.open("rb") as file:
        found += [(line, text, comments) for line, _, text, comments in kv(file, {}, (), {})]
    assert sorted(found, key=str) == [
        (1, "Enam\nTujuh", []),
        (1, "Lima", []),
        (1, "Satu", []),
        (2, "Dua", []),
        (3, "Tiga", []),
        (5, ("{n} hari", "{n} hari"), ["of days"]),
    ]


@pytest.mark.parametrize("code", ["Say(words)", 'Say(f"{n} hari")', "Say(A[1])", "_wait(text)"])
def test_a_sentence_that_could_not_be_found_is_an_error(tmp_path: Path, code: str) -> None:
    file = tmp_path / "code.py"
    file.write_text(code)
    with file.open("rb") as opened, pytest.raises(NotALiteralError):
        list(python(opened, {}, (), {}))


def test_a_layout_translates_texts_in_quotes_only(tmp_path: Path) -> None:
    file = tmp_path / "layout.kv"
    file.write_text("text: tr(root.words)")
    with file.open("rb") as opened, pytest.raises(NotALiteralError):
        list(kv(opened, {}, (), {}))


# ---------------------------------------------------------------- the commands


def test_a_language_is_begun_checked_and_brought_up_to_date(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ["--folder", str(tmp_path)]
    assert main([*folder, "add", "osi"]) == 0
    assert main([*folder, "add", "osi"]) == 1
    assert main([*folder, "add", "Using"]) == 1
    file = tmp_path / "osi" / catalogues.NAME
    assert main([*folder, "check"]) == 1
    assert "is not translated: 'Terima kasih'" in capsys.readouterr().err
    filled = file.read_text(encoding="utf-8").replace(
        'msgid "Terima kasih"\nmsgstr ""', 'msgid "Terima kasih"\nmsgstr "Kesuwun"'
    )
    gone = '\nmsgid "Sudah tidak dikatakan"\nmsgstr "Wis hing diomong"\n'
    wrong = filled.replace(
        'msgid "ditolak: {why}"\nmsgstr ""', 'msgid "ditolak: {why}"\nmsgstr "ditolak"'
    )
    file.write_text(wrong + gone, encoding="utf-8")
    main([*folder, "check"])
    said = capsys.readouterr().err
    assert "is said no more: 'Sudah tidak dikatakan'" in said
    assert "has other {places} than 'ditolak: {why}'" in said
    assert "'Terima kasih'" not in said
    assert main([*folder, "update"]) == 0
    assert "Sudah tidak" not in file.read_text(encoding="utf-8")
    texts.use("osi", tmp_path)
    assert texts.tr("Terima kasih") == "Kesuwun"
