"""The screen speaks the visitor's language, and forgets it with the visitor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.core.view import Preferences, Say
from tests.ui.looking import texts as texts_of
from ui import texts
from ui.locale import po
from ui.offscreen import Studio
from ui.samples import view_states

VIEWS = view_states()
OSING = """\
msgid ""
msgstr ""
"Language: osi\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgctxt "own name"
msgid "Bahasa Indonesia"
msgstr "Basa Using"

#: ui/screens/wait.kv
msgid "Mohon tunggu sebentar."
msgstr "Enteni sedhiluk."

msgid "{n} surat siap dicetak"
msgid_plural "{n} surat siap dicetak"
msgstr[0] ""
"{n} surat wis "
"dadi"

msgid "Pertanyaan {number} dari {total}"
msgstr "Pitakonan {number} teka {"

#, fuzzy
msgid "Selesai"
msgstr "Mungkin wis mari"
"""


@pytest.fixture(autouse=True)
def _indonesian_again() -> Iterator[None]:
    yield
    texts.use(texts.SOURCE)


def add_language(folder: Path, tag: str, catalogue: str) -> None:
    """As somebody does who adds a language: one file."""
    file = folder / tag / "LC_MESSAGES" / "anjungan.po"
    file.parent.mkdir(parents=True)
    file.write_text(catalogue, encoding="utf-8")


def test_the_kiosk_offers_its_languages_by_their_own_names() -> None:
    assert texts.languages() == (
        ("id", "Bahasa Indonesia"),
        ("jv", "Basa Jawa"),
        ("en", "English"),
    )


def test_a_new_language_is_a_new_file(tmp_path: Path) -> None:
    add_language(tmp_path, "osi", OSING)
    assert texts.languages(tmp_path) == (("id", "Bahasa Indonesia"), ("osi", "Basa Using"))
    assert texts.use("osi", tmp_path)
    assert texts.tr("Mohon tunggu sebentar.") == "Enteni sedhiluk."
    assert texts.tr(Say("{n} surat siap dicetak", {"n": "2"})) == "2 surat wis dadi"
    assert texts.tr("Selesai") == "Selesai", "what is marked as doubtful is not said"
    place = {"number": "1", "total": "4"}
    assert texts.tr(Say("Pertanyaan {number} dari {total}", place)) == "Pertanyaan 1 dari 4"
    assert texts.tr("Kembali") == "Kembali", "what it lacks stays Indonesian"
    assert texts.tr("") == ""


@pytest.mark.parametrize(
    "broken", ["", "msgid nothing", 'msgid ""\nmsgstr ""\n"Language: xx\\n"\n', 'msgid "a', "\x00"]
)
def test_a_broken_file_takes_no_other_language_along(tmp_path: Path, broken: str) -> None:
    add_language(tmp_path, "osi", OSING)
    add_language(tmp_path, "mad", broken)
    assert [one.tag for one in texts.languages(tmp_path)] == ["id", "osi"]
    texts.use("mad", tmp_path)
    assert texts.in_use() == "id"


@settings(max_examples=150, deadline=None, derandomize=True)
@given(data=st.data())
def test_any_file_is_a_catalogue_or_none(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A translator's slip anywhere in the file: it is read, or refused in one way."""
    at = data.draw(st.integers(0, len(OSING)))
    gone = data.draw(st.integers(0, 40))
    put = data.draw(st.text(st.sampled_from('msgidctxtr"[]0 \\\n#,;:=n+-(){}?%'), max_size=30))
    file = tmp_path_factory.getbasetemp() / "slip.po"
    file.write_text(OSING[:at] + put + OSING[at + gone :], encoding="utf-8")
    try:
        po.read(file).ngettext("{n} surat siap dicetak", "{n} surat siap dicetak", 3)
    except po.PoError as error:
        assert str(file) in str(error)


@pytest.mark.parametrize(
    "header",
    [
        "Content-Type: text/plain; charset=utf-8; charset=nothing",
        "Plural-Forms: nplurals=1",
        "Plural-Forms: nplurals=2; plural=(((n",
        "Plural-Forms: nplurals=2; plural=n/0;",
        "Plural-Forms: nplurals=2; plural=n/(n-7);",
    ],
)
def test_a_header_that_means_nothing_is_refused(tmp_path: Path, header: str) -> None:
    wrong = OSING.replace('"Plural-Forms: nplurals=1; plural=0;', f'"{header}')
    add_language(tmp_path, "osi", wrong)
    offered = [one.tag for one in texts.languages(tmp_path)]
    if "osi" in offered:
        texts.use("osi", tmp_path)
        assert texts.tr(Say("{n} surat siap dicetak", {"n": "2"})).startswith("2 surat")
    else:
        assert offered == ["id"]


def test_an_unknown_language_is_answered_in_indonesian() -> None:
    texts.use("en")
    texts.use("xx")
    assert texts.in_use() == texts.SOURCE


def test_places_may_hold_sentences_of_their_own(tmp_path: Path) -> None:
    say = Say("Siap: {how}.", {"how": Say("{n} kali", {"n": "3"})})
    assert str(say) == texts.tr(say) == "Siap: 3 kali."
    assert msgspec.json.decode(msgspec.json.encode(say), type=Say) == say


def test_all_of_the_screen_changes_its_language_and_back(stage_studio: Studio) -> None:
    state = VIEWS["wait"]
    said = []
    for language in ("id", "en", "id"):
        wanted = Preferences(language=language)
        stage_studio.stage.show(msgspec.structs.replace(state, preferences=wanted))
        stage_studio.settle()
        said.append([text.text for text in texts_of(stage_studio.stage)])
    assert said[0] == said[2]
    assert "Tersambung" in said[0] and "Connected" in said[1]
    assert "Mohon tunggu sebentar." in said[0] and "One moment, please." in said[1]


def test_without_a_controller_the_screen_is_indonesian_again(stage_studio: Studio) -> None:
    wanted = Preferences(language="en")
    stage_studio.stage.show(msgspec.structs.replace(VIEWS["wait"], preferences=wanted))
    stage_studio.stage.prepare()
    assert texts.in_use() == texts.SOURCE
