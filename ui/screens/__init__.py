"""One page a screen; ``PAGES`` says which draws which."""

from __future__ import annotations

from firmware.core import view
from ui.page import Page
from ui.screens.attract import AttractPage
from ui.screens.checked import CheckedPage
from ui.screens.code import CodePage
from ui.screens.collect import CollectPage
from ui.screens.diagnosis import DiagnosisPage
from ui.screens.done import DonePage
from ui.screens.form import FormPage
from ui.screens.found import FoundPage
from ui.screens.goodbye import GoodbyePage
from ui.screens.help import HelpPage
from ui.screens.home import HomePage
from ui.screens.identify import IdentifyPage
from ui.screens.letters import LettersPage
from ui.screens.nik import NikPage
from ui.screens.notice import NoticePage
from ui.screens.officer import OfficerPage
from ui.screens.out_of_service import OutOfServicePage
from ui.screens.pin import PinPage
from ui.screens.review import ReviewPage
from ui.screens.tap_card import TapCardPage
from ui.screens.technician import TechnicianPage
from ui.screens.ticket import TicketPage
from ui.screens.wait import WaitPage

PAGES: dict[type[view.Screen], type[Page]] = {
    view.Attract: AttractPage,
    view.Wait: WaitPage,
    view.Pin: PinPage,
    view.Home: HomePage,
    view.LetterList: LettersPage,
    view.Form: FormPage,
    view.Review: ReviewPage,
    view.Ticket: TicketPage,
    view.Collect: CollectPage,
    view.Notice: NoticePage,
    view.Done: DonePage,
    view.OfficerScreen: OfficerPage,
    view.NikEntry: NikPage,
    view.TapCard: TapCardPage,
    view.Help: HelpPage,
    view.CodeEntry: CodePage,
    view.FoundRequest: FoundPage,
    view.CheckedLetter: CheckedPage,
    view.OutOfService: OutOfServicePage,
    view.Identify: IdentifyPage,
    view.Goodbye: GoodbyePage,
    view.TechnicianScreen: TechnicianPage,
    view.DiagnosisScreen: DiagnosisPage,
}
