"""A technician's visits as they go: in and out, beside citizens and never over them."""

from __future__ import annotations

import msgspec
import pytest

from firmware.core import commands, events, view
from firmware.core.failures import failure_of
from firmware.core.projection import view_of
from firmware.core.state import Phase
from hw.protocols import CardTrouble, Fault, Pattern
from tests.core.samples import card, profile
from tests.core.test_session_stories import Visit

LONG, SHORT = events.ServiceAsked(long=True), events.ServiceAsked(long=False)
READER = view.DeviceLine("reader", view.Say("Pembaca kartu"), "well", view.Say("Siap."))
PRINTER = view.DeviceLine(
    "ticketPrinter", view.Say("Pencetak tiket"), "needsPerson", view.Say("Kertas habis.")
)


def at_service() -> Visit:
    visit = Visit().happens(LONG)
    number = visit.last(commands.Examine).service
    return visit.happens(events.Examined(number, (READER, PRINTER), (view.Known("Versi", "1.0"),)))


def test_a_long_press_shows_the_devices_and_leave_leads_back() -> None:
    visit = at_service()
    assert visit.screen.devices == (READER, PRINTER)
    assert visit.last(commands.ShowLamps).pattern is Pattern.TECHNICIAN_EXPECTED
    visit.presses(view.Leave())
    assert isinstance(visit.screen, view.Attract)
    assert visit.last(commands.ShowLamps).pattern is Pattern.CARD_PLEASE


def test_the_long_press_leads_out_again() -> None:
    assert isinstance(at_service().happens(LONG).screen, view.Attract)


def test_a_technician_who_went_away_does_not_keep_the_kiosk() -> None:
    visit = at_service().waits(590)
    visit.presses(view.RunSelftest()).waits(590)
    assert isinstance(visit.screen, view.TechnicianScreen)
    visit.waits(20)
    assert isinstance(visit.screen, view.Attract)


def test_who_closes_the_door_and_goes_leaves_the_screen_for_a_moment_only() -> None:
    visit = Visit().happens(events.DoorChanged(open=True), LONG).waits(300)
    visit.happens(events.DoorChanged(open=False)).waits(50)
    assert isinstance(visit.screen, view.TechnicianScreen)
    assert isinstance(visit.waits(20).screen, view.Attract)


def test_an_open_door_keeps_the_screen_for_longer() -> None:
    visit = at_service().happens(events.DoorChanged(open=False))
    visit.happens(events.DoorChanged(open=True)).waits(300)
    assert isinstance(visit.screen, view.TechnicianScreen)


def test_without_a_reader_the_technician_leaves_to_out_of_service() -> None:
    visit = at_service().happens(events.ReaderChanged(online=False))
    assert isinstance(visit.screen, view.TechnicianScreen)
    assert isinstance(visit.presses(view.Leave()).screen, view.OutOfService)


def test_a_technician_waits_for_the_citizen() -> None:
    visit = Visit().at_home().happens(LONG, SHORT)
    assert isinstance(visit.screen, view.Home)
    assert not any(isinstance(c, commands.PrintStatusSlip) for c in visit.asked)
    visit.presses(view.Finish())
    assert isinstance(visit.screen, view.TechnicianScreen)
    assert visit.is_clean()
    assert visit.last(commands.PrintStatusSlip)
    shown = msgspec.json.encode(view_of(visit.state, 1)).decode()
    assert profile(1).nama not in shown


def test_who_closed_the_door_in_mid_visit_has_gone() -> None:
    """A citizen does not find the technician's screen after their own visit."""
    visit = Visit().at_home().happens(events.DoorChanged(open=True), LONG)
    visit.happens(events.DoorChanged(open=False)).presses(view.Finish())
    assert visit.state.phase is Phase.GOODBYE
    assert isinstance(visit.waits(10).screen, view.Attract)


def test_a_door_that_is_still_open_keeps_the_wish() -> None:
    visit = Visit().at_home().happens(events.DoorChanged(open=True), LONG)
    assert isinstance(visit.presses(view.Finish()).screen, view.TechnicianScreen)


def test_a_door_that_was_never_seen_open_takes_no_wish_away() -> None:
    visit = Visit().at_home().happens(LONG, events.DoorChanged(open=False))
    assert isinstance(visit.presses(view.Finish()).screen, view.TechnicianScreen)


def test_a_switch_that_is_lost_does_not_shut_the_technician_out() -> None:
    visit = Visit().happens(events.DoorChanged(open=True), LONG)
    visit.happens(events.DoorChanged(open=False, seen=False)).waits(300)
    assert isinstance(visit.screen, view.TechnicianScreen)


def test_what_a_citizen_is_told_at_the_end_is_read_first() -> None:
    visit = Visit().happens(events.CardTapped(card(2)), LONG)
    visit.happens(events.CardUnknown(visit.number, revoked=False))
    assert isinstance(visit.screen, view.Notice)
    assert isinstance(visit.presses(view.Finish()).screen, view.TechnicianScreen)


def test_a_notice_that_lingers_gives_way_to_the_button() -> None:
    visit = Visit().happens(events.CardFailed(CardTrouble.MUTE), LONG)
    assert isinstance(visit.screen, view.TechnicianScreen)


def test_a_notice_with_a_visit_behind_it_does_not() -> None:
    visit = Visit().at_review().presses(view.Next())
    visit.happens(events.RequestNotStored(visit.number), LONG)
    assert visit.screen.retry
    assert isinstance(visit.presses(view.Retry()).screen, view.Review)
    assert isinstance(visit.presses(view.Finish()).screen, view.TechnicianScreen)


def test_a_card_tries_the_reader_and_begins_no_visit() -> None:
    visit = at_service().happens(events.CardTapped(card(1)))
    assert str(visit.screen.devices[0].status) == "Kartu terbaca (uid_tag)."
    assert card(1).uid.hex() not in repr(visit.state)
    assert not any(isinstance(c, commands.LookUp) for c in visit.asked)
    visit.happens(events.CardFailed(CardTrouble.RANDOM_UID))
    assert "bukan e-KTP" in str(visit.screen.devices[0].status)
    assert visit.screen.devices[0].health == "needsPerson"
    visit.presses(view.RunSelftest())
    assert visit.screen.devices[0] == READER


@pytest.mark.parametrize(
    ("state", "fault", "said"),
    [
        ("printed", None, "tercetak"),
        ("unconfirmed", None, "lihat kertasnya"),
        ("blocked", Fault.PAPER_OUT, "Kertas habis"),
        ("unknown", None, "terputus"),
        ("unavailable", None, "tidak menjawab"),
    ],
)
def test_what_became_of_the_test_slip_is_told(
    state: view.PrintState, fault: Fault | None, said: str
) -> None:
    visit = at_service().presses(view.PrintTestSlip(), view.PrintTestSlip())
    asked = [c for c in visit.asked if isinstance(c, commands.PrintTestSlip)]
    assert (len(asked), visit.screen.slip_under_way) == (1, True)
    visit.happens(events.PrintReported(asked[0].name, "awaiting"))
    assert "Menunggu" in str(visit.screen.news)
    visit.happens(events.PrintReported(asked[0].name, state, fault))
    assert said in str(visit.screen.news)
    assert not visit.screen.slip_under_way


def test_whoever_waits_for_a_command_that_fails_is_told() -> None:
    visit = at_service().presses(view.PrintTestSlip(), view.PaperChanged())
    for command in (visit.last(commands.PrintTestSlip), visit.last(commands.RenewRoll)):
        failed = failure_of(command)
        assert failed is not None
        visit.happens(failed)
        assert str(visit.screen.news).startswith(("Slip uji tidak tercetak", "Kertas baru belum"))
    assert failure_of(commands.PrintStatusSlip()) is None


@pytest.mark.parametrize(("done", "said"), [(True, "dicatat. Sisa"), (False, "belum dapat")])
def test_paper_changed_is_told_only_when_it_is_so(done: bool, said: str) -> None:
    visit = at_service().presses(view.PaperChanged())
    assert visit.screen.news is None
    visit.happens(events.RollRenewed(visit.last(commands.RenewRoll).service, done))
    assert said in str(visit.screen.news)


def test_an_answer_to_a_technician_who_has_left_is_not_shown_to_the_next() -> None:
    visit = at_service().presses(view.PrintTestSlip(), view.Leave())
    name = visit.last(commands.PrintTestSlip).name
    visit.happens(LONG, events.PrintReported(name, "printed"), events.Examined(1, (PRINTER,), ()))
    assert visit.screen == view.TechnicianScreen((), (), None, slip_under_way=False)


def test_a_short_press_at_rest_prints_how_the_kiosk_is() -> None:
    visit = Visit().happens(SHORT)
    assert visit.last(commands.PrintStatusSlip)
    assert visit.state.phase is Phase.ATTRACT


def test_an_open_door_is_told_where_nobody_can_be_served() -> None:
    visit = Visit().happens(events.ReaderChanged(online=False), events.DoorChanged(open=True))
    assert "diperiksa petugas" in str(visit.screen.meaning)
    visit.happens(events.DoorChanged(open=False))
    assert "Pembaca kartu" in str(visit.screen.meaning)


def test_the_journal_is_turned_code_by_code() -> None:
    visit = at_service().presses(view.Diagnose())
    number = visit.last(commands.Diagnose).service
    facts = (view.Known("Server", "broker:8883"),)
    visit.happens(events.Diagnosed(number, facts, ("one", "two")))
    seen = []
    for _ in range(3):
        assert isinstance(visit.screen, view.DiagnosisScreen)
        seen.append((visit.screen.code, visit.screen.number, visit.screen.total))
        visit.presses(view.Next())
    assert seen == [("one", 1, 2), ("two", 2, 2), ("one", 1, 2)]
    assert isinstance(visit.presses(view.Back()).screen, view.TechnicianScreen)


def test_a_journal_that_cannot_be_read_is_an_empty_page() -> None:
    visit = at_service().presses(view.Diagnose())
    failed = failure_of(visit.last(commands.Diagnose))
    assert failed is not None
    visit.happens(failed).presses(view.Next())
    assert visit.screen == view.DiagnosisScreen((), "", 1, 0, service_mode=False)


def test_a_technician_closes_the_kiosk_and_opens_it_again() -> None:
    visit = at_service().presses(view.Diagnose())
    visit.happens(events.Diagnosed(visit.last(commands.Diagnose).service, (), ()))
    visit.presses(view.SetServiceMode(on=True))
    assert visit.last(commands.SetServiceMode).on
    visit.happens(events.ServiceModeSet(on=True))
    assert visit.screen.service_mode
    assert isinstance(visit.presses(view.Leave()).screen, view.OutOfService)
    visit.happens(events.ServiceModeSet(on=False))
    assert isinstance(visit.screen, view.Attract)


def test_who_forgets_the_diagnosis_does_not_keep_the_kiosk() -> None:
    visit = at_service().presses(view.Diagnose())
    visit.happens(events.Diagnosed(visit.last(commands.Diagnose).service, (), ())).waits(610)
    assert isinstance(visit.screen, view.Attract)
