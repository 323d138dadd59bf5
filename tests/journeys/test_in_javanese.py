"""A visit in Javanese, from the catalogue of the house to the request on its way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from firmware.core import view
from firmware.core.view import Preferences, Say
from tests.journeys.kiosk import Kiosk, Screen, a_kiosk
from tests.journeys.slip_text import text_of
from tests.journeys.test_killed_at_any_time import is_printed, on, type_pin
from ui import texts

JAVANESE = Preferences(language="jv")


@pytest.fixture
def kiosk() -> Iterator[Kiosk]:
    with a_kiosk() as kiosk:
        kiosk.start()
        yield kiosk
        texts.use(texts.SOURCE)


def asked(screen: Screen, name: str) -> view.Form:
    form = screen.await_view(lambda state: on(state, name)).screen
    assert isinstance(form, view.Form)
    return form


def test_what_is_asked_in_javanese_is_written_in_indonesian(kiosk: Kiosk) -> None:
    screen = kiosk.screen
    assert screen is not None
    screen.await_screen(view.Attract)
    screen.says(view.Prefer(JAVANESE))
    kiosk.tap()
    type_pin(kiosk, screen)
    screen.await_screen(view.Home)
    screen.says(view.NewLetter())
    titles = {item.title for item in screen.await_screen(view.LetterList).items}
    assert "Serat Katrangan Usaha" in titles
    screen.says(view.ChooseLetter("keterangan-usaha"))
    assert asked(screen, "nama_usaha").question.question == "Menapa naminipun usaha Bapak/Ibu?"
    screen.says(view.Answer("nama_usaha", "Warung Contoh"))
    screen.says(view.Next())
    choice = asked(screen, "keperluan").question.choices[0]
    assert choice.text == "Nyambut modal dhateng bank utawi koperasi"
    screen.says(view.Answer("keperluan", choice.value))
    screen.says(view.Next())
    review = screen.await_screen(view.Review)
    assert choice.text in {row.value for row in review.answers}
    screen.says(view.Next())
    ticket = screen.await_screen(view.Ticket)
    assert ticket.title == "Serat Katrangan Usaha"
    screen.await_view(is_printed)

    (request,) = kiosk.requests()
    assert request["answers"]["keperluan"] == "Meminjam modal di bank atau koperasi"
    assert "Surat Keterangan Usaha" in text_of(kiosk.printer.slips[-1])

    texts.use(JAVANESE.language)
    said = {texts.tr(part) for part in _says(screen)}
    assert "Sekedhap, data panjenengan saweg dipunbikak…" in said

    screen.says(view.Finish())
    rested = screen.await_view(lambda state: isinstance(state.screen, view.Attract))
    assert rested.preferences == Preferences()


def _says(screen: Screen) -> Iterator[Say]:
    for state in screen.all:
        if isinstance(state.screen, view.Wait):
            yield state.screen.message
