"""What is ordered from afar waits until nobody is at the screen."""

from __future__ import annotations

from dataclasses import replace

from firmware.core import events, view
from firmware.core.lamps import lamps_of
from firmware.core.letters import Catalogue
from firmware.core.state import Phase
from hw.protocols import Pattern
from tests.core.samples import PLAIN, card
from tests.core.test_session_stories import Visit

HERE = "3510192001-1"


def test_a_kiosk_that_is_looked_for_shows_which_it_is() -> None:
    visit = Visit().waits(1).happens(events.IdentifyAsked(HERE, 30))
    assert visit.screen.kiosk == HERE
    assert "tetap melayani" in str(visit.screen.next_step)
    assert lamps_of(visit.state) is Pattern.TECHNICIAN_EXPECTED
    assert isinstance(visit.waits(31).screen, view.Attract)
    assert lamps_of(visit.state) is Pattern.CARD_PLEASE


def test_a_card_begins_a_visit_while_the_kiosk_is_looked_for() -> None:
    visit = Visit().happens(events.IdentifyAsked(HERE, 30), events.CardTapped(card(1)))
    assert visit.state.phase is Phase.LOOKING_UP
    assert isinstance(visit.screen, view.Wait)


def test_nobody_at_the_screen_is_disturbed_by_it() -> None:
    visit = Visit().at_home()
    visit.happens(events.IdentifyAsked(HERE, 600))
    assert isinstance(visit.screen, view.Home)
    assert lamps_of(visit.state) is Pattern.IN_SERVICE
    visit.presses(view.Finish()).waits(5)
    assert isinstance(visit.screen, view.Identify)


def test_service_mode_shuts_the_kiosk_and_opens_it() -> None:
    visit = Visit().happens(events.ServiceModeSet(on=True))
    assert isinstance(visit.screen, view.OutOfService)
    assert "ditutup sementara" in str(visit.screen.meaning)
    visit.happens(events.CardTapped(card(1)), events.ReaderChanged(online=True))
    assert visit.state.phase is Phase.OUT_OF_SERVICE
    visit.happens(events.IdentifyAsked(HERE, 30))
    assert "tidak melayani" in str(visit.screen.next_step)
    assert visit.happens(events.ServiceModeSet(on=False)).state.phase is Phase.ATTRACT


def test_a_visit_ends_in_peace_before_the_kiosk_is_shut() -> None:
    visit = Visit().at_review().happens(events.ServiceModeSet(on=True))
    assert visit.state.phase is Phase.REVIEW
    visit.presses(view.Finish()).waits(5)
    assert visit.state.phase is Phase.OUT_OF_SERVICE


def test_a_visit_keeps_the_settings_and_the_catalogue_it_began_with() -> None:
    visit = Visit().at_review()
    before = visit.state
    other = replace(before.policy, idle=15.0)
    visit.happens(events.SettingsCame(other, Catalogue(2, (PLAIN,))))
    assert (visit.state.policy, visit.state.catalogue) == (before.policy, before.catalogue)
    visit.presses(view.Next())
    visit.happens(events.RequestStored(visit.number, "q1", "1-00001", "0123456789"))
    visit.presses(view.Finish()).waits(5)
    assert visit.state.policy == other
    assert visit.state.catalogue.version == 2


def test_at_rest_settings_hold_at_once() -> None:
    visit = Visit()
    other = replace(visit.state.policy, on_battery=False)
    visit.happens(events.PowerChanged(on_mains=False), events.SettingsCame(other, Catalogue(2, ())))
    assert visit.state.phase is Phase.OUT_OF_SERVICE
    assert visit.state.catalogue.version == 2
