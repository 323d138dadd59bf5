"""From choosing a letter to its review, in the ways that different people go."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.core import commands, events, view
from firmware.core.errors import CatalogueError
from firmware.core.letters import FORMAT, Catalogue, Group, check_catalogue, decode_catalogue
from firmware.core.state import Phase
from tests.core.samples import BUSINESS, CATALOGUE, FAMILY, JOBS, PLAIN
from tests.core.test_session_stories import Visit

replace = msgspec.structs.replace
GROUPS = (Group("usaha", "Usaha", "Buka usaha", "usaha"), Group("lain", "Lain", "Lain", "letter"))
LISTS = {"pekerjaan": JOBS}
MANY = Catalogue(
    2,
    (
        replace(BUSINESS, group="usaha", often=True),
        *(replace(PLAIN, id=f"lain-{n}", group="lain") for n in range(8)),
        replace(PLAIN, id="lepas"),
    ),
    GROUPS,
)
WORDS = "Benar bahwa {nama} mempunyai {nama_usaha} mulai {dari}."


def at_form(letter: str = "keterangan-usaha", **changes: object) -> Visit:
    visit = Visit(**changes).at_home()
    return visit.presses(view.NewLetter(), view.ChooseLetter(letter))


def family_form() -> Visit:
    return at_form("penghasilan", catalogue=Catalogue(3, (FAMILY,), lists=LISTS))


# ---------------------------------------------------------------- which letter


def test_few_letters_stand_there_at_once() -> None:
    screen = Visit().at_home().presses(view.NewLetter()).screen
    assert [item.id for item in screen.items] == [letter.id for letter in CATALOGUE.letters]
    assert (screen.more, screen.groups) == (False, ())


def test_of_many_letters_those_asked_for_most_come_first_and_the_others_by_need() -> None:
    visit = Visit(catalogue=MANY).at_home().presses(view.NewLetter())
    assert [item.id for item in visit.screen.items] == ["keterangan-usaha"]
    assert visit.screen.more
    visit.presses(view.ChooseGroup(""))
    assert [group.id for group in visit.screen.groups] == ["usaha", "lain"]
    assert [item.id for item in visit.screen.items] == ["lepas"]
    visit.presses(view.ChooseGroup("lain"))
    assert (len(visit.screen.items), visit.screen.title) == (8, "Lain")
    visit.presses(view.ChooseGroup("tidak-ada"))
    assert visit.screen.title == "Lain"
    visit.presses(view.Back())
    assert visit.screen.groups
    visit.presses(view.Back())
    assert visit.screen.more
    assert visit.presses(view.Back()).state.phase is Phase.HOME


def test_who_comes_again_begins_at_the_first_page() -> None:
    visit = Visit(catalogue=MANY).at_home().presses(view.NewLetter(), view.ChooseGroup("lain"))
    visit.presses(view.ChooseLetter("lain-1"), view.Back())
    assert visit.screen.title == "Lain"
    visit.presses(view.Back(), view.Back(), view.Back(), view.NewLetter())
    assert visit.screen.more


# ---------------------------------------------------------------- its form


def test_a_question_that_is_answered_already_is_seen_in_the_review_only() -> None:
    visit = at_form()
    assert (visit.screen.question.position, visit.screen.question.total) == (1, 2)
    visit.presses(view.Answer("nama_usaha", "Warung Contoh"), view.Next())
    assert (visit.screen.question.position, visit.screen.question.total) == (2, 2)
    visit.presses(view.Answer("keperluan", "Izin usaha"), view.Next())
    assert [row.value for row in visit.screen.answers][2:] == ["24-11-2026", "23-05-2027"]
    visit.presses(view.Back())
    assert visit.screen.question.name == "keperluan"
    visit.presses(view.Back(), view.Back())
    assert visit.state.phase is Phase.LETTERS


def test_what_is_touched_in_the_review_is_mended_and_shown_again() -> None:
    visit = Visit().at_review().presses(view.OpenQuestion("sampai"))
    question = visit.screen.question
    assert (question.name, question.total) == ("sampai", 0)
    month = question.shortcuts[0]
    visit.presses(view.Answer("sampai", month.value), view.Next())
    assert visit.screen.answers[3].value == "24-12-2026"
    visit.presses(view.OpenQuestion("nama_usaha"), view.Answer("nama_usaha", "W"), view.Back())
    assert "Terlalu pendek" in str(visit.screen.answers[0].problem)
    visit.presses(view.Next())
    assert visit.screen.question.name == "nama_usaha"
    visit.presses(view.Answer("nama_usaha", "Warung"), view.Next(), view.Next())
    assert visit.last(commands.Submit).answers["nama_usaha"] == "Warung"


def test_all_on_one_page_goes_to_the_first_thing_to_mend() -> None:
    visit = at_form().presses(view.Arrange(one_page=True))
    assert [row.name for row in visit.screen.rows] == [field.name for field in BUSINESS.fields]
    visit.presses(view.OpenQuestion("keperluan"), view.Answer("keperluan", "Izin usaha"))
    visit.presses(view.Next())
    assert visit.screen.question.name == "nama_usaha"
    assert "belum diisi" in str(visit.screen.rows[0].problem)
    visit.presses(view.Answer("nama_usaha", "Warung"), view.Next())
    assert visit.state.phase is Phase.REVIEW
    visit.presses(view.Back())
    assert visit.screen.rows
    visit.presses(view.Arrange(one_page=False))
    assert visit.screen.rows == ()


def test_one_question_a_page_opens_no_other() -> None:
    visit = at_form().presses(view.OpenQuestion("keperluan"), view.OpenQuestion("tidak-ada"))
    assert visit.screen.question.name == "nama_usaha"


def test_the_next_visitor_has_one_question_a_page_again() -> None:
    visit = at_form().presses(view.Arrange(one_page=True), view.Finish()).waits(5)
    visit.at_home(2).presses(view.NewLetter(), view.ChooseLetter("keterangan-usaha"))
    assert visit.screen.rows == ()


def test_a_form_of_every_kind_is_filled_in_and_read_in_the_letter_s_words() -> None:
    visit = family_form()
    assert visit.screen.question.suggestions == JOBS
    visit.presses(view.Answer("pekerjaan", "tani"))
    assert visit.screen.question.suggestions == ("Buruh Tani/Perkebunan",)
    visit.presses(view.Answer("pekerjaan", "Petani/Pekebun"), view.Next())
    visit.presses(view.Answer("penghasilan", "1500000"))
    assert visit.screen.question.reading == "satu juta lima ratus ribu rupiah"
    answers = {"lulus": "1998", "nik_anak": "3510195708850003", "menikah": "Ya"}
    answers |= {"lahir": "05-08-1978"}
    visit.presses(view.Next())
    while visit.state.phase is Phase.FORM:
        question = visit.screen.question
        if question.name in answers:
            visit.presses(view.Answer(question.name, answers[question.name]))
        visit.presses(view.Next())
    assert visit.screen.words[0] == view.Piece("Contoh Warga 1", is_given=True)
    assert "".join(piece.text for piece in visit.screen.words) == (
        "Contoh Warga 1 bekerja sebagai Petani/Pekebun dengan penghasilan Rp1.500.000"
        " sejak 5 Agustus 1978."
    )
    assert visit.screen.answers[1].value == "Rp1.500.000"
    assert visit.screen.proofs == ("Kartu Keluarga",)
    visit.presses(view.Next())
    assert visit.last(commands.Submit).answers["penghasilan"] == "1500000"


def test_ya_and_tidak_are_chosen() -> None:
    visit = family_form()
    visit.presses(view.Arrange(one_page=True), view.OpenQuestion("menikah"))
    assert [choice.value for choice in visit.screen.question.choices] == ["Ya", "Tidak"]
    assert visit.screen.question.kind == "choice"


# ---------------------------------------------------------------- the catalogue


def test_a_catalogue_from_the_future_is_refused_as_such() -> None:
    future: dict[str, object] = {"format": FORMAT + 1, "version": 5, "letters": [{"drawings": []}]}
    with pytest.raises(CatalogueError, match=r"too new.*update the kiosk"):
        decode_catalogue(msgspec.json.encode(future))


def test_a_catalogue_from_before_there_were_formats_still_holds() -> None:
    old = msgspec.to_builtins(CATALOGUE)
    assert set(old) == {"version", "letters"}
    assert decode_catalogue(msgspec.json.encode(old)) == CATALOGUE


@pytest.mark.parametrize(
    ("catalogue", "sentence"),
    [
        (Catalogue(1, (replace(PLAIN, group="usaha"),)), "no group 'usaha'"),
        (Catalogue(1, (FAMILY,)), "no list 'pekerjaan'"),
        (Catalogue(1, (replace(PLAIN, words="{ibu}"),)), "name 'ibu'"),
        (Catalogue(1, (replace(PLAIN, words="{nama"),)), "brace stands alone"),
    ],
)
def test_a_catalogue_that_names_what_is_not_there(catalogue: Catalogue, sentence: str) -> None:
    with pytest.raises(CatalogueError, match=sentence):
        check_catalogue(catalogue)


@given(st.text(max_size=60).filter(lambda text: "{" not in text and "}" not in text))
def test_what_a_citizen_types_is_no_place_in_the_words(typed: str) -> None:
    letter = replace(BUSINESS, words=WORDS)
    visit = at_form(catalogue=Catalogue(1, (letter,)))
    visit.presses(view.Answer("nama_usaha", "{nik}" + typed), view.Answer("nama_usaha", "{nik}"))
    visit.state = visit.state.enter(Phase.REVIEW)
    shown = "".join(piece.text for piece in visit.screen.words)
    assert shown == "Benar bahwa Contoh Warga 1 mempunyai {nik} mulai 24 November 2026."


def test_a_printed_ticket_ends_what_began_at_the_list() -> None:
    visit = Visit().at_ticket()
    visit.happens(events.PrintReported("q1", "printed")).presses(view.GoHome())
    assert visit.state.guest.asked == () or visit.state.guest.letter is None
