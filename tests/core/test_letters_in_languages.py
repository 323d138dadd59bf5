"""A letter is asked for in the visitor's language; what goes into it is Indonesian."""

from __future__ import annotations

import msgspec
import pytest

from firmware.core import commands, events, view
from firmware.core.errors import CatalogueError
from firmware.core.letters import Catalogue, LetterType, decode_catalogue, sentences
from tests.core.samples import BUSINESS, PLAIN, profile
from tests.core.test_session_stories import Visit

JAVANESE = {
    "Surat Keterangan Usaha": "Serat Katrangan Usaha",
    "Mau buka usaha": "Badhé mbikak usaha",
    "Nama usaha": "Naminipun usaha",
    "Apa nama usaha Anda?": "Menapa naminipun usaha panjenengan?",
    "Keperluan": "Kaperluan",
    "Untuk apa surat ini?": "Serat punika kanggé menapa?",
    "Izin usaha": "Ijin usaha",
}
SPOKEN = msgspec.structs.replace(BUSINESS, texts={"jv": JAVANESE})
CATALOGUE = Catalogue(version=2, letters=(SPOKEN, PLAIN))
KROMO = view.Preferences(language="jv")


def javanese_visit() -> Visit:
    return Visit(catalogue=CATALOGUE).at_home().presses(view.Prefer(KROMO))


def test_a_letter_is_asked_for_in_javanese_and_written_in_indonesian() -> None:
    visit = javanese_visit().presses(view.NewLetter())
    business, plain = visit.screen.items
    assert (business.title, business.need) == ("Serat Katrangan Usaha", "Badhé mbikak usaha")
    assert plain.title == "Biodata Penduduk", "nobody translated it"
    visit.presses(view.ChooseLetter("keterangan-usaha"))
    assert visit.screen.question.question == "Menapa naminipun usaha panjenengan?"
    visit.presses(view.Answer("nama_usaha", "Izin usaha"), view.Next())
    assert visit.screen.question.choices == (
        view.Option("Pinjaman bank", "Pinjaman bank"),
        view.Option("Izin usaha", "Ijin usaha"),
    )
    visit.presses(view.Answer("keperluan", "Izin usaha"), view.Next())
    name, purpose = visit.screen.answers[:2]
    assert (name.label, name.value) == ("Naminipun usaha", "Izin usaha"), "typed, not translated"
    assert (purpose.label, purpose.value) == ("Kaperluan", "Ijin usaha")
    visit.presses(view.Next())
    assert visit.last(commands.Submit).answers["keperluan"] == "Izin usaha"


def test_what_was_asked_for_before_is_named_in_javanese_as_well() -> None:
    ready = (view.ReadyItem("r1", "Surat Keterangan Usaha", "503/1", 0),)
    pending = (
        view.PendingItem("p1", "Surat Keterangan Usaha", "1-1", view.Say("Siap diambil")),
        view.PendingItem("p2", "Surat yang sudah dihapus", "1-2", view.Say("Siap diambil")),
        view.PendingItem("p3", view.Say("Permohonan terdahulu"), "–", view.Say("Siap diambil")),
    )
    visit = Visit(catalogue=CATALOGUE).at_home()
    visit.happens(events.LettersChanged(visit.number, ready, pending))
    visit.presses(view.Prefer(KROMO))
    assert visit.screen.ready[0].title == "Serat Katrangan Usaha"
    assert [item.title for item in visit.screen.pending] == [
        "Serat Katrangan Usaha",
        "Surat yang sudah dihapus",
        view.Say("Permohonan terdahulu"),
    ]
    visit.presses(view.PrintLetter("r1"))
    assert visit.screen.title == "Serat Katrangan Usaha"
    assert visit.screen.number == "503/1"


def test_the_next_visitor_is_asked_in_indonesian() -> None:
    visit = javanese_visit().presses(view.Finish()).waits(10)
    visit.at_home().presses(view.NewLetter())
    assert visit.screen.items[0].title == "Surat Keterangan Usaha"


def test_a_ticket_names_the_letter_in_the_visitor_s_language() -> None:
    visit = Visit(catalogue=CATALOGUE).at_ticket().presses(view.Prefer(KROMO))
    assert visit.screen.title == "Serat Katrangan Usaha"
    assert profile(1).nama not in str(visit.screen)


def test_sentences_are_all_that_a_citizen_reads_each_once() -> None:
    assert len(set(sentences(BUSINESS))) == len(sentences(BUSINESS))
    assert {*JAVANESE, "Pinjaman bank", "Berlaku dari"} < set(sentences(BUSINESS))


def test_a_catalogue_without_languages_is_as_it_ever_was() -> None:
    raw = msgspec.json.encode(Catalogue(version=2, letters=(BUSINESS,)))
    assert b"texts" not in raw
    assert decode_catalogue(raw).letters == (BUSINESS,)


def test_a_later_catalogue_is_read_as_far_as_it_is_known() -> None:
    raw = msgspec.to_builtins(CATALOGUE)
    raw["letters"][0]["pictures"] = ["warung.png"]
    raw["letters"][0]["fields"][0]["spoken"] = "a clip"
    assert decode_catalogue(msgspec.json.encode(raw)) == CATALOGUE


@pytest.mark.parametrize("texts", [{"jv": {"Nama usaha": " "}}, {"Jawa": {}}, {"": {}}])
def test_texts_that_are_none_are_refused(texts: dict[str, dict[str, str]]) -> None:
    letter: LetterType = msgspec.structs.replace(BUSINESS, texts=texts)
    with pytest.raises(CatalogueError, match="its texts in"):
        decode_catalogue(msgspec.json.encode(Catalogue(version=1, letters=(letter,))))
