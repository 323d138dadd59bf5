"""The controller is stopped in good order while a ticket is coming out."""

from __future__ import annotations

from firmware.core import view
from tests.journeys.kiosk import a_kiosk
from tests.journeys.test_killed_at_any_time import VISIT, play

STEPS = VISIT[: [name for name, _ in VISIT].index("ticket") + 1]


def test_a_ticket_that_comes_out_during_the_stop_is_in_the_books() -> None:
    with a_kiosk(printer_mm_per_second=40) as kiosk:
        kiosk.start()
        play(kiosk, STEPS)
        assert kiosk.screen is not None
        kiosk.screen.await_view(
            lambda s: isinstance(s.screen, view.Ticket) and s.screen.print_state == "printing"
        )
        kiosk.stop()
        states = [e["state"] for e in kiosk.journal() if e["event"] == "print.job"]
        assert states == ["SENDING", "CONFIRMED"]
        kiosk.start()
        kiosk.screen.await_screen(view.Attract)
        assert len(kiosk.printer.slips) == 1
