"""A story for each path through the screen, by touches at a real controller and its regency."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from firmware.core import view
from firmware.core.claim import show_claim_code
from firmware.core.lockout import OFFICER_AFTER
from firmware.core.seal import card_tag
from firmware.store import Store
from provisioning import evidence
from provisioning.cabinet import Cabinet
from provisioning.population import Card
from provisioning.visit import wait_for_event, wait_until
from tests.journeys.standing import Person, a_cabinet, before, start_anew
from tests.journeys.touching import Finger

NEW_PIN = "735028"
STRANGER = "04aabbccddee01"


@pytest.fixture(scope="module")
def cabinet() -> Iterator[Cabinet]:
    with a_cabinet() as cabinet:
        yield cabinet


@pytest.fixture(scope="module")
def finger(cabinet: Cabinet) -> Iterator[Finger]:
    finger = before(cabinet)
    yield finger
    finger.close()


@pytest.fixture
def person(cabinet: Cabinet, finger: Finger) -> Iterator[Person]:
    """Somebody who comes when nobody is there; no bug is journalled until they have gone."""
    person = Person(cabinet, finger)
    finger.until("a kiosk", lambda: isinstance(finger.screen, view.Attract | view.Goodbye))
    yield person
    assert not [one for one in cabinet.journal_events() if one["event"] == "controller.bug"]


@pytest.fixture(scope="module")
def officer(cabinet: Cabinet) -> Card:
    cards = cabinet.population.officer_cards
    return next(card for card in cards if card.kiosk == cabinet.kiosk)


def niks_without_card(cabinet: Cabinet) -> list[str]:
    """Residents of this village whom nobody has enrolled yet."""
    with_card = {card.nik for card in cabinet.cards}
    residents = [
        one for one in cabinet.population.seed.residents if one.village == cabinet.village.code
    ]
    return [one.profile.nik for one in residents if one.profile.nik not in with_card]


# ---------------------------------------------------------------- nobody is there yet


def test_a_technician_looks_after_the_kiosk(cabinet: Cabinet, person: Person) -> None:
    finger = person.finger
    person.sees_rest()
    person.pins(service="hold")
    finger.sees(view.TechnicianScreen, lambda screen: bool(screen.devices))
    finger.touch("selftest")
    slips = len(cabinet.printed_slips())
    finger.touch("test-slip")
    finger.reads("Slip uji tercetak")
    wait_until("the slip", lambda: cabinet.slip_after(slips))
    finger.touch("paper-changed")
    finger.reads("Kertas baru dicatat")
    finger.touch("diagnose")
    first = finger.sees(view.DiagnosisScreen)
    assert first.total > 0 and first.code
    if first.total > 1:
        finger.touch("next")
        finger.sees(view.DiagnosisScreen, lambda screen: screen.number == 2)
    finger.touch("service-mode")
    finger.sees(view.DiagnosisScreen, lambda screen: screen.service_mode)
    finger.touch("back")
    finger.sees(view.TechnicianScreen)
    finger.touch("leave")
    finger.sees(view.OutOfService)
    finger.reads("ditutup sementara")
    assert not finger.targets()
    person.pins(service="hold")
    finger.touch("diagnose")
    finger.touch("service-mode")
    finger.sees(view.DiagnosisScreen, lambda screen: not screen.service_mode)
    finger.touch("back")
    finger.touch("leave")
    person.sees_rest()


def test_the_reader_goes_and_comes_again(cabinet: Cabinet, person: Person) -> None:
    person.sees_rest()
    cabinet.reader.unplug()
    person.finger.sees(view.OutOfService)
    person.finger.reads("Pembaca kartu sedang tidak berfungsi")
    cabinet.reader.plug()
    person.sees_rest()


def test_help_with_a_card_and_without(cabinet: Cabinet, person: Person) -> None:
    person.sees_rest()
    person.finger.touch("help")
    assert not person.finger.sees(view.Help).with_card
    person.finger.touch("back")
    person.sees_rest()
    person.enters(cabinet.cards[0])
    person.finger.touch("help")
    assert person.finger.sees(view.Help).with_card
    person.finger.touch("back")
    person.finger.sees(view.Home)
    person.leaves()


def test_preferences_hold_through_the_visit_and_not_longer(
    cabinet: Cabinet, person: Person
) -> None:
    finger = person.finger
    person.sees_rest()
    assert finger.state is not None
    own = finger.state.preferences
    person.enters(cabinet.cards[0])
    finger.opens_preferences()
    finger.prefers("language-en", lambda wish: wish.language == "en")
    finger.reads("Size of letters")
    finger.prefers("text-large", lambda wish: wish.text_size == "large")
    finger.prefers("theme-dark", lambda wish: wish.theme == "dark")
    chosen = replace(own, language="en", text_size="large", theme="dark")
    finger.touch("adjusted")
    finger.reads("Welcome")
    finger.touch("help")
    finger.sees(view.Help)
    assert finger.state.preferences == chosen
    assert finger.is_dressed_as(chosen)
    finger.touch("back")
    finger.sees(view.Home)
    assert finger.state.preferences == chosen
    person.leaves()
    person.enters(cabinet.cards[1])
    finger.reads("Selamat datang")
    assert finger.state.preferences == own
    assert finger.is_dressed_as(own)
    person.leaves()


# ---------------------------------------------------------------- a citizen's letters


def test_a_letter_from_the_form_to_the_paper(cabinet: Cabinet, person: Person) -> None:
    finger, card = person.finger, cabinet.cards[0]
    home = person.enters(card)
    assert home.name == card.name
    request_id, ticket = person.asks_for_letter()
    finger.reads(ticket.number, show_claim_code(ticket.claim_code))
    finger.touch("home")
    home = finger.sees(view.Home)
    assert [item.request_id for item in home.pending] == [request_id]
    finger.reads(ticket.number, home.pending[0].state.text)
    person.leaves()

    person.sign(request_id)
    home = person.enters(card)
    assert [item.request_id for item in home.ready] == [request_id]
    finger.touch(f"print-{request_id}")
    finger.sees(view.Collect, lambda screen: screen.print_state == "printed")
    wait_for_event(cabinet, "print.job", kind="letter", request_id=request_id, state="CONFIRMED")
    finger.touch("home")
    assert finger.sees(view.Home).ready[0].copies == 1
    person.leaves()
    assert card.name not in finger.words()


def test_what_was_filled_in_is_looked_at_again_and_given_up(
    cabinet: Cabinet, person: Person
) -> None:
    person.enters(cabinet.cards[0])
    person.fills_in("Kios Salah")
    person.finger.reads("Kios Salah")
    person.finger.touch("back")
    person.finger.sees(view.Form)
    for _ in range(10):
        if isinstance(person.finger.screen, view.Home):
            break
        shown = person.finger.screen
        person.finger.touch("back")
        person.finger.until("the page before", lambda: person.finger.screen != shown)  # noqa: B023
    person.finger.sees(view.Home)
    person.leaves()
    assert "Kios Salah" not in person.finger.words()


def test_a_letter_is_collected_and_checked_by_codes_without_a_card(
    cabinet: Cabinet, person: Person
) -> None:
    finger = person.finger
    person.enters(cabinet.cards[1])
    request_id, ticket = person.asks_for_letter()
    person.leaves()
    person.sees_rest()

    finger.touch("collect-code")
    finger.sees(view.CodeEntry)
    finger.type_text(ticket.claim_code[:9])
    finger.touch("next")
    assert finger.sees(view.CodeEntry, lambda screen: screen.problem is not None).problem
    finger.type_text(ticket.claim_code[-1])
    finger.sees(view.CodeEntry, lambda screen: screen.value == show_claim_code(ticket.claim_code))
    finger.touch("next")
    found = finger.sees(view.FoundRequest)
    assert not found.ready and "print" not in finger.targets()
    finger.touch("back")
    finger.sees(view.CodeEntry, lambda screen: not screen.value)

    person.sign(request_id)
    finger.type_text(ticket.claim_code)
    finger.touch("next")
    finger.sees(view.FoundRequest, lambda screen: screen.ready)
    finger.touch("print")
    finger.sees(view.Collect, lambda screen: screen.print_state == "printed")
    finger.touch("home")
    person.sees_rest()

    query = "SELECT token FROM letters WHERE request_id = ?"
    (token,) = evidence.rows(cabinet.database, query, request_id)[0]
    finger.touch("check-letter")
    finger.sees(view.CodeEntry)
    finger.type_text(str(token).replace("-", ""))
    finger.touch("next")
    checked = finger.sees(view.CheckedLetter)
    assert cabinet.cards[1].name not in finger.words()
    finger.reads(str(checked.facts[0].value))
    finger.touch("finish")
    finger.sees(view.Goodbye)


def test_a_pin_is_changed(cabinet: Cabinet, person: Person) -> None:
    finger, card = person.finger, cabinet.cards[2]
    person.enters(card)
    finger.touch("change-pin")
    for asks, pin in (("old", card.pin), ("new", NEW_PIN), ("again", NEW_PIN)):
        finger.sees(view.Pin, lambda screen, asks=asks: screen.asks == asks)
        finger.type_pin(pin)
    finger.sees(view.Done)
    person.leaves()
    person.comes(card)
    finger.type_pin(card.pin)
    finger.sees(view.Pin, lambda screen: screen.message is not None)
    finger.type_pin(NEW_PIN)
    finger.sees(view.Home)
    person.leaves()


# ---------------------------------------------------------------- officers


def _chooses_pin(person: Person, uid: str) -> None:
    """The citizen's two taps and the PIN, twice."""
    finger = person.finger
    finger.reads("Tempelkan kartu warga")
    person.cabinet.reader.insert(bytes.fromhex(uid))
    finger.reads("Angkat kartu")
    person.takes_card()
    finger.reads("Tempelkan sekali lagi")
    person.cabinet.reader.insert(bytes.fromhex(uid))
    for asks in ("new", "again"):
        finger.sees(view.Pin, lambda screen, asks=asks: screen.asks == asks)
        person.takes_card()
        finger.type_pin(NEW_PIN)


def test_an_officer_enrols_a_card_and_resets_its_pin(
    cabinet: Cabinet, person: Person, officer: Card
) -> None:
    finger, nik = person.finger, niks_without_card(cabinet)[0]
    person.enters(officer)
    finger.touch("enrol-card")
    finger.sees(view.NikEntry)
    finger.type_digits(nik)
    finger.touch("next")
    _chooses_pin(person, STRANGER)
    finger.sees(view.Done, lambda screen: screen.look == "success")
    finger.touch("home")
    finger.sees(view.OfficerScreen)
    finger.reads(nik, "sudah dapat dipakai")
    finger.touch("reset-pin")
    finger.sees(view.NikEntry)
    finger.reads("lupa PIN")
    finger.type_digits(nik)
    finger.touch("next")
    _chooses_pin(person, STRANGER)
    finger.sees(view.Done, lambda screen: screen.look == "success")
    person.leaves()
    assert nik not in finger.words()
    enrolled = Card(nik, "", "", cabinet.kiosk, STRANGER, NEW_PIN)
    person.enters(enrolled)
    person.leaves()


def test_an_officer_unlocks_a_card_that_was_locked(
    cabinet: Cabinet, person: Person, officer: Card
) -> None:
    finger, card = person.finger, cabinet.cards[3]
    store = Store(cabinet.folder / "kiosk" / "state" / "kiosk.db")
    tag = card_tag(cabinet.regency.site_key, bytes.fromhex(card.uid))
    while store.wrong_pins(tag) < OFFICER_AFTER:
        store.count_pin_try(tag)
    store.close()
    person.lays(card.uid, view.Notice)
    finger.reads("Kartu ini terkunci")
    person.takes_card()
    person.leaves()
    person.enters(officer)
    finger.touch("unlock-card")
    finger.sees(view.TapCard)
    cabinet.reader.insert(bytes.fromhex(card.uid))
    finger.reads("Kunci kartu sudah dibuka")
    person.takes_card()
    finger.touch("back")
    finger.sees(view.OfficerScreen)
    person.leaves()
    person.enters(card)
    person.leaves()


def test_an_officer_stands_beside_a_citizen(
    cabinet: Cabinet, person: Person, officer: Card
) -> None:
    finger, card = person.finger, cabinet.cards[0]
    person.enters(officer)
    finger.touch("assist-citizen")
    finger.sees(view.TapCard)
    home = person.enters(card)
    assert home.helper == officer.name
    finger.reads(officer.name)
    person.leaves()
    assert officer.name not in finger.words()
    assert person.enters(card).helper == ""
    person.leaves()


# ---------------------------------------------------------------- what goes wrong


def test_paper_ends_before_the_ticket_and_comes_again(cabinet: Cabinet, person: Person) -> None:
    finger = person.finger
    person.printer(paper="out")
    person.enters(cabinet.cards[0])
    person.fills_in()
    finger.touch("next")
    finger.sees(view.Ticket, lambda screen: screen.print_state == "blocked")
    finger.reads("Kertas habis.")
    person.printer(paper="full")
    finger.sees(view.Ticket, lambda screen: screen.print_state == "printed")
    person.leaves()


def test_cards_that_lead_no_further(cabinet: Cabinet, person: Person) -> None:
    finger = person.finger
    told = (
        ("04aabbccddee99", "well", "belum terdaftar"),
        (cabinet.cards[0].uid, "mute", "Kartu tidak terbaca"),
        ("08aabbcc", "well", "bukan e-KTP"),
    )
    for uid, manner, words in told:
        person.lays(uid, view.Notice, manner=manner)
        finger.reads(words)
        person.takes_card()
        person.leaves()


def test_without_network_a_letter_is_taken_all_the_same(cabinet: Cabinet, person: Person) -> None:
    finger = person.finger
    person.line("cut")
    person.lays("04aabbccddee99", view.Notice)
    finger.reads("sedang tidak tersambung")
    person.takes_card()
    person.leaves()
    person.enters(cabinet.cards[0])
    _, ticket = person.asks_for_letter()
    assert not ticket.delivered
    person.line("whole")
    finger.sees(view.Ticket, lambda screen: screen.delivered)
    person.leaves()


# ---------------------------------------------------------------- time, battery, the card's place


@pytest.fixture(scope="module")
def hasty(cabinet: Cabinet, finger: Finger) -> None:
    """From here on the kiosk is impatient, spares its battery, and wants the card to stay."""
    start_anew(cabinet, idle_seconds=2, answer_seconds=3, card_must_stay=True, on_battery=False)
    finger.sees(view.Attract)


@pytest.mark.usefixtures("hasty")
def test_the_battery_is_spared(person: Person) -> None:
    person.sees_rest()
    person.pins(mains="off")
    person.finger.sees(view.OutOfService)
    person.finger.reads("Listrik padam")
    person.pins(mains="on")
    person.sees_rest()


@pytest.mark.usefixtures("hasty")
def test_who_is_asked_answers_and_who_has_gone_does_not(person: Person) -> None:
    finger = person.finger
    person.sees_rest()
    finger.touch("help")
    finger.sees(view.Help)
    finger.touch("still-here")
    finger.until(
        "no question", lambda: finger.state is not None and finger.state.idle_seconds is None
    )
    finger.sees(view.Help)
    finger.reads("untuk menjaga data Anda")
    assert set(finger.targets()) == {"still-here"}
    finger.sees(view.Goodbye)


@pytest.mark.usefixtures("hasty")
def test_the_visit_ends_with_the_card(cabinet: Cabinet, person: Person) -> None:
    person.lays(cabinet.cards[0].uid, view.Pin)
    person.finger.type_pin(cabinet.cards[0].pin)
    person.finger.sees(view.Home)
    person.takes_card()
    person.finger.sees(view.Goodbye)
    assert cabinet.cards[0].name not in person.finger.words()


# ---------------------------------------------------------------- longer ones


@pytest.mark.long
@pytest.mark.usefixtures("hasty")
def test_nobody_is_asked_while_paper_is_coming_out(cabinet: Cabinet, person: Person) -> None:
    finger = person.finger
    start_anew(cabinet, idle_seconds=5, answer_seconds=3)
    finger.sees(view.Attract)
    person.enters(cabinet.cards[0])
    person.fills_in()
    person.printer(reads=False)
    asked: list[int | None] = []
    finger.joint.on_view = lambda state: asked.append(state.idle_seconds)
    finger.touch("next")
    finger.sees(view.Ticket)
    with pytest.raises(AssertionError):
        finger.until("a question", lambda: any(asked), seconds=12)
    assert isinstance(finger.screen, view.Ticket)
    person.printer(reads=True)
    finger.sees(view.Ticket, lambda screen: screen.print_state == "printed")
    finger.until("the question", lambda: any(asked))
    person.sees_rest()


@pytest.mark.long
def test_a_letter_is_collected_on_a_page() -> None:
    with a_cabinet(page_printer=True) as cabinet:
        finger = before(cabinet)
        person = Person(cabinet, finger)
        finger.sees(view.Attract)
        person.enters(cabinet.cards[0])
        request_id, _ = person.asks_for_letter()
        person.leaves()
        person.sign(request_id)
        person.enters(cabinet.cards[0])
        finger.touch(f"print-{request_id}")
        finger.sees(view.Collect, lambda screen: screen.print_state == "printed")
        wait_for_event(cabinet, "print.job", kind="letter", medium="page", state="CONFIRMED")
        person.leaves()
        finger.close()
